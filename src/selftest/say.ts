// SPDX-License-Identifier: MIT
// One line of the self-test.

import { SELFTEST_PREFIX } from "../../protocol/selftest"

/** @param word of SelftestWord */
export function say(word: string, values: string): void {
    console.log(`${SELFTEST_PREFIX} ${word} ${values}`)
}

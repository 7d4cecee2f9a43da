// SPDX-License-Identifier: MIT
// A sleep that is at least as long as asked.

import { sleep } from "@devicescript/core"

/**
 * sleep() counts from where the fiber last went on, which may be longer ago than the whole pause: two of them.
 *
 * @param ms of the pause from now; 1 ms more at most, where the VM is not late
 */
export async function sleepAtLeast(ms: number): Promise<void> {
    await sleep(0)
    await sleep(ms)
}

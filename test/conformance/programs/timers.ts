// SPDX-License-Identifier: MIT
// Language and library: timeouts.

import * as ds from "@devicescript/core"
import { print } from "./lib/print"

export async function run(): Promise<void> {
    setTimeout(() => print("30"), 30)
    setTimeout(() => print("10"), 10)
    const never = setTimeout(() => print("never"), 20)
    clearTimeout(never)
    setTimeout(() => print("0"), 0)
    print("set")
    await ds.sleep(60)
}

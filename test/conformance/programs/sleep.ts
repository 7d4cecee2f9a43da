// SPDX-License-Identifier: MIT
// Language and library: sleep and the clock.

import * as ds from "@devicescript/core"
import { print } from "./lib/print"

export async function run(): Promise<void> {
    const start = ds.millis()
    for (const ms of [1, 5, 10, 2, 33]) {
        const before = ds.millis()
        await ds.sleep(ms)
        const slept = ds.millis() - before
        // On the board the VM's own code takes time, and its clock has a grain of 1 ms.
        print(ms, slept >= ms, slept <= ms + 2)
    }
    const all = ds.millis() - start
    print(all >= 51, all <= 61)
}

// SPDX-License-Identifier: MIT
// Language and library: sleep and the clock.

import * as ds from "@devicescript/core"
import { print } from "./lib/print"

export async function run(): Promise<void> {
    const start = ds.millis()
    for (const ms of [1, 5, 10, 2, 33]) {
        const before = ds.millis()
        await ds.sleep(ms)
        print(ms, ds.millis() - before)
    }
    print(ds.millis() - start)
}

// SPDX-License-Identifier: MIT
// Language and library: intervals.

import * as ds from "@devicescript/core"
import { print } from "./lib/print"

export async function run(): Promise<void> {
    let ticks = 0
    const id = setInterval(() => {
        ticks++
        print("tick", ticks)
        if (ticks === 4) clearInterval(id)
    }, 15)
    await ds.sleep(200)
    print("ticks", ticks)
}

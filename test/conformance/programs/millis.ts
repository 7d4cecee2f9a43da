// SPDX-License-Identifier: MIT
// Language and library: order of times.

import * as ds from "@devicescript/core"
import { print } from "./lib/print"

export async function run(): Promise<void> {
    let last = ds.millis()
    const order: boolean[] = []
    for (let i = 0; i < 10; i++) {
        await ds.sleep(i)
        const now = ds.millis()
        order.push(now >= last && now - last >= i)
        last = now
    }
    print(order.join())
}

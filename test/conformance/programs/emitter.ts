// SPDX-License-Identifier: MIT
// Language and library: emitters.

import * as ds from "@devicescript/core"
import { print } from "./lib/print"

export async function run(): Promise<void> {
    const events = ds.emitter<number>()
    const seen: number[] = []
    const stop = events.subscribe(async v => {
        seen.push(v)
    })
    events.subscribe(async v => {
        await ds.sleep(3)
        seen.push(-v)
    })
    for (let i = 1; i < 4; i++) {
        events.emit(i)
        await ds.sleep(10)
    }
    stop()
    events.emit(9)
    await ds.sleep(10)
    print(seen.join())
}

// SPDX-License-Identifier: MIT
// Language and library: @devicescript/observables.

import * as ds from "@devicescript/core"
import { from, map, filter } from "@devicescript/observables"
import { print } from "./lib/print"

export async function run(): Promise<void> {
    const out: string[] = []
    await from([1, 2, 3, 4, 5])
        .pipe(
            filter(v => v % 2 === 1),
            map(v => v * 10)
        )
        .subscribe(async v => {
            out.push(`${v}`)
        })
    await ds.sleep(20)
    print(out.join())
}

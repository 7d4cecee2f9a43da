// SPDX-License-Identifier: MIT
// Language and library: functions as values.

import { print } from "./lib/print"

function double(x: number): number {
    return 2 * x
}
function apply(f: (x: number) => number, x: number): number {
    return f(x)
}

export async function run(): Promise<void> {
    const table = [Math.abs, (x: number) => -x, double]
    for (const f of table) print(f(-21))
    const o = { base: 10, add: (x: number) => 10 + x }
    print(
        o.add(5),
        apply(double, 8),
        apply(x => x - 1, 8),
        (function () {
            return "inline"
        })()
    )
}

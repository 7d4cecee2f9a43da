// SPDX-License-Identifier: MIT
// Language and library: JSON.stringify.

import { print } from "./lib/print"

export async function run(): Promise<void> {
    print(
        JSON.stringify({
            a: 1,
            b: [true, false, null],
            c: 'q"uote\n',
            d: { e: 0.1 },
        })
    )
    print(
        JSON.stringify([1e21, -0.5, 1e-7, 123456789]),
        JSON.stringify("ż"),
        JSON.stringify("")
    )
    print(
        JSON.stringify([]),
        JSON.stringify({}),
        JSON.stringify(null),
        JSON.stringify([undefined])
    )
}

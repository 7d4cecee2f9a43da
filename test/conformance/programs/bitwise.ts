// SPDX-License-Identifier: MIT
// Language and library: bit operators and shifts.

import { print } from "./lib/print"

export async function run(): Promise<void> {
    let x = 0x12345678
    print(x & 0xff, x | 0x80000000, x ^ -1, ~x)
    print(x << 4, x >> 8, x >>> 8, -1 >>> 28, -1 >> 28)
    print(1 << 31, (1 << 31) >>> 0, 3.7 | 0, -3.7 | 0, 4294967296 | 0)
    for (let i = 0; i < 40; i += 13) print(i, 1 << i, -1 >>> i)
}

// SPDX-License-Identifier: MIT
// Language and library: Math.

import { print } from "./lib/print"

export async function run(): Promise<void> {
    print(
        Math.PI,
        Math.E,
        Math.abs(-3.5),
        Math.floor(-1.5),
        Math.ceil(-1.5),
        Math.round(2.5)
    )
    print(Math.min(3, 1, 2), Math.max(3, 1, 2), Math.sign(-4))
    print(
        Math.sqrt(2),
        Math.pow(2, 0.5),
        Math.pow(10, -3),
        3 ** 7,
        Math.log(10)
    )
    print(Math.imul(123456789, 987654321), Math.idiv(17, 5), Math.idiv(-17, 5))
    for (let i = 1; i < 10; i++)
        print(i, Math.sqrt(i), Math.log(i), Math.pow(i, 1.3))
    print(Math.cbrt(27), Math.exp(1), Math.log2(8), Math.log10(1000))
}

// SPDX-License-Identifier: MIT
// Language and library: integers and their overflow into doubles.

import { print } from "./lib/print"

export async function run(): Promise<void> {
    let sum = 0
    for (let i = -5; i < 6; i++) sum = sum * 3 + i
    print(sum)
    print(2147483647 + 1, -2147483648 - 1, 65536 * 65536)
    print(7 / 2, -7 / 2, 1 / 3, 10 / 5)
    print(7 % 3, -7 % 3, 7 % -3, 5.5 % 2)
    print(1 / 0, -1 / 0, 0 / 0)
    print(123456789 * 987654321, 9007199254740991 + 2)
}

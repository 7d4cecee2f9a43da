// SPDX-License-Identifier: MIT
// Language and library: integers as text.

import { print } from "./lib/print"

export async function run(): Promise<void> {
    print(0, 1, -1, 10, 999999999, -2147483647, 2147483647, 4294967295)
    print(9007199254740991, -9007199254740991, 1000000000000)
    const value = 255
    print("" + value + value, `${value}`, "" + -value)
}

// SPDX-License-Identifier: MIT
// Language and library: doubles as text.

import { print } from "./lib/print"

export async function run(): Promise<void> {
    print(0.1, 0.2, 0.1 + 0.2, 1e21, 1e-7, 123456.789)
    print(1.5, -2.25, 3.0, 1e100, 3e-308, 1.7976931348623157e308)
    let x = 1
    for (let i = 0; i < 12; i++) {
        x = x * 7.3 + 0.01
        print(x, 1 / x)
    }
}

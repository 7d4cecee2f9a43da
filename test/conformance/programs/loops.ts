// SPDX-License-Identifier: MIT
// Language and library: loops.

import { print } from "./lib/print"

export async function run(): Promise<void> {
    let n = 0
    while (true) {
        n++
        if (n % 2 === 0) continue
        if (n > 9) break
        print(n)
    }
    while (n > 0) n -= 3
    print(n)
    for (let i = 0, j = 10; i < j; i += 2, j--) print(i, j)
    for (const c of ["x", "y"]) print(c)
    let total = 0
    for (let i = 0; i < 3000; i++) total += i % 7
    print(total)
}

// SPDX-License-Identifier: MIT
// Language and library: random numbers of a seed.

import { print } from "./lib/print"

export async function run(): Promise<void> {
    for (let i = 0; i < 6; i++) print(Math.random())
    for (let i = 0; i < 6; i++) print(Math.randomInt(1000))
    let inside = 0
    for (let i = 0; i < 300; i++)
        if (Math.random() ** 2 + Math.random() ** 2 < 1) inside++
    print(inside)
}

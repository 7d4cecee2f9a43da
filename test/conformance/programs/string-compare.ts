// SPDX-License-Identifier: MIT
// Language and library: comparing and building strings.

import { print } from "./lib/print"

export async function run(): Promise<void> {
    const words = ["pear", "apple", "fig", "apples", "Apple", ""]
    for (const a of words) for (const b of words) print(a, b, a === b, a < b)
    let built = ""
    for (let i = 0; i < 60; i++) built += String.fromCharCode(65 + (i % 26))
    print(built, built.length)
}

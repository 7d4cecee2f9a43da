// SPDX-License-Identifier: MIT
// Language and library: sorting.

import * as ds from "@devicescript/core"
import { print } from "./lib/print"

export async function run(): Promise<void> {
    const numbers = [10, 9, 1, 33, -4, 0.5, 2]
    numbers.sort((a, b) => a - b)
    print(numbers.join())
    numbers.sort((a, b) => b - a)
    print(numbers.join())
    const words = ["pear", "fig", "apple", "kiwi"]
    words.sort((a, b) => a.length - b.length)
    print(words.join())
}

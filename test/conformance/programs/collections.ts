// SPDX-License-Identifier: MIT
// Language and library: Map and Set of @devicescript/runtime.

import { Map, Set } from "@devicescript/runtime"
import { print } from "./lib/print"

export async function run(): Promise<void> {
    const map = new Map<string, number>()
    for (const word of ["a", "b", "a", "c", "b", "a"])
        map.set(word, (map.get(word) ?? 0) + 1)
    print(map.size(), map.get("a"), map.has("z"), map.get("z"))
    map.delete("a")
    print(map.size(), map.get("b"))
    const set = new Set<number>()
    for (const n of [3, 1, 3, 2, 1]) set.add(n)
    print(set.size, set.has(2), set.has(9))
}

// SPDX-License-Identifier: MIT
// Language and library: optional chaining and nullish values.

import { print } from "./lib/print"

interface Part {
    name: string
    next?: Part
    size?: () => number
}

export async function run(): Promise<void> {
    const full: Part = { name: "sensor", next: { name: "bus", size: () => 8 } }
    const bare: Part = { name: "bare", size: () => 3 }
    const none: Part = undefined
    for (const part of [full, bare, none])
        print(part?.name ?? "no part", part?.next === undefined)
    for (const part of [full, bare])
        print(part.size?.() ?? "no size", part.next?.name)
    let unset: number
    unset = unset ?? 5
    print(unset)
}

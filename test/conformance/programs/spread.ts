// SPDX-License-Identifier: MIT
// Language and library: spread, rest and default arguments.

import { print } from "./lib/print"

function sum(...values: number[]): number {
    let total = 0
    for (const value of values) total += value
    return total
}
function greet(name = "world", times = 1): string {
    return `${name}*${times}`
}

export async function run(): Promise<void> {
    const a = [1, 2]
    const b = [0, ...a, 3, ...a]
    print(b.join(), sum(), sum(1), sum(...b), sum(5, ...a))
    const o = { x: 1, y: 2 }
    const p = { ...o, y: 3, z: 4 }
    print(p.x, p.y, p.z, Object.keys(p).join())
    print(greet(), greet("you"), greet("you", 3))
    const [first, second] = b
    const { x, z } = p
    print(first, second, x, z)
}

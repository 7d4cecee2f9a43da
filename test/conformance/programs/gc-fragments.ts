// SPDX-License-Identifier: MIT
// Language and library: objects of mixed sizes and ages.

import { print } from "./lib/print"

export async function run(): Promise<void> {
    const kept: Buffer[] = []
    let sum = 0
    for (let i = 0; i < 200; i++) {
        const b = Buffer.alloc(8 + ((i * 37) % 150))
        b[0] = i & 255
        if (i % 5 === 0) kept.push(b)
        if (kept.length > 12) {
            sum += kept[(i * 7) % 12][0]
            kept.shift()
        }
    }
    print(sum, kept.length, kept.map(b => b.length).join())
}

// SPDX-License-Identifier: MIT
// Language and library: the largest buffers.

import { print } from "./lib/print"

export async function run(): Promise<void> {
    let size = 200
    for (let i = 0; i < 20; i++) {
        const b = Buffer.alloc(size)
        b[size - 1] = i
        b.fillAt(0, size - 1, i)
        print(i, b[0], b[size - 2], b[size - 1], b.length)
        size += 90
    }
}

// SPDX-License-Identifier: MIT
// Language and library: number formats of Buffer.

import { print } from "./lib/print"

export async function run(): Promise<void> {
    const b = Buffer.alloc(8)
    for (const value of [0, 1, -1, 127.9, -128.9, 40000, 3e9, -3e9, 0.3]) {
        b.fillAt(0, 8, 0)
        b.setAt(0, "i8", value)
        b.setAt(1, "u8", value)
        b.setAt(2, "i16", value)
        b.setAt(4, "i32", value)
        print(value, b.toString("hex"))
        b.setAt(0, "f32", value)
        b.setAt(4, "u22.10", value)
        print(b.getAt(0, "f32"), b.getAt(4, "u22.10"), b.toString("hex"))
    }
}

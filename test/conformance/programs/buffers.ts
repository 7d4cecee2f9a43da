// SPDX-License-Identifier: MIT
// Language and library: Buffer.

import { print } from "./lib/print"

export async function run(): Promise<void> {
    const b = Buffer.alloc(16)
    b.setAt(0, "u32", 0x12345678)
    b.setAt(4, "i16", -2)
    b.setAt(6, "u8", 300)
    b.setAt(8, "f64", Math.PI)
    print(b.toString("hex"))
    print(
        b.getAt(0, "u16"),
        b.getAt(4, "i16"),
        b.getAt(4, "u16"),
        b.getAt(6, "u8"),
        b.getAt(8, "f64")
    )
    print(b[0], b[1], b.length, b.getAt(0, "u32"), b.getAt(0, "f32"))
    b.fillAt(0, 4, 0xaa)
    b[5] = 7
    print(b.toString("hex"))
    const c = b.slice(2, 8)
    c[0] = 1
    print(c.toString("hex"), b[2], b.concat(c).length)
    b.blitAt(10, c, 1, 3)
    print(b.toString("hex"))
    print(
        Buffer.from([1, 2, 255]).toString("hex"),
        Buffer.from("text").toString("utf-8"),
        Buffer.from("0aff", "hex")[1]
    )
}

// SPDX-License-Identifier: MIT
// Language and library: hex literals and packing.

import * as ds from "@devicescript/core"
import { print } from "./lib/print"

export async function run(): Promise<void> {
    const table = hex`00 01 02 fe ff 80`
    let sum = 0
    for (let i = 0; i < table.length; i++) sum += table[i]
    print(sum, table.length, table.toString("hex"), table.getAt(2, "u32"))
    const packed = Buffer.alloc(6)
    packed.setAt(0, "u16", 513)
    packed.setAt(2, "u32", 4278255360)
    print(packed.toString("hex"), packed.getAt(2, "i32"))
}

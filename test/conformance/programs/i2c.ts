// SPDX-License-Identifier: MIT
// Language and library: the I2C call.

import * as ds from "@devicescript/core"
import { print } from "./lib/print"

export async function run(): Promise<void> {
    const read = Buffer.alloc(5)
    print(
        (ds as any)._i2cTransaction(0x10, hex`010203`, read),
        read.toString("hex")
    )
    print((ds as any)._i2cTransaction(0x10, hex`ff01`, undefined))
    print((ds as any)._i2cTransaction(0x10, "AB", read), read.toString("hex"))
    print((ds as any)._i2cTransaction(0x11, hex`00`, read))
    print(
        (ds as any)._i2cTransaction(0x10, undefined, read),
        read.toString("hex")
    )
    print((ds as any)._i2cTransaction(0x10, hex`01`, hex`0000`))
}

// SPDX-License-Identifier: MIT
// Reads and writes over I2C, and prints the status of what fails.

import { i2c } from "@devicescript/i2c"

await i2c.writeReg(0x48, 0x07, 0x88)
const read = await i2c.readRegBuf(0x48, 0x10, 300)
console.log("read", read.length, read[0], read[299])
await i2c.writeBuf(0x48, hex`01 02 03`)
console.log("plain", (await i2c.readBuf(0x48, 2)).toString("hex"))
try {
    await i2c.readReg(0x5c, 0)
} catch (e: any) {
    console.log(e.name, e.status)
}
try {
    await i2c.writeReg(0x48, 0xee, 0)
} catch (e: any) {
    console.log(e.name, e.status)
}

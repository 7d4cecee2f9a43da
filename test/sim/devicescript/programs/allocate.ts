// SPDX-License-Identifier: MIT
// Allocates as many bytes as the device at address 0x10 tells, in one piece.

import { i2c } from "@devicescript/i2c"

const answer = await i2c.readRegBuf(0x10, 0, 4)
const bytes = answer.getAt(0, "u32")
const memory = Buffer.alloc(bytes)
memory[bytes - 1] = 7
console.log("allocated", memory.length, memory[bytes - 1])

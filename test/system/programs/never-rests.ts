// SPDX-License-Identifier: MIT
// Says that it is there, and works for ever without a rest for the CPU.
import * as ds from "@devicescript/core"

let sum = 0
console.log("here")
await ds.sleep(150)
while (true) {
    for (let i = 0; i < 8000; i++) sum = (sum + i) & 0xffff
    await ds.sleep(0)
}

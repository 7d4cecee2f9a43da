// SPDX-License-Identifier: MIT
// Says that it is there, and works for ever without letting time pass: minutes, until the simulator ends it.
import * as ds from "@devicescript/core"

let sum = 0
console.log("here")
await ds.sleep(150)
while (true) {
    for (let i = 0; i < 8000; i++) sum = (sum + i) & 0xffff
    await ds.sleep(0)
}

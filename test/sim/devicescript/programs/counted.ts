// SPDX-License-Identifier: MIT
// A loop, a pause, and a line with a value.
import * as ds from "@devicescript/core"

let sum = 0
for (let i = 0; i < 1000; i++) sum = sum + i
await ds.sleep(5)
console.log(`sum ${sum}`)

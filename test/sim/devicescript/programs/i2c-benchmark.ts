// SPDX-License-Identifier: MIT
// Many small transfers.

import * as ds from "@devicescript/core"
import { i2c } from "@devicescript/i2c"

for (let i = 0; i < 200; ++i) {
    for (let j = 0; j < 100; ++j) await i2c.readReg(0x48, 0)
    await ds.sleep(1)
}
console.log("done")

// SPDX-License-Identifier: MIT
// A program without a camera: says that it is there.
import * as ds from "@devicescript/core"

for (let i = 0; ; i++) {
    console.log(`tick ${i}`)
    await ds.sleep(100)
}

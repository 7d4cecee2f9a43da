// SPDX-License-Identifier: MIT
// Timers and random numbers.

import * as ds from "@devicescript/core"

const light = new ds.LightBulb()
let turns = 0
setInterval(() => {
    turns++
    console.log(ds.millis(), Math.round(Math.random() * 1000000))
}, 7)
light.binding().subscribe(() => console.log("light", light.isBound))

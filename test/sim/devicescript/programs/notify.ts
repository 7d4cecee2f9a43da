// SPDX-License-Identifier: MIT
// Counts the events of the frame grabber's service.

import * as ds from "@devicescript/core"

const grabber = new ds.FrameGrabber()
let frames = 0
grabber.binding().subscribe(() => console.log("bound", grabber.isBound))
grabber.frame.subscribe(() => {
    frames++
    console.log("frame", frames, ds.millis())
})
grabber.fault.subscribe(() => console.log("fault"))

// SPDX-License-Identifier: MIT
// An exception in the async handler of an event.

import * as ds from "@devicescript/core"

const grabber = new ds.FrameGrabber()
grabber.frame.subscribe(async () => {
    await ds.sleep(2)
    throw new Error("the handler fails")
})

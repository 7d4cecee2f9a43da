// SPDX-License-Identifier: MIT
// What is said of a handler that is too slow.

import { describe, expect, it } from "vitest"
import { slowHandlerMessage } from "../../../sim/observe/slow-handler.ts"

const SLOW = { vmMsPerFrame: 49.25, fps: 30, lost: 12, board: "my-board" }

describe("slowHandlerMessage", () => {
    it("names what the handler needs and what there is", () => {
        expect(slowHandlerMessage(SLOW)).toBe(
            "12 frames were lost: this handler needs about 49.3 ms per frame on my-board; at 30 fps there are 33.3. " +
                "At 20.3 fps it would just keep up; frame.stats() and histogram() look at all pixels in native code"
        )
    })

    it.each([
        ["no frame was lost", { lost: 0 }],
        ["frames were lost for another reason", { vmMsPerFrame: 20 }],
        ["too few frames came", { vmMsPerFrame: undefined }],
    ])("says nothing when %s", (_, change) => {
        expect(slowHandlerMessage({ ...SLOW, ...change })).toBeUndefined()
    })
})

import { simulate } from "camscript/testing"
import { expect, it } from "vitest"

it("crops where it was asked to", async () => {
    const { frames, counters, mode } = await simulate({
        app: "src/main.ts",
        board: "BOARD",
        sensor: "ov2640",
        scene: "photo",
        window: { x: 400, y: 300, width: 640, height: 480 },
        frames: 5,
    })

    // A frame that comes while the program has the only buffer is dropped, and counted.
    expect(counters).toMatchObject({ torn: 0, overruns: 0, shortFrames: 0 })
    expect(mode?.window).toEqual({ x: 400, y: 300, width: 640, height: 480 })
    for (const { pixels } of frames)
        // Start of image, and of the segment after it.
        expect([...pixels.subarray(0, 3)]).toEqual([0xff, 0xd8, 0xff])
})

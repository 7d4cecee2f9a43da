import { kernel, simulate } from "camscript/testing"
import { expect, it } from "vitest"

it("counts what is brighter than the threshold", async () => {
    const { bright } = await kernel("src/bright.kernel.ts")
    const picture = { pixels: new Uint8Array(64), width: 8, height: 8 }
    picture.pixels.set([201, 200, 255], 10)

    expect(bright!(picture, 200)).toEqual({ count: 2, most: 255 })
})

it("looks at every frame of the camera", async () => {
    const { frames, counters, kernels } = await simulate({
        app: "src/main.ts",
        board: "BOARD",
        sensor: "SENSOR",
        scene: "chart",
        frames: 20,
    })

    expect(counters).toMatchObject({ dropped: 0, torn: 0 })
    expect(kernels).toMatchObject([{ functionName: "bright", stopped: 0 }])
    expect(kernels[0]!.calls).toBe(frames.length)
})

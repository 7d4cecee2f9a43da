import { simulate } from "camscript/testing"
import { expect, it } from "vitest"

it("captures", async () => {
    const { frames, counters, mode } = await simulate({
        app: "src/main.ts",
        board: "BOARD",
        sensor: "SENSOR",
        scene: "photo",
        seconds: 2,
    })

    expect(frames.length).toBeGreaterThan(0)
    // The window may move, its size is what the program applied.
    const { width, height } = mode!.window
    expect(frames[0]!.window).toMatchObject({ width, height })
    expect(counters).toMatchObject({ torn: 0, overruns: 0 })
})

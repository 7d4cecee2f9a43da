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
    expect(mode?.window).toEqual(frames[0]!.window)
    expect(counters).toMatchObject({ torn: 0, overruns: 0 })
})

import { locateChart, simulate } from "camscript/testing"
import { expect, it } from "vitest"
import { windowAround } from "../src/crop"

it("keeps the window on the field", () => {
    const size = { width: 100, height: 80 }
    expect(windowAround({ x: 376, y: 240 }, size)).toEqual({
        x: 326,
        y: 200,
        ...size,
    })
    expect(windowAround({ x: 10, y: 475 }, size)).toEqual({
        x: 0,
        y: 400,
        ...size,
    })
})

it("crops where it says it crops", async () => {
    const window = windowAround({ x: 700, y: 60 }, { width: 128, height: 96 })
    const { frames, counters, fps } = await simulate({
        app: "src/main.ts",
        board: "BOARD",
        scene: "chart", // each place of the chart looks different
        window,
        fps: 100,
        exposureUs: 1000,
        frames: 20,
    })

    expect(counters).toMatchObject({ dropped: 0, torn: 0, pixelErrors: 0 })
    expect(fps).toBeCloseTo(100, 0)
    const { pixels, width, height } = frames[19]!
    expect(locateChart(pixels, width, height)).toEqual({
        x: window.x,
        y: window.y,
    })
})

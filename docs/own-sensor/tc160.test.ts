import { simulate } from "camscript/testing"
import { expect, it } from "vitest"
import { TC160_MODULE } from "./tc160-model"

it("captures a window that the DCMI cuts out", async () => {
    const { frames, counters, mode, fps, log } = await simulate({
        app: "src/main.ts",
        board: "nucleo-f446re",
        sensorModule: TC160_MODULE,
        scene: "ramp",
        frames: 10,
    })

    expect(mode?.window).toEqual({ x: 40, y: 20, width: 80, height: 64 })
    expect(counters).toMatchObject({ dropped: 0, torn: 0, pixelErrors: 0 })
    expect(fps).toBeCloseTo(30, 0)
    expect(frames[9]!.pixels.length).toBe(80 * 64)
    const started = log.filter(
        ({ block, register, value }) =>
            block === "TC160" && register === "R1" && value === 1
    )
    expect(started).toHaveLength(1)
})

it("says who answers in its place", async () => {
    const run = simulate({
        app: "src/main.ts",
        board: "nucleo-f446re",
        sensorModule: TC160_MODULE,
        frames: 1,
        prepare: ({ sensor }) => {
            sensor.chipId = 0x55
        },
    })
    await expect(run).rejects.toThrow(
        /TC160: ID reads 0x0055, expected 0x00c6/i
    )
})

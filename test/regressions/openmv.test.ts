// SPDX-License-Identifier: MIT
// Mistakes that OpenMV's firmware and its users made with windows and frame buffers, made again on purpose.

import { beforeAll, describe, expect, it } from "vitest"
import { MT9V034_LIMITS } from "../../drivers/mt9v034/timing.ts"
import { CamscriptError } from "../../protocol/errors.ts"
import { parseFaults } from "../../sim/faults/fault-file.ts"
import { simulate, type SimulateOptions } from "../../sim/testing.ts"
import { planCapture } from "../../src/plan/plan.ts"
import { smallRun } from "../support/faults/small-run.ts"
import { bootRig, frameOf, START, type Rig } from "../support/native/rig.ts"
import { Mt9v034Rig } from "../support/sensors/mt9v034-rig.ts"
import { ForeignFirmware, LINE, VSYNC } from "./foreign-firmware.ts"
import { compile, PROGRAMS } from "./programs.ts"
import { Strategy } from "../../protocol/capture.ts"

const DCMI_CR = 0x50050000
const DCMI_CWSTRT = 0x50050020
const DCMI_CWSIZE = 0x50050024

/** nucleo-f446re. */
const BOARD = {
    xclkHz: 26_660_000,
    frameMemoryBytes: 79_616,
    ramBytes: 131_072,
}

beforeAll(() => compile("unaligned-line", "slow-reader", "late-reader"))

async function failure(options: SimulateOptions): Promise<CamscriptError> {
    try {
        await simulate(options)
    } catch (error) {
        expect(error).toBeInstanceOf(CamscriptError)
        return error as CamscriptError
    }
    throw new Error("the run did not fail")
}

/** The fake camera sends 16 x 8 pixels; the grabber is told this window of them. */
function cropRows(rig: Rig, firstRow: number, rows: number): void {
    rig.setMode({ flags: 1, lines: rows })
    rig.write32(0x64, firstRow << 16)
    rig.write32(0x68, ((rows - 1) << 16) | 15)
    rig.control(START)
    rig.camera.start()
}

// Cause: nobody compared y + height with the frame: rows 80..159 of a frame of 120.
describe("openmv #272: a window that ends below the frame", () => {
    it("is refused by the planner with the sum, whoever would crop", () => {
        const window = { x: 0, y: 320, width: 160, height: 320 }

        for (const strategy of [
            Strategy.AUTO,
            Strategy.DCMI_CROP,
            Strategy.SENSOR_WINDOW,
        ])
            expect(() =>
                planCapture({ window, strategy }, MT9V034_LIMITS, BOARD)
            ).toThrow(
                "window 160x320+0+320 ends at row 640, the MT9V034 has 480"
            )
    })

    it("stops the sensor's model when it is written to its registers", () => {
        const rig = new Mt9v034Rig()
        rig.setUp({ rowStart: 324, height: 320 })

        expect(() => rig.runFrames(2)).toThrow(
            /MT9V034_ROW_START = 0x00000144: 320 rows from 324 on end at 643, the array at 483/
        )
    })

    it("never hands out the old bytes below the frame when DCMI_CWSIZE asks for them: the frames count as short", async () => {
        const rig = await bootRig()
        cropRows(rig, 4, 8)
        rig.runPast(5)

        expect(rig.counters()).toMatchObject({ frames: 0, shortFrames: 6 })
        expect(rig.next()).toBeUndefined()
    })

    it("arrives when it ends with the frame", async () => {
        const rig = await bootRig()
        cropRows(rig, 4, 4)
        rig.runPast(0)

        expect(rig.pixels(rig.next()!.index, 64)).toEqual(frameOf(0).slice(64))
        expect(rig.counters()).toMatchObject({ frames: 1, shortFrames: 0 })
    })
})

// Cause: a row of 94 bytes is not what the DMA can count; the user was told "Capture Failed: -2".
describe("openmv #1350: rows of 94 bytes", () => {
    it("stop the DCMI's model with the number and the rule", async () => {
        const { bus } = (await bootRig()).chip
        bus.write32(DCMI_CWSTRT, (45 << 16) | 230)
        bus.write32(DCMI_CWSIZE, (84 << 16) | 93)

        expect(() =>
            bus.write32(DCMI_CR, (1 << 14) | (1 << 5) | (1 << 2) | 1)
        ).toThrow(
            "DCMI_CWSIZE = 0x0054005d: CAPCNT + 1 is 94: a line of the window must be a whole number of 4-byte words"
        )
    })

    it("are refused to a program, with the number and the rule", async () => {
        const error = await failure({
            app: `${PROGRAMS}/unaligned-line.ts`,
            frames: 1,
        })

        expect(error.message).toMatch(
            /frame grabber: MODE_LINE_BYTES: a row of 94 bytes is no multiple of 4/
        )
    })

    it("are refused by the native code too, when it starts", async () => {
        const rig = await bootRig()
        rig.setMode({ lineBytes: 94 })

        expect(rig.refusal(rig.control(START))).toBe(5) // BAD_GEOMETRY
        expect(rig.lastError()).toMatchObject({ value: 94, limit: 4 })
    })

    it("become 92 in a plan, which says so, and are captured without an error", async () => {
        const { mode, frames, counters } = await simulate({
            window: { x: 230, y: 45, width: 94, height: 85 },
            frames: 3,
        })

        expect(mode!.window).toEqual({ x: 230, y: 45, width: 92, height: 85 })
        expect(frames[0]).toMatchObject({ width: 92, height: 85 })
        expect(counters.pixelErrors).toBe(0)
    })
})

// Cause: the frame was released to the program before the transfer of its last rows had ended.
describe("openmv #2216: one buffer, handed out too early", () => {
    it("is torn when DMA still has the last row to write, and the observer counts it", async () => {
        const firmware = await ForeignFirmware.boot()
        firmware.armDma({ circular: true })
        firmware.startDcmi()
        firmware.rig.camera.start()
        firmware.waitFor(VSYNC)
        firmware.waitFor(LINE) // of the frame before
        for (let row = 0; row < 7; row++) firmware.waitFor(LINE)

        expect(firmware.ndtr).toBe(4)
        firmware.handOut(1)
        firmware.waitFor(VSYNC)

        expect(firmware.frames).toHaveLength(1)
        expect(firmware.frames[0]).toMatchObject({
            torn: true,
            pixelErrors: 16,
        })
    })

    it("changes under its reader when DMA goes on into the same buffer", async () => {
        const firmware = await ForeignFirmware.boot()
        firmware.armDma({ circular: true })
        firmware.startDcmi()
        firmware.rig.camera.start()
        firmware.waitFor(VSYNC)
        expect(firmware.bytes()).toEqual(frameOf(0))
        firmware.waitFor(VSYNC)

        expect(firmware.bytes()).toEqual(frameOf(1))
    })

    it("does not happen to a slow reader: its frame stays, the next ones are dropped and counted", async () => {
        const { console, counters } = await simulate({
            app: `${PROGRAMS}/slow-reader.ts`,
            scene: "noise:moving",
            frames: 5,
        })

        expect(console.length).toBeGreaterThanOrEqual(4)
        for (const line of console) expect(line).toBe("0 bytes changed")
        expect(counters).toMatchObject({ torn: 0, pixelErrors: 0 })
        expect(counters.dropped).toBeGreaterThanOrEqual(8)
    })

    it("is an error in the program that reads a frame after giving it back", async () => {
        const error = await failure({
            app: `${PROGRAMS}/late-reader.ts`,
            frames: 2,
        })

        expect(error.message).toMatch(
            /this frame was given back: use it in its handler only/
        )
        expect(error.message).toMatch(/late-reader\.ts:17/)
    })
})

// Cause: when a frame was dropped, the place where the next row goes was not set back to the first row.
describe("openmv #2221: a dropped frame shifts the ones after it", () => {
    it("when the DMA stream is left where the short frame ended: all rows of the next frame are wrong", async () => {
        const firmware = await ForeignFirmware.boot()
        const { camera } = firmware.rig
        camera.shape = frame => ({ columns: 16, rows: frame === 1 ? 5 : 8 })
        firmware.armDma({ circular: true })
        firmware.startDcmi()
        camera.start()
        firmware.waitFor(VSYNC)
        firmware.waitFor(VSYNC) // frame 1 is short: not handed out, and that is all
        firmware.waitFor(VSYNC)
        firmware.handOut(2)
        firmware.waitFor(VSYNC)

        expect(firmware.frames).toHaveLength(1)
        expect(firmware.frames[0]!.pixelErrors).toBe(128)
        // Its first row is in row 5.
        expect(firmware.frames[0]!.pixels.slice(80)).toEqual(
            frameOf(2).slice(0, 48)
        )
    })

    it("does not happen in our capture code: the short frame is counted, the next one is whole", async () => {
        const rig = await bootRig()
        rig.camera.shape = frame => ({ columns: 16, rows: frame === 1 ? 5 : 8 })
        rig.setMode({})
        rig.control(START)
        rig.camera.start()
        rig.runPast(2)

        expect(rig.counters()).toMatchObject({ frames: 2, shortFrames: 1 })
        rig.release(rig.next()!.index)
        const next = rig.next()!
        expect(next).toMatchObject({ sequence: 2, droppedBefore: 1 })
        expect(rig.pixels(next.index)).toEqual(frameOf(2))
    })

    it("does not happen in line mode: after a row that got lost the next frame is right again", async () => {
        const { counters, frames } = await simulate({
            strategy: Strategy.LINE,
            window: { width: 220, height: 220 },
            frames: 10,
            faults: [{ kind: "drop-row", frame: 6, row: 150 }],
        })

        expect(counters).toMatchObject({ resyncs: 1, pixelErrors: 0, torn: 0 })
        expect(frames.filter(frame => frame.droppedBefore > 0)).toHaveLength(1)
    })

    it("does not happen on the whole board either", async () => {
        const { counters, frames } = await simulate({
            frames: 20,
            faults: [{ kind: "cut-frame", frame: 10, rows: 100 }],
        })

        expect(counters).toMatchObject({
            shortFrames: 1,
            torn: 0,
            pixelErrors: 0,
        })
        expect(frames.filter(frame => frame.droppedBefore > 0)).toHaveLength(1)
    })
})

// Cause: a script was stopped in mid-transfer; the sensor held SDA low, and no later transfer could begin.
describe("openmv #1222 and #1017: the sensor's I2C bus stays locked", () => {
    it.each([3, 9])(
        "is free again after %i clocks, and the exposure is read again",
        async clocks => {
            const { faults, console, counters } = await smallRun(
                [{ at: 0.3, fault: "i2c-sda-low", clocks }],
                { exposureUs: undefined, seconds: 2 }
            )
            expect(faults[0]).toMatchObject({ framesLost: 0, wrongFrames: 0 })
            expect(console.filter(line => line.includes("no frames"))).toEqual(
                []
            )
            expect(counters.delivered).toBeGreaterThan(150)
        }
    )

    it("that is held for a while costs no frame and ends no program", async () => {
        const { faults, counters } = await smallRun(
            [{ at: 0.3, for: 1, fault: "i2c-sda-low" }],
            { exposureUs: undefined, seconds: 2 }
        )
        expect(faults[0]).toMatchObject({
            detectedAs: ["i2cErrors"],
            framesLost: 0,
            wrongFrames: 0,
        })
        expect(counters.delivered).toBeGreaterThan(150)
    })
})

// Cause: the first frame of a single buffer began in the middle of one of the sensor's.
describe("openmv #1580: corrupted rows in the first frame of one buffer", () => {
    it.each([1, 2, 3, 4, 5])(
        "never here: started %i ms later, the first frame is whole",
        async ms => {
            const { frames } = await simulate({
                window: { width: 160, height: 120 },
                buffers: 1,
                frames: 3,
                strategy: Strategy.DCMI_CROP,
                faults: parseFaults(
                    [{ at: ms / 1000, fault: "dma-late", us: 1000 * ms }],
                    "test"
                ),
            })
            for (const { pixelErrors, torn } of frames)
                expect({ pixelErrors, torn }).toEqual({
                    pixelErrors: 0,
                    torn: false,
                })
        }
    )
})

// Cause: the sensor takes the trigger mode at a frame boundary; what was set before it was forgotten, and nobody was told.
describe("openmv #3263: the trigger mode is silently ignored", () => {
    it("is on when triggered frames begin: each has a trigger of its own", async () => {
        const { console, counters } = await simulate({
            app: "test/system/programs/triggered.ts",
            // Until the sensor runs freely (test/system/trigger.test.ts).
            seconds: 0.26,
        })
        const triggers = console
            .map(line => /^(\d+) \d+ \d+$/.exec(line)?.[1])
            .filter(us => us !== undefined && us !== "0")
        expect(triggers.length).toBeGreaterThan(5)
        expect(new Set(triggers).size).toBe(triggers.length)
        expect(counters.dropped).toBe(0)
    })
})

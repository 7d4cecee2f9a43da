// SPDX-License-Identifier: MIT
// Mistakes that PX4-Flow's firmware made with the same sensor and the same chip family, made again on purpose.

import { beforeAll, describe, expect, it } from "vitest"
import { CamscriptError, SiliconError } from "../../protocol/errors.ts"
import { simulate, type SimulateOptions } from "../../sim/testing.ts"
import { Mt9v034Rig } from "../support/sensors/mt9v034-rig.ts"
import { compile, PROGRAMS } from "./programs.ts"

beforeAll(() => compile("shutter-into-v2-control", "sensor-of-another-size"))

async function failure(options: SimulateOptions): Promise<CamscriptError> {
    try {
        await simulate(options)
    } catch (error) {
        expect(error).toBeInstanceOf(CamscriptError)
        return error as CamscriptError
    }
    throw new Error("the run did not fail")
}

// Cause: a register address from the wrong line of the table. V2_CONTROL holds 6 bits; the shutter kept its reset value.
describe("PX4-Flow #44: 480 rows of shutter written to V2_CONTROL", () => {
    it.each([
        [0x32, "V2_CONTROL"],
        [0x3a, "V2_CONTROL_B"],
    ])(
        "stops the sensor's model at R%i with register, value and writable bits",
        (address, name) => {
            const rig = new Mt9v034Rig()

            expect(() => rig.writeReg(address, 480)).toThrow(
                `MT9V034_${name} = 0x000001e0: bits 0x01c0 are reserved (writable: 0x003f)`
            )
        }
    )

    it("ends a program that does it, before the first frame", async () => {
        const error = await failure({
            app: `${PROGRAMS}/shutter-into-v2-control.ts`,
            frames: 1,
        })

        expect(error).toBeInstanceOf(SiliconError)
        expect(error.message).toMatch(
            /MT9V034_V2_CONTROL = 0x000001e0: bits 0x01c0 are reserved/
        )
    })

    it("does not happen to our driver: a fixed exposure goes to TOTAL_SHUTTER_WIDTH, V2_CONTROL is never written", async () => {
        const { log, frames } = await simulate({
            window: { width: 64, height: 64 },
            fps: 60,
            exposureUs: 5000,
            frames: 3,
        })

        const written = log
            .filter(({ block }) => block === "MT9V034")
            .map(({ register }) => register)
        expect(written).toContain("TOTAL_SHUTTER_WIDTH")
        expect(written).not.toContain("V2_CONTROL")
        expect(written).not.toContain("V2_CONTROL_B")
        // In whole rows, rounded down.
        const { sent } = frames.at(-1)!
        expect(sent.exposureUs).toBeGreaterThan(4900)
        expect(sent.exposureUs).toBeLessThanOrEqual(5000)
    })
})

// Cause, as its readers suppose: the sensor's rows have another width than the receiver counts, so that they wrap.
describe("PX4-Flow #134: a striped image", () => {
    const app = `${PROGRAMS}/sensor-of-another-size.ts`

    it.each([
        ["as many bytes in other rows", { width: 128, height: 32 }],
        ["narrower rows", { width: 32, height: 64 }],
    ])(
        "never reaches the program when the sensor sends %s: the frames are short, and the sensor is set up anew",
        async (_, size) => {
            const { frames, counters, console } = await simulate({
                app,
                window: { x: 0, y: 0, ...size },
                frames: 3,
            })

            expect(counters.shortFrames).toBeGreaterThanOrEqual(8)
            expect(console[0]).toContain("no frames, short")
            expect(counters).toMatchObject({ pixelErrors: 0, torn: 0 })
            for (const { sent } of frames)
                expect([sent.columns, sent.rows]).toEqual([64, 64])
        }
    )

    it("does not happen when the sensor's rows are wider: the DCMI takes the first pixels of each", async () => {
        const { frames, counters } = await simulate({
            app,
            window: { x: 0, y: 0, width: 128, height: 64 },
            frames: 3,
        })

        expect(counters).toMatchObject({ pixelErrors: 0, torn: 0 })
        for (const { width, height, sent } of frames) {
            expect([width, height]).toEqual([64, 64])
            expect([sent.columns, sent.rows]).toEqual([128, 64])
        }
    })

    it("does not happen when one plan tells both: 64x64 comes as 64x64", async () => {
        const { frames, counters } = await simulate({
            window: { x: 0, y: 0, width: 64, height: 64 },
            fps: 60,
            frames: 3,
        })

        expect(counters).toMatchObject({
            pixelErrors: 0,
            overruns: 0,
            shortFrames: 0,
        })
        for (const { sent } of frames)
            expect([sent.columns, sent.rows]).toEqual([64, 64])
    })
})

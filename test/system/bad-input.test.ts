// SPDX-License-Identifier: MIT
// What a user meets when something is wrong: one clear paragraph each, never a stack of our internals.

import { mkdtempSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { describe, expect, it } from "vitest"
import "../../sim/failed-waveforms.ts"
import { CamscriptError } from "../../protocol/errors.ts"
import type { I2cTarget } from "../../sim/wires/i2c-bus.ts"
import { simulate, type SimulateOptions } from "../../sim/testing.ts"

/** The error of a run that must fail. */
async function failure(options: SimulateOptions): Promise<CamscriptError> {
    try {
        await simulate({ frames: 10, ...options })
    } catch (error) {
        expect(error).toBeInstanceOf(CamscriptError)
        const { message } = error as CamscriptError
        expect(message).not.toMatch(/node:internal|\/sim\/|wasm:|undefined/)
        return error as CamscriptError
    }
    throw new Error("the run did not fail")
}

/** A chip that is not an MT9V034: every register reads the same word. */
function otherChip(address: number, word: number): I2cTarget {
    let high = true
    return {
        name: "other chip",
        address,
        start: () => {
            high = true
            return true
        },
        write: () => true,
        read: () => {
            const byte = high ? word >> 8 : word & 0xff
            high = !high
            return byte
        },
        stop: () => {},
    }
}

describe("the sensor", () => {
    it("is named with what it answered when its chip ID is wrong", async () => {
        const error = await failure({
            sensorAddress: null,
            prepare: simulation =>
                simulation.chip.i2cBus.attach(otherChip(0x48, 0x1313)),
        })

        expect(error.message).toMatch(/MT9V034/)
        expect(error.message).toMatch(/0x1313/)
        expect(error.message).toMatch(/0x48/)
    })

    it("is reported missing with all addresses that were tried", async () => {
        const error = await failure({ sensorAddress: null })

        expect(error.message).toMatch(/MT9V034/)
        for (const address of ["0x48", "0x4c", "0x58", "0x5c"])
            expect(error.message.toLowerCase()).toContain(address)
    })

    it.each([0x48, 0x4c, 0x58, 0x5c])(
        "is found at 0x%s",
        async sensorAddress => {
            const { counters } = await simulate({ sensorAddress, frames: 2 })

            expect(counters.delivered).toBeGreaterThanOrEqual(2)
        }
    )

    it("is named with the register when it stops answering in the middle", async () => {
        const error = await failure({
            prepare: simulation => {
                const write = simulation.sensor.write.bind(simulation.sensor)
                let register = -1
                let byte = 0
                const start = simulation.sensor.start.bind(simulation.sensor)
                simulation.sensor.start = read => {
                    byte = 0
                    return start(read)
                }
                simulation.sensor.write = value => {
                    if (byte++ === 0) register = value
                    // WINDOW_HEIGHT (0x03): the data bytes are refused
                    return register === 0x03 && byte > 1 ? false : write(value)
                }
            },
        })

        expect(error.message).toMatch(/MT9V034/)
        expect(error.message).toMatch(/WINDOW_HEIGHT/)
    })
})

describe("the window", () => {
    it("is refused outside the sensor, with the sum", async () => {
        const error = await failure({
            window: { width: 220, height: 220, x: 600, y: 0 },
        })

        expect(error.message).toMatch(/820/)
        expect(error.message).toMatch(/752/)
    })

    it("is refused below the sensor, with the sum", async () => {
        const error = await failure({
            window: { width: 220, height: 220, x: 0, y: 300 },
        })

        expect(error.message).toMatch(/520/)
        expect(error.message).toMatch(/480/)
    })

    it("is rounded to whole words when its width is odd, and says what was applied", async () => {
        const { mode, counters } = await simulate({
            window: { width: 221, height: 99 },
            frames: 5,
        })

        expect(mode!.window).toMatchObject({ width: 220, height: 99 })
        expect(counters.pixelErrors).toBe(0)
    })
})

describe("the program", () => {
    it("that does not compile is refused with file, line and the compiler's words", async () => {
        const error = await failure({
            app: "test/system/programs/type-error.ts",
        })

        expect(error.message).toMatch(/type-error\.ts:7/)
        expect(error.message).toMatch(/string/)
    })

    it("that throws in a frame handler ends the run with its TypeScript stack", async () => {
        const error = await failure({
            app: "test/system/programs/throwing-handler.ts",
        })

        expect(error.message).toMatch(/displeases me/)
        expect(error.message).toMatch(/throwing-handler\.ts:9/)
    })

    it("that does not exist is named", async () => {
        const error = await failure({ app: "src/no-such-program.ts" })

        expect(error.message).toMatch(/no-such-program\.ts/)
    })
})

describe("board and scene", () => {
    it("an unknown board is refused with the boards there are", async () => {
        const error = await failure({ board: "nucleo-h743" })

        expect(error.exitCode).toBe(2)
        expect(error.message).toMatch(/nucleo-h743.*nucleo-f446re/)
    })

    it("a missing scene is named", async () => {
        const error = await failure({ scene: "no-such-image.png" })

        expect(error.message).toMatch(/no-such-image\.png/)
    })

    it("a scene that is not an image is named", async () => {
        const file = join(
            mkdtempSync(join(tmpdir(), "camscript-")),
            "not-an-image.png"
        )
        writeFileSync(file, "these are words\n")

        const error = await failure({ scene: file })

        expect(error.message).toMatch(/not-an-image\.png/)
    })
})

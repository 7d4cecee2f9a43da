// SPDX-License-Identifier: MIT
// The same faults in the simulator and on the emulated board: what is not in the CPU acts on both in the same way. And those
// that only a board can have.

import { readFileSync } from "node:fs"
import { describe, expect, it } from "vitest"
import { readBoard } from "../../boards/board-file.ts"
import { chipPlaces } from "../../sim/cortex-m/chip-mcu.ts"
import { readElf } from "../../sim/cortex-m/elf.ts"
import { EmulatedBoard } from "../../sim/emulated-board.ts"
import { parseFaults } from "../../sim/faults/fault-file.ts"
import type { FaultOutcome } from "../../sim/faults/fault-watch.ts"
import { loadScene } from "../../sim/scene/load-scene.ts"
import { SENSOR_MODULES } from "../../sim/sensors/modules.ts"
import { simulate } from "../../sim/testing.ts"
import { buildProgram } from "../../toolchain/devicescript/build-program.ts"
import { buildFirmware } from "../../toolchain/firmware/build-firmware.ts"

/** The two levels boot in different times, and are compared with a still scene and a fixed exposure. */
const REQUEST = {
    window: { width: 160, height: 120 },
    fps: 120,
    exposureUs: 1000,
}
/** The program reads the sensor with every 60th frame: once at least after the last fault of a list, which waits for that. */
const SECONDS = 2.4

async function onBoard(faults: readonly object[]): Promise<FaultOutcome[]> {
    const board = readBoard("nucleo-f446re", "mt9v034")
    const app = "src/main.ts"
    const { elf } = await buildFirmware({
        board: board.name,
        sensor: "mt9v034",
        app,
        request: REQUEST,
    })
    const emulated = new EmulatedBoard({
        board,
        scene: await loadScene("chart", SENSOR_MODULES.mt9v034.field, 1),
        elf: readElf(readFileSync(elf), elf, chipPlaces(board)),
        program: await buildProgram(app),
        faults: parseFaults(faults, "test"),
    })
    try {
        emulated.run({ seconds: SECONDS })
        return emulated.record.faults.outcomes()
    } finally {
        emulated.close()
    }
}

describe("the same list of faults", () => {
    it("loses the same frames of the sensor in the simulator and on the emulated board", async () => {
        const faults = [
            { at: 1, fault: "row-lost", row: 30 },
            { at: 1.1, fault: "hsync-lost" },
            { at: 1.2, fault: "dcmi-overrun" },
            { at: 1.3, fault: "vsync-glitch", row: 60 },
            { at: 1.4, fault: "row-doubled", row: 5 },
            { at: 1.5, for: 0.05, fault: "data-stuck", line: 6, level: 1 },
            { at: 1.6, fault: "dma-error" },
            { at: 1.7, for: 0.05, fault: "pixclk-edge" },
            { at: 1.8, fault: "i2c-wrong-value" },
        ]
        // A span of 50 ms at 120 fps has 6 frames, or parts of 7: the two levels boot in different times, and their
        // frames lie differently in it.
        const spans = [5, 7]
        const lost = (outcomes: readonly FaultOutcome[]): object[] =>
            outcomes
                .filter((_, index) => !spans.includes(index))
                .map(({ fault, framesLost, recoveredAfterFrames }) => ({
                    fault,
                    framesLost,
                    recoveredAfterFrames,
                }))

        const simulated = await simulate({
            ...REQUEST,
            seconds: SECONDS,
            faults: parseFaults(faults, "test"),
        })
        const board = await onBoard(faults)

        expect(lost(board)).toEqual(lost(simulated.faults))
        expect(lost(board)).toMatchObject(
            [1, 1, 1, 1, 1, 1, 0].map(framesLost => ({ framesLost }))
        )
        for (const outcomes of [board, simulated.faults])
            for (const span of spans) {
                const { framesLost, recoveredAfterFrames } = outcomes[span]!
                expect([6, 7]).toContain(framesLost)
                expect(recoveredAfterFrames).toBe(framesLost)
            }
    })
})

describe("a power cut", () => {
    it("begins everything anew but the flash, and frames come again", async () => {
        const [outcome] = await onBoard([
            { at: 1, for: 0.1, fault: "power-cut" },
        ])
        expect(outcome).toMatchObject({ happenedAt: 1, wrongFrames: 0 })
        // 12 frames without power, and a boot.
        expect(outcome!.framesLost).toBeGreaterThan(12)
        expect(outcome!.recoveredAfterMs).toBeGreaterThan(100)
        expect(outcome!.recoveredAfterMs).toBeLessThan(1000)
    })

    it("without an end leaves a dead board", async () => {
        const [outcome] = await onBoard([{ at: 1, fault: "power-cut" }])
        expect(outcome!.recoveredAfterFrames).toBeNull()
        expect(outcome!.framesLost).toBeGreaterThan(100)
    })
})

describe("noise on the serial link", () => {
    it("costs no frame", async () => {
        const [outcome] = await onBoard([
            { at: 1, fault: "link-noise", count: 1000 },
        ])
        expect(outcome).toMatchObject({
            happenedAt: 1,
            framesLost: 0,
            wrongFrames: 0,
        })
        expect(outcome!.recoveredAfterFrames).not.toBeNull()
    })
})

describe("a program that goes wrong", () => {
    it.each([
        ["program-throw", /TypeError: throwing null/],
        ["program-memory", /panic 60004/],
    ])("%s ends it as in the simulator", async (fault, message) => {
        await expect(onBoard([{ at: 1, fault }])).rejects.toThrow(message)
    })
})

// SPDX-License-Identifier: MIT
// Line mode with a bad cable: whatever happens to the rows of one frame does not reach the next.

import fc from "fast-check"
import { describe, expect, it } from "vitest"
import type { ParallelFault } from "../../sim/wires/parallel-faults.ts"
import {
    expectFrame,
    lineRig,
    WHOLE,
    windowOf,
} from "../support/native/line-rig.ts"
import { START } from "../support/native/rig.ts"

const COPIED = { x: 4, y: 2, columns: 8, rows: 5 }
const FAULTY = 2

const faults: readonly (readonly [string, ParallelFault])[] = [
    ["the first row dropped", { kind: "drop-row", frame: FAULTY, row: 0 }],
    ["a row dropped", { kind: "drop-row", frame: FAULTY, row: 4 }],
    ["a row added", { kind: "add-row", frame: FAULTY, row: 3 }],
    ["the frame cut short", { kind: "cut-frame", frame: FAULTY, rows: 5 }],
    ["the frame cut to nothing", { kind: "cut-frame", frame: FAULTY, rows: 0 }],
    [
        "4 clocks lost",
        { kind: "lose-clocks", frame: FAULTY, row: 3, clocks: 4 },
    ],
    [
        "1 clock lost",
        { kind: "lose-clocks", frame: FAULTY, row: 3, clocks: 1, column: 7 },
    ],
    [
        "7 clocks lost",
        { kind: "lose-clocks", frame: FAULTY, row: 7, clocks: 7 },
    ],
]

describe.each([
    ["copied rows", COPIED],
    ["rows placed by the DMA", WHOLE],
    ["some rows placed by the DMA", { ...WHOLE, y: 2, rows: 3 }],
])("line mode, %s", (_, window) => {
    it.each(faults)(
        "is right again in the frame after one with %s, and counts it",
        async (_, fault) => {
            // The DCMI's own rule, a frame ends with a whole word, is broken by some of the faults.
            const rig = await lineRig(window, {
                faults: [fault],
                permissive: true,
            })
            rig.control(START)
            rig.camera.start()

            for (const frame of [0, 1, 2, 3, 4, 5]) {
                rig.runPast(frame)
                if (frame !== FAULTY) expectFrame(rig, frame, window)
            }
            const counters = rig.counters()
            expect(counters).toMatchObject({
                sensorFrames: 6,
                frames: 5,
                dropped: 0,
            })
            // One without a row is no frame at all: its VSYNC comes too early.
            expect(
                counters.overrunFrames + counters.shortFrames + counters.lost
            ).toBe(1)
            expect(counters.resyncs).toBe(1 - counters.lost)
        }
    )
})

describe("line mode under random faults", () => {
    // One whole frame tells the pace: until then a VSYNC at any time ends a frame. The last one shows that one was lost.
    const fault = fc.record({
        frame: fc.integer({ min: 1, max: 18 }),
        row: fc.integer({ min: 0, max: 7 }),
        clocks: fc.integer({ min: 4, max: 15 }),
        kind: fc.constantFrom(
            "drop-row",
            "add-row",
            "lose-clocks",
            "cut-frame"
        ),
    })

    it("is right in every frame that has none", async () => {
        await fc.assert(
            fc.asyncProperty(
                fc.uniqueArray(fault, {
                    maxLength: 8,
                    selector: ({ frame }) => frame,
                }),
                fc.boolean(),
                async (list, copied) => {
                    const window = copied ? COPIED : WHOLE
                    const faults = list.map(f => ({
                        ...f,
                        rows: f.row,
                    })) as readonly ParallelFault[]
                    const rig = await lineRig(window, {
                        faults,
                        permissive: true,
                    })
                    rig.control(START)
                    rig.camera.start()
                    const faulty = new Set(list.map(({ frame }) => frame))
                    for (let frame = 0; frame < 20; frame++) {
                        rig.runPast(frame)
                        if (!faulty.has(frame)) expectFrame(rig, frame, window)
                    }
                    expect(rig.next()).toBeUndefined()
                    const { overrunFrames, shortFrames, lost } = rig.counters()
                    expect(overrunFrames + shortFrames + lost).toBe(faulty.size)
                }
            ),
            { numRuns: 60, seed: 5 }
        )
    })

    it.each([1, 3, 4, 16])(
        "has one wrong row after %i clocks too many in it, which no register shows",
        async clocks => {
            const row = COPIED.y + 1
            const rig = await lineRig(COPIED, {
                faults: [{ kind: "add-clocks", frame: 1, row, clocks }],
            })
            rig.control(START)
            rig.camera.start()
            rig.runPast(2)

            expectFrame(rig, 0, COPIED)
            const { index } = rig.next()!
            const pixels = rig.pixels(index, 40)
            const good = windowOf(1, COPIED)
            const wrong = [0, 1, 2, 3, 4].filter(
                at =>
                    !pixels
                        .subarray(8 * at, 8 * at + 8)
                        .every((byte, i) => byte === good[8 * at + i])
            )
            expect(wrong).toEqual([1])
            rig.release(index)
            rig.runPast(3)
            expectFrame(rig, 3, COPIED)
        }
    )
})

describe("line mode", () => {
    it("counts both of two frames whose VSYNC is missing, and goes on after them", async () => {
        const rig = await lineRig(COPIED, {
            faults: [{ kind: "missing-vsync", frame: 1 }],
        })
        rig.control(START)
        rig.camera.start()
        rig.runPast(3)

        expect(rig.counters()).toMatchObject({
            sensorFrames: 4,
            frames: 2,
            overrunFrames: 1,
            lost: 1,
            resyncs: 1,
        })
        expectFrame(rig, 0, COPIED)
        const after = rig.next()!
        expect(after.sequence).toBe(3)
        expect([...rig.pixels(after.index, 40)]).toEqual(windowOf(3, COPIED))
    })

    it("recovers from an overrun", async () => {
        const rig = await lineRig(COPIED)
        rig.control(START)
        rig.camera.start()
        rig.runPast(0)
        rig.run(32_000) // some rows into frame 1
        // EN is taken away behind our back: the words find the FIFO full.
        const control = rig.chip.bus.read32(0x40026428)
        rig.chip.bus.write32(0x40026428, control & ~1)
        rig.runPast(2)

        expect(rig.counters()).toMatchObject({
            frames: 2,
            overruns: 1,
            resyncs: 1,
        })
        expectFrame(rig, 0, COPIED)
        expectFrame(rig, 2, COPIED)
    })
})

// SPDX-License-Identifier: MIT
// Line mode: one transfer per row, cropped and placed.

import fc from "fast-check"
import { describe, expect, it } from "vitest"
import {
    type Dropping,
    expectFrame,
    lineRig,
    WHOLE,
    windowOf,
} from "../support/native/line-rig.ts"
import { bootRig, frameOf, ROWS, START, STOP } from "../support/native/rig.ts"

const CROP = 1

describe("line mode into frames", () => {
    it.each([
        ["whole rows, placed by the DMA", WHOLE],
        ["rows in the middle, placed by the DMA", { ...WHOLE, y: 3, rows: 4 }],
        ["columns from a word on", { x: 4, y: 2, columns: 8, rows: 5 }],
        ["columns from an odd byte on", { x: 3, y: 1, columns: 12, rows: 7 }],
        ["one word", { x: 11, y: 7, columns: 4, rows: 1 }],
        [
            "the last columns of the last rows",
            { x: 8, y: 6, columns: 8, rows: 2 },
        ],
        ["columns up to the row's end", { x: 8, y: 1, columns: 8, rows: 6 }],
        [
            "rows whose end lies over two of the next ones",
            { x: 4, y: 1, columns: 4, rows: 6 },
        ],
    ])("stores %s, frame after frame", async (_, window) => {
        const rig = await lineRig(window, {}, 2, "dcmi")
        rig.control(START)
        rig.camera.start()

        for (let frame = 0; frame < 6; frame++) {
            rig.runPast(frame)
            expectFrame(rig, frame, window)
        }
        expect(rig.counters()).toMatchObject({
            frames: 6,
            dropped: 0,
            overruns: 0,
            shortFrames: 0,
            resyncs: 0,
            irqs: 6 * (ROWS + 1), // each row, and VSYNC
        })
    })

    it.each<Dropping>(["cpu", "dcmi"])(
        "stores every window of the frame as it is, columns dropped by %s",
        async dropping => {
            await fc.assert(
                fc.asyncProperty(
                    fc.integer({ min: 0, max: 12 }),
                    fc.integer({ min: 0, max: 7 }),
                    fc.integer({ min: 1, max: 4 }),
                    fc.integer({ min: 1, max: 8 }),
                    async (x, y, words, rows) => {
                        const window = {
                            x,
                            y,
                            columns:
                                4 * Math.min(words, Math.floor((16 - x) / 4)),
                            rows: Math.min(rows, 8 - y),
                        }
                        const rig = await lineRig(window, {}, 2, dropping)
                        rig.control(START)
                        rig.camera.start()
                        // The frames lie one behind the other: what is written past the end of one is in the next.
                        for (let frame = 0; frame < 3; frame++) {
                            rig.runPast(frame)
                            if (frame > 0) expectFrame(rig, frame - 1, window)
                        }
                        expectFrame(rig, 2, window)
                    }
                ),
                { numRuns: 60, seed: 3 }
            )
        }
    )

    it("writes nothing behind a frame, whatever the row goes on with", async () => {
        const window = { x: 4, y: 2, columns: 4, rows: 5 }
        const rig = await lineRig(window, {}, 2, "dcmi")
        rig.control(START)
        rig.camera.start()
        rig.runPast(1)
        const { index } = rig.next()! // frame 0 waits no more, frame 1 does
        expect(rig.release(index)).toBe(0)
        rig.runPast(2) // into the buffer before frame 1's

        expectFrame(rig, 1, window)
        expectFrame(rig, 2, window)
    })

    it.each([1, 2, 3, 4])(
        "counts a frame as short when %i clocks of one of its rows are lost, wherever the window lies",
        async clocks => {
            for (const x of [0, 4, 5, 6, 7, 8])
                for (const row of [0, 3, 7]) {
                    const window = { x, y: 2, columns: 8, rows: 5 }
                    const kind = "lose-clocks"
                    const rig = await lineRig(
                        window,
                        {
                            faults: [{ kind, frame: 1, row, clocks }],
                            permissive: true,
                        },
                        2,
                        "dcmi"
                    )
                    rig.control(START)
                    rig.camera.start()
                    rig.runPast(0)
                    expectFrame(rig, 0, window)
                    rig.runPast(2)

                    expectFrame(rig, 2, window)
                    expect(rig.counters()).toMatchObject({
                        frames: 2,
                        shortFrames: 1,
                    })
                }
        }
    )

    it("copies 220 of 752 columns, more than a block of words", async () => {
        for (const x of [264, 267]) {
            const window = { x, y: 1, columns: 220, rows: 3 }
            const rig = await bootRig()
            rig.setMode({ buffers: 2, lineBytes: 220, lines: 3 })
            rig.setLines({ busBytes: 752, skipBytes: x, skipRows: 1 })
            rig.write32(0x70, 752 * 5)
            rig.camera.shape = () => ({ columns: 752, rows: 5 })
            rig.camera.rowNs = 40_000
            rig.control(START)
            rig.camera.start()

            rig.runPast(0)
            expectFrame(rig, 0, window)
        }
    })

    it.each([
        ["copied rows", { x: 4, y: 2, columns: 8, rows: 5 }],
        ["rows placed by the DMA", WHOLE],
    ])(
        "captures each frame into one buffer that comes back in the blanking: %s",
        async (_, window) => {
            const rig = await lineRig(window, {}, 1)
            rig.control(START)
            rig.camera.start()

            for (let frame = 0; frame < 4; frame++) {
                rig.runPast(frame)
                expectFrame(rig, frame, window)
            }
            expect(rig.counters()).toMatchObject({ frames: 4, dropped: 0 })
        }
    )

    it("captures into one buffer that comes back while rows above the window are sent", async () => {
        const window = { x: 4, y: 4, columns: 8, rows: 4 }
        const rig = await lineRig(window, {}, 1)
        rig.control(START)
        rig.camera.start()
        rig.runPast(0)
        rig.run(34_000) // three rows into frame 1
        expectFrame(rig, 0, window)
        rig.runPast(1)

        expectFrame(rig, 1, window)
    })

    it("places rows by DMA into one buffer that comes back while rows above the window are sent", async () => {
        for (const [y, sentRows] of [
            [4, 1],
            [4, 2],
            [6, 4],
        ] as const) {
            const window = { ...WHOLE, y, rows: 8 - y }
            const rig = await lineRig(window, {}, 1)
            rig.control(START)
            rig.camera.start()
            rig.runPast(0)
            rig.run(28_000 + 2_000 * sentRows) // into frame 1
            expectFrame(rig, 0, window)
            rig.runPast(1)

            expectFrame(rig, 1, window)
            expect(rig.counters()).toMatchObject({ frames: 2, dropped: 0 })
        }
    })

    it.each([
        ["copied rows", { x: 4, y: 2, columns: 8, rows: 5 }],
        ["rows placed by the DMA", WHOLE],
    ])(
        "drops and counts frames while no buffer is free, and goes on when one comes back: %s",
        async (_, window) => {
            const rig = await lineRig(window)
            rig.control(START)
            rig.camera.start()
            rig.runPast(4)
            expect(rig.u8(0x81)).toBe(2) // STATE starved
            expect(rig.counters()).toMatchObject({ frames: 2, dropped: 3 })

            expectFrame(rig, 0, window)
            rig.runPast(5)
            expect(rig.counters()).toMatchObject({ dropped: 3 })
            expectFrame(rig, 1, window)
            expectFrame(rig, 5, window)
        }
    )

    it.each([
        ["copied rows", { x: 4, y: 2, columns: 8, rows: 5 }],
        ["rows placed by the DMA", WHOLE],
    ])("never writes into a frame that is lent: %s", async (_, window) => {
        const rig = await lineRig(window)
        rig.control(START)
        rig.camera.start()
        rig.runPast(0)
        const lent = rig.next()!
        const bytes = window.columns * window.rows

        for (let frame = 1; frame < 8; frame++) {
            rig.runPast(frame)
            const got = rig.pixels(lent.index, bytes)
            expect([...got]).toEqual(windowOf(0, window))
            const other = rig.next()
            if (other) rig.release(other.index)
        }
    })

    it("ignores the frame that runs at the start, and counts it nowhere", async () => {
        const rig = await lineRig(WHOLE)
        rig.camera.start()
        rig.run(10_000 + 5_000)
        rig.control(START)
        rig.runPast(1)

        const descriptor = rig.next()!
        expect(descriptor.sequence).toBe(0)
        expect(rig.pixels(descriptor.index)).toEqual(frameOf(1))
        expect(rig.counters()).toMatchObject({ frames: 1, resyncs: 0 })
    })

    it("counts settling frames and does not queue them", async () => {
        const rig = await lineRig(WHOLE)
        rig.send(0x75, 2)
        rig.control(START)
        rig.camera.start()
        rig.runPast(2)

        expect(rig.counters()).toMatchObject({ frames: 3, settling: 2 })
        expectFrame(rig, 2, WHOLE)
    })

    it("stops after the frame in progress and starts again", async () => {
        const rig = await lineRig(WHOLE)
        rig.control(START)
        rig.camera.start()
        rig.run(10_000 + 5_000)
        expect(rig.control(STOP)).toBe(0)
        expect(rig.counters()).toMatchObject({ frames: 1, skipped: 1 })
        expect(rig.chip.bus.read32(0x40026428) & 1).toBe(0) // DMA2_S1CR: EN

        rig.control(START)
        rig.runPast(rig.camera.sent)
        expect(rig.next()!.sequence).toBe(0)
    })

    it("crops the rest of what the DCMI has cropped", async () => {
        const rig = await bootRig()
        rig.setMode({ flags: CROP, lineBytes: 4, lines: 3 })
        rig.setLines({ busBytes: 8, skipBytes: 1, skipRows: 1 })
        rig.write32(0x64, 4 | (2 << 16)) // the DCMI passes 8 columns of 5 rows
        rig.write32(0x68, 7 | (4 << 16))
        rig.control(START)
        rig.camera.start()

        rig.runPast(0)
        expectFrame(rig, 0, { x: 5, y: 3, columns: 4, rows: 3 })
    })
})

describe("line mode refuses", () => {
    const BAD_GEOMETRY = 5
    const NO_MEMORY = 4

    it.each([
        ["a row on the bus of no bytes", { busBytes: 0 }, 0, 4],
        ["a row on the bus that is no multiple of 4", { busBytes: 18 }, 18, 4],
        ["columns past the end of the row", { skipBytes: 9 }, 17, 16],
        ["rows past the end of the frame", { skipRows: 5 }, 9, 8],
        ["a destination that does not exist", { destination: 3 }, 3, 2],
        ["a batch of no rows", { destination: 1, batchRows: 0 }, 0, 4],
        [
            "a batch of more rows than the frame",
            { destination: 1, batchRows: 5 },
            5,
            4,
        ],
    ])("%s", async (_, lines, value, limit) => {
        const rig = await bootRig()
        rig.setMode({ lineBytes: 8, lines: 4 })
        rig.setLines(lines)
        expect(rig.refusal(rig.control(START))).toBe(BAD_GEOMETRY)
        expect(rig.lastError()).toMatchObject({ value, limit })
    })

    it("frames that leave no room for the two row buffers", async () => {
        const rig = await bootRig()
        // 79,360 bytes of frame memory: 197 rows of 400 bytes leave 560, two rows of the bus need 800.
        rig.setMode({ buffers: 1, lineBytes: 400, lines: 197 })
        rig.setLines({ busBytes: 400 })
        rig.write32(0x70, 0)
        expect(rig.refusal(rig.control(START))).toBe(NO_MEMORY)
        expect(rig.lastError()).toMatchObject({ value: 79_600, limit: 79_360 })
        rig.write16(0x62, 196)
        expect(rig.control(START)).toBe(0)
    })
})

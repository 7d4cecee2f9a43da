// SPDX-License-Identifier: MIT
// Line mode into the memory of a display: places, directions, conversion; and what cannot be a display.

import { describe, expect, it } from "vitest"
import { Display } from "../../sim/observe/display.ts"
import {
    bootRig,
    COLUMNS,
    pixelOf,
    START,
    type Rig,
} from "../support/native/rig.ts"

const DISPLAY = 2
const BOTTOM_UP = 1
const GRAY_TO_RGB565 = 2

/** Rows of the camera, from row 2 on, on a display at offset 100 of the frame memory. */
async function displayRig(options: {
    flags: number
    skipBytes?: number
    lineBytes?: number
    stride?: number
}): Promise<Rig> {
    const { flags, skipBytes = 0, lineBytes = COLUMNS, stride = 40 } = options
    const rig = await bootRig()
    rig.setMode({ buffers: 2, flags: 2, lineBytes, lines: 5 })
    rig.setLines({
        skipBytes,
        skipRows: 2,
        destination: DISPLAY,
        display: { base: 100, stride, rows: 6, flags },
    })
    return rig
}

function displayOf(rig: Rig, widthPx: number, bottomUp: boolean): Display {
    return new Display({
        memory: rig.memory,
        address: rig.board.frameMemory.address + 100,
        widthPx,
        heightPx: 6,
        strideBytes: 40,
        bottomUp,
    })
}

/** 5, 6 and 5 bits of a gray value. */
const rgb565 = (gray: number): number =>
    ((gray >> 3) << 11) | ((gray >> 2) << 5) | (gray >> 3)

const pair = (frame: number, row: number, column: number): number =>
    pixelOf(frame, row, column) | (pixelOf(frame, row, column + 1) << 8)

describe("line mode into a display", () => {
    it.each([
        ["from the top", 0],
        ["bottom-up", BOTTOM_UP],
    ])("puts rows of RGB565 into place by DMA alone, %s", async (_, flags) => {
        const rig = await displayRig({ flags })
        rig.control(START)
        rig.camera.start()

        for (let frame = 0; frame < 4; frame++) {
            rig.runPast(frame)
            const display = displayOf(rig, 8, flags === BOTTOM_UP)
            for (let y = 0; y < 5; y++)
                for (let x = 0; x < 8; x++)
                    expect(display.pixel(x, y)).toBe(pair(frame, y + 2, 2 * x))
        }
    })

    it.each([0, 1, 4])(
        "converts gray while copying, from column %i on",
        async skipBytes => {
            const rig = await displayRig({
                flags: GRAY_TO_RGB565,
                skipBytes,
                lineBytes: 12,
            })
            rig.control(START)
            rig.camera.start()
            rig.runPast(2)

            const display = displayOf(rig, 12, false)
            for (let y = 0; y < 5; y++)
                for (let x = 0; x < 12; x++)
                    expect(display.pixel(x, y)).toBe(
                        rgb565(pixelOf(2, y + 2, x + skipBytes))
                    )
        }
    )

    it("writes nothing beside its rows", async () => {
        const rig = await displayRig({ flags: BOTTOM_UP | GRAY_TO_RGB565 })
        const { address, bytes } = rig.board.frameMemory
        rig.memory.fill(0xee, address, address + bytes)
        rig.control(START)
        rig.camera.start()
        rig.runPast(2)

        const rowBuffers = address + bytes - 2 * COLUMNS
        for (let at = address; at < rowBuffers; at++) {
            const offset = at - address - 100
            const row = Math.floor(offset / 40)
            // Five of six rows, from the highest address down; 32 of 40 bytes.
            const shown = row >= 1 && row <= 5 && offset % 40 < 32
            if (!shown) expect(rig.memory[at], `${offset}`).toBe(0xee)
        }
    })

    it.each([
        ["one behind the other", { flags: 0, stride: 8 }],
        ["with gaps", { flags: 0, stride: 40 }],
        ["bottom-up", { flags: BOTTOM_UP, stride: 8 }],
    ])(
        "never shows the columns behind the wanted ones: rows %s",
        async (_, { flags, stride }) => {
            const rig = await displayRig({ flags, stride, lineBytes: 8 })
            const { address, bytes } = rig.board.frameMemory
            rig.memory.fill(0xee, address, address + bytes)
            const expected = rig.memory.slice(address, address + bytes)
            rig.control(START)
            rig.camera.start()
            for (let row = 0; row < 5; row++) {
                // Row 0 of the display, row 2 of frame 0, has come after 10 us and three rows of 2 us.
                rig.run(row === 0 ? 17_000 : 2_000)
                const place = flags === BOTTOM_UP ? 5 - row : row
                for (let x = 0; x < 8; x++)
                    expected[100 + place * stride + x] = pixelOf(0, row + 2, x)
                const end = bytes - 2 * COLUMNS
                const shown = rig.memory.slice(address, address + end)
                expect(shown).toEqual(expected.slice(0, end))
            }
        }
    )

    it("shows every frame, lends the display as it is, and counts what nobody looked at", async () => {
        const rig = await displayRig({ flags: 0 })
        rig.control(START)
        rig.camera.start()
        rig.runPast(5)

        const { frames, skipped, dropped } = rig.counters()
        expect({ frames, dropped }).toEqual({ frames: 6, dropped: 0 })
        expect(skipped).toBeGreaterThan(0)
        const descriptor = rig.next()!
        expect(descriptor).toMatchObject({
            lineBytes: 40,
            lines: 6,
            sizeBytes: 240,
        })
        const bytes = rig.pixels(descriptor.index, 240)
        expect([...bytes.subarray(0, 4)]).toEqual(
            [0, 1, 2, 3].map(x => pixelOf(5, 2, x))
        )
    })

    it.each([
        ["a stride shorter than a row", { stride: 12 }, 5, 16, 12],
        ["a stride that is no multiple of 4", { stride: 42 }, 5, undefined, 4],
        ["more rows than the display has", { rows: 4 }, 5, 5, 4],
        ["a base that is no multiple of 4", { base: 102 }, 5, undefined, 4],
        [
            "memory of somebody else",
            { base: 0x20000400 },
            4,
            0x20000400 + 240,
            undefined,
        ],
        [
            "its own row buffers",
            { base: 79_616 - 240 },
            4,
            undefined,
            undefined,
        ],
    ])("refuses %s", async (_, change, code, value, limit) => {
        const rig = await displayRig({ flags: 0 })
        const display = { base: 100, stride: 40, rows: 6, flags: 0, ...change }
        rig.setLines({ skipRows: 2, destination: DISPLAY, display })
        expect(rig.refusal(rig.control(START))).toBe(code)
        const error = rig.lastError()
        if (value !== undefined) expect(error.value).toBe(value)
        if (limit !== undefined) expect(error.limit).toBe(limit)
    })

    it("refuses to convert into anything but a display", async () => {
        const rig = await displayRig({ flags: GRAY_TO_RGB565 })
        rig.send(0xd7, 0)
        expect(rig.refusal(rig.control(START))).toBe(5)
    })
})

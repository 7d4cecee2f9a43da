// SPDX-License-Identifier: MIT
// Frames in four ways, by row, by crop in the DCMI, by window in the sensor, and a JPEG as a whole, each in the manner of
// two vendors' libraries: all in strict mode, to the end, with the right pixels in memory.

import { readFileSync } from "node:fs"
import sharp from "sharp"
import { describe, expect, it } from "vitest"
import type { TakenFrame } from "../../sim/foreign/capture-watch.ts"
import { foreignBoardFile } from "../../sim/foreign/foreign-board.ts"
import { ForeignRun } from "../../sim/foreign/foreign-run.ts"
import { chipPlaces } from "../../sim/cortex-m/chip-mcu.ts"
import { readElf } from "../../sim/cortex-m/elf.ts"
import { loadScene } from "../../sim/scene/load-scene.ts"
import { SENSOR_CATALOGUE } from "../../sim/sensors/catalogue.ts"
import {
    buildArticle,
    LIBRARIES,
    SENSOR_OF,
    type Library,
    type Way,
} from "./build.ts"

const XCLK_HZ = { mt9v034: 26_666_667, ov2640: 24_000_000 }
/** All programs have ended by then. */
const SECONDS = { mt9v034: 0.12, ov2640: 0.45 }

/** A frame that the DCMI took. */
interface Capture {
    readonly frame: TakenFrame
    /** What the sensor sent of it. */
    readonly sent: Uint8Array
    /** The program's frame in memory when the next frame began. */
    readonly memory: Uint8Array
}

interface Outcome {
    readonly run: ForeignRun
    readonly captures: readonly Capture[]
    /** What the firmware printed. */
    readonly text: string
}

/** Run a program to its end, in strict mode. @param bytes of its frame */
async function outcomeOf(
    library: Library,
    way: Way,
    bytes: number,
    defines: readonly string[] = []
): Promise<Outcome> {
    const elf = buildArticle(library, way, defines)
    const content = readFileSync(elf)
    const sensor = SENSOR_OF[way]
    const { address, field } = SENSOR_CATALOGUE[sensor]
    const board = foreignBoardFile({
        chip: "stm32f407",
        sensor,
        i2c: "I2C2",
        xclkHz: XCLK_HZ[sensor],
        hse: { hz: 8e6, bypass: false },
    })
    const { symbols } = readElf(content, elf, chipPlaces(board))
    const captures: Capture[] = []
    const run: ForeignRun = new ForeignRun({
        elf: content,
        name: elf,
        board,
        sensorAddress: address,
        scene: await loadScene("chart", field, 1),
        permissive: false,
        onFrame: frame =>
            captures.push({
                frame: { ...frame, bytes: frame.bytes.slice() },
                sent: frame.sent.bytes ?? run.sensor.expected(frame.sent),
                memory: run.dump(symbols.address("frame"), bytes),
            }),
    })
    try {
        run.run(SECONDS[sensor])
    } finally {
        run.close()
    }
    const text = Buffer.from(run.sent.get(2)?.bytes() ?? []).toString("latin1")
    return { run, captures, text }
}

/** Rows of a frame in memory, from the last to the first. */
function bottomUp(frame: Uint8Array, rowBytes: number): Uint8Array {
    const rows = frame.length / rowBytes
    const turned = new Uint8Array(frame.length)
    for (let row = 0; row < rows; row++)
        turned.set(
            frame.subarray(row * rowBytes, (row + 1) * rowBytes),
            (rows - row - 1) * rowBytes
        )
    return turned
}

/** A rectangle of a frame of one byte per pixel. */
function cut(
    frame: Uint8Array,
    columns: number,
    { x, y, width, height }: Record<"x" | "y" | "width" | "height", number>
): Uint8Array {
    const part = new Uint8Array(width * height)
    for (let row = 0; row < height; row++) {
        const from = (y + row) * columns + x
        part.set(frame.subarray(from, from + width), row * width)
    }
    return part
}

function same(a: Uint8Array, b: Uint8Array): boolean {
    return Buffer.compare(a, b) === 0
}

/** More than one value: not a memory that nobody wrote to. */
function hasContent(frame: Uint8Array): boolean {
    return frame.some(value => value !== frame[0])
}

/** Rules of the warnings, without values. */
function warningsOf({ run }: Outcome): string[] {
    return run.rules.warnings.map(({ message }) =>
        message.replace(/ = 0x[0-9a-f]+/, "")
    )
}

/** What each library does against the manual in all of its programs, without harm. */
const WARNINGS: Readonly<Record<Library, readonly string[]>> = {
    spl: ["I2C2_CR1: is written while STOP is pending: wait until it reads 0"],
    hal: [
        "DMA2_LIFCR: reserved bits 0x80 are written 1 and take no effect (RM0090 10.5.3)",
    ],
}
const BASIC_TIMER_READS = [
    "TIM7_0x08: is read: TIM7 has no SMCR (RM0090 20.4)",
    "TIM7_0x20: is read: TIM7 has no CCER (RM0090 20.4)",
]

describe.each(LIBRARIES)("firmware in the manner of %s", library => {
    const hal = library === "hal"

    it("takes rows one by one into a display's memory, bottom-up", async () => {
        const rowBytes = 160 * 2
        const outcome = await outcomeOf(library, "lines", 120 * rowBytes)

        expect(outcome.text).toBe("done\r\n")
        expect(outcome.captures).toHaveLength(4)
        for (const { frame, sent, memory } of outcome.captures) {
            expect(frame.sent).toMatchObject({
                columns: 160,
                rows: 120,
                format: "rgb565be",
                unusable: false,
            })
            expect(frame.runs).toHaveLength(120)
            expect(hasContent(memory)).toBe(true)
            expect(same(memory, bottomUp(sent, rowBytes))).toBe(true)
        }
        expect(outcome.run.watch.overruns).toBe(0)
        expect(warningsOf(outcome)).toEqual([
            ...(hal ? BASIC_TIMER_READS : []),
            ...WARNINGS[library],
        ])
    })

    it("crops in the DCMI", async () => {
        const window = { x: 216, y: 120, width: 320, height: 240 }
        const outcome = await outcomeOf(
            library,
            "crop",
            320 * 240,
            // Eight pieces of 2,400 words: the addresses of the double buffer move on six times per frame.
            hal ? ["TRANSFER_WORDS_MAX=4096"] : []
        )

        expect(outcome.text).toBe("done\r\n")
        expect(outcome.captures).toHaveLength(3)
        const usable = outcome.captures.filter(
            ({ frame }) => !frame.sent.unusable
        )
        expect(usable.length).toBeGreaterThan(1)
        for (const { frame, sent, memory } of usable) {
            expect(frame.sent).toMatchObject({ columns: 752, rows: 480 })
            expect(hasContent(memory)).toBe(true)
            expect(same(memory, cut(sent, 752, window))).toBe(true)
        }
        expect(warningsOf(outcome)).toEqual(WARNINGS[library])
    })

    it("takes what a window in the sensor sends, at 119 frames per second", async () => {
        const outcome = await outcomeOf(library, "window", 220 * 220)

        expect(outcome.text).toBe("done\r\n")
        expect(outcome.captures).toHaveLength(5)
        const usable = outcome.captures.filter(
            ({ frame }) => !frame.sent.unusable
        )
        expect(usable.length).toBeGreaterThan(3)
        for (const { frame, sent, memory } of usable) {
            expect(frame.sent.window).toEqual({
                x: 266,
                y: 130,
                width: 220,
                height: 220,
            })
            expect(hasContent(memory)).toBe(true)
            expect(same(memory, sent)).toBe(true)
        }
        const { firstStartNs, lastStartNs } = outcome.run.watch
        // Rows of 846 clocks, 220 and 45 of them, and 4 clocks, at 26.666667 MHz.
        expect((lastStartNs - firstStartNs!) / 4).toBeCloseTo(
            ((220 + 45) * 846 + 4) / 26.666667e-3,
            0
        )
        expect(warningsOf(outcome)).toEqual([
            ...WARNINGS[library],
            ...(hal
                ? [
                      "DMA2_S1M1AR: is written while EN is 1, and is used in double buffer mode only (RM0090 10.5.9)",
                  ]
                : []),
        ])
    })

    it("takes one JPEG as a whole", async () => {
        const outcome = await outcomeOf(library, "jpeg", 64 * 1024)

        expect(outcome.captures).toHaveLength(1)
        const { sent, memory } = outcome.captures[0]!
        expect(outcome.text).toBe(`${sent.length} bytes\r\ndone\r\n`)
        const jpeg = memory.subarray(0, sent.length)
        expect(same(jpeg, sent)).toBe(true)
        const { data, info } = await sharp(jpeg)
            .raw()
            .toBuffer({ resolveWithObject: true })
        expect(info).toMatchObject({ width: 320, height: 240 })
        expect(hasContent(data)).toBe(true)
        expect(warningsOf(outcome)).toEqual([
            ...(hal ? BASIC_TIMER_READS : []),
            ...WARNINGS[library],
        ])
    })
})

describe("a row whose transfer came too late", () => {
    it("spoils two frames, and not all later ones: the frame interrupt leads", async () => {
        const rowBytes = 160 * 2
        const { run, captures, text } = await outcomeOf(
            "spl",
            "lines",
            120 * rowBytes,
            ["BLOCKED_FRAME=2"]
        )

        expect(text).toBe("done\r\n")
        expect(run.watch.overruns).toBe(1)
        const right = captures.map(({ sent, memory }) =>
            same(memory, bottomUp(sent, rowBytes))
        )
        // The second frame overran and is none of these. The third goes to the places of other rows; the first row of the
        // fourth had its place before the frame interrupt came.
        expect(right).toEqual([true, false, false, true])
    })
})

// SPDX-License-Identifier: MIT
// Mistakes that esp32-camera made with the same sensor, the OV2640, made again on purpose.

import sharp from "sharp"
import { beforeAll, describe, expect, it } from "vitest"
import { jpegReserveBytes, qualityToQs } from "../../drivers/ov2640/quality.ts"
import { imageFile } from "../../host/images/frame-image.ts"
import { readBoard } from "../../boards/board-file.ts"
import { CamscriptError } from "../../protocol/errors.ts"
import { photoScene } from "../../sim/scene/photo.ts"
import {
    simulate,
    type SimulateOptions,
    type SimulateResult,
} from "../../sim/testing.ts"
import { smallRun } from "../support/faults/small-run.ts"
import { noisyScene, Rig } from "../support/sensors/ov2640-rig.ts"
import { compile, PROGRAMS } from "./programs.ts"
import { PixelFormat } from "../../protocol/capture.ts"

beforeAll(() =>
    compile(
        "ov2640-as-told",
        "ov2640-low-byte-first",
        "ov2640-y-in-place-of-x",
        "ov2640-larger-than-told",
        "ov2640-other-format",
        "jpeg-in-a-fifth",
        "slow-reader"
    )
)

/** A run of a program for the OV2640 on the board with 192 KB. */
async function run(
    program: string,
    options: SimulateOptions
): Promise<SimulateResult> {
    return await simulate({
        app: `${PROGRAMS}/${program}.ts`,
        board: "nucleo-f429zi",
        sensor: "ov2640",
        format: PixelFormat.GRAY8,
        frames: 2,
        ...options,
    })
}

async function failure(
    program: string,
    options: SimulateOptions
): Promise<CamscriptError> {
    try {
        await run(program, options)
    } catch (error) {
        expect(error).toBeInstanceOf(CamscriptError)
        return error as CamscriptError
    }
    throw new Error("the run did not fail")
}

// Cause: bits 2:0 of VHYX, which are OFFSET_X[10:8], were computed from the y offset.
describe("esp32-camera #224: a window below row 255 moves to the right", () => {
    const window = { x: 100, y: 300, width: 320, height: 200 }

    it("by 256 columns in the sensor, and every pixel is counted as wrong", async () => {
        const { frames, counters } = await run("ov2640-y-in-place-of-x", {
            window,
            scene: "photo",
        })

        for (const frame of frames) {
            expect(frame.window).toEqual(window)
            expect(frame.sent.window).toEqual({ ...window, x: 356 })
        }
        expect(counters.pixelErrors).toBe(2 * 320 * 200)
    })

    it("is named with all six registers when it no longer fits into the frame", async () => {
        const error = await failure("ov2640-y-in-place-of-x", {
            window: { x: 100, y: 300, width: 1400, height: 100 },
        })

        expect(error.message).toMatch(
            /OV2640_HSIZE.*window of 1400x100 at 356,300 \(HSIZE, VSIZE, XOFFL, YOFFL, VHYX, TEST\) is not inside the DSP input of 1600x1200/
        )
    })

    it("stays where it was when our driver packs the bits", async () => {
        const { frames, counters } = await run("ov2640-as-told", {
            window,
            scene: "photo",
        })

        for (const frame of frames) expect(frame.sent.window).toEqual(window)
        expect(counters.pixelErrors).toBe(0)
    })
})

// Cause: one converter wrote the two bytes of a pixel in one order, the next one read them in the other.
describe("esp32-camera #422: the bytes of RGB565 in the other order", () => {
    /** Half of the red bar, half of the blue one. */
    const options: SimulateOptions = {
        window: { x: 1120, y: 500, width: 160, height: 120 },
        format: PixelFormat.RGB565,
        scene: "bars",
        board: "nucleo-f429zi",
    }

    /** Red, green and blue, 5, 6 and 5 bits, of a pixel. */
    function channels(
        pixels: Uint8Array,
        column: number,
        littleEndian: boolean
    ): [number, number, number] {
        const view = new DataView(pixels.buffer, pixels.byteOffset)
        const word = view.getUint16(2 * column, littleEndian)
        return [word >> 11, (word >> 5) & 63, word & 31]
    }

    it.each([
        ["ov2640-as-told", "rgb565be", false],
        ["ov2640-low-byte-first", "rgb565le", true],
    ])(
        "%s: the frame says %s, read so red is red, read otherwise it is not",
        async (program, format, littleEndian) => {
            const { frames, counters } = await run(program, options)

            const { pixels, sent } = frames.at(-1)!
            expect(sent.format).toBe(format)
            const [red, green, blue] = channels(pixels, 10, littleEndian)
            expect(red).toBeGreaterThan(8)
            expect([green, blue]).toEqual([0, 0])
            const wrong = channels(pixels, 10, !littleEndian)
            expect(wrong[0]).toBeLessThan(red)
            expect(wrong[1] + wrong[2]).toBeGreaterThan(0)
            expect(counters.pixelErrors).toBe(0)
        }
    )

    it("is all pixel errors when it is no RGB565 at all: YUV422 has as many bytes", async () => {
        const { frames, counters } = await run("ov2640-other-format", options)

        expect(frames.at(-1)).toMatchObject({
            format: "rgb565",
            sent: { format: "yuyv" },
        })
        expect(counters.pixelErrors).toBe(2 * 160 * 120)
    })

    it.each(["ov2640-as-told", "ov2640-low-byte-first"])(
        "%s: the image file is red and blue whichever order the sensor sent",
        async program => {
            const { frames } = await run(program, options)

            const { bytes } = await imageFile(frames.at(-1)!)
            const { data, info } = await sharp(bytes)
                .raw()
                .toBuffer({ resolveWithObject: true })
            const at = (column: number) => [
                ...data.subarray(
                    info.channels * column,
                    info.channels * column + 3
                ),
            ]
            const [left, right] = [at(10), at(150)]
            expect(left[0]).toBeGreaterThan(64)
            expect(left.slice(1)).toEqual([0, 0])
            expect(right[2]).toBeGreaterThan(64)
            expect(right.slice(0, 2)).toEqual([0, 0])
        }
    )
})

// Cause: width x height / 5 bytes are kept for a JPEG, but headers, filler and detail do not shrink with the frame.
describe("esp32-camera #468: a JPEG of 160x120 in 3840 bytes", () => {
    const photo = photoScene({ width: 1600, height: 1200 })
    const frameMemory = readBoard("nucleo-f429zi", "ov2640").frameMemory.address
    /** For the product's own program. */
    const JPEG: SimulateOptions = {
        board: "nucleo-f429zi",
        sensor: "ov2640",
        format: PixelFormat.JPEG,
        size: { width: 160, height: 120 },
        scene: "photo",
        frames: 3,
    }

    /** Bytes on the bus of a frame of the whole field. */
    function streamBytes(
        width: number,
        height: number,
        qs: number,
        scene = photo
    ): number {
        const rig = new Rig(scene)
        rig.exposeOneToOne()
        rig.setUp({ output: { width, height }, imageMode: 0x10, dvp: 8 })
        rig.write("dsp", 0x44, qs)
        return rig.nextUsable().bytes.length
    }

    it("does not fit at the quality of the report (QS 10), though most larger ones fit into a fifth", () => {
        expect(streamBytes(160, 120, 10)).toBeGreaterThan((160 * 120) / 5)
        expect(streamBytes(640, 480, 10)).toBeLessThan((640 * 480) / 5)
    })

    it.each([
        [160, 120],
        [176, 144],
        [320, 240],
        [352, 288],
        [640, 480],
        [800, 600],
    ])(
        "fits at %i x %i into what our driver proposes, at its own quality of 80",
        (width, height) => {
            expect(streamBytes(width, height, qualityToQs(80))).toBeLessThan(
                jpegReserveBytes(width, height)
            )
        }
    )

    it("ends a program that insists on its quality, with the size that was needed", async () => {
        const error = await failure("jpeg-in-a-fifth", { scene: "photo" })

        expect(error.message).toMatch(
            /a JPEG of \d{4} bytes does not fit into the buffer of 3840/
        )
    })

    it("never writes past the buffer, and the default program lowers the quality until it fits", async () => {
        let endBytes = 0
        const { frames, console, counters } = await simulate({
            ...JPEG,
            ramBytes: 3840,
            prepare: ({ chip }) => {
                const watched = chip.dma2.onWrite
                chip.dma2.onWrite = (address, bytes, stream) => {
                    const end = address + bytes.length - frameMemory
                    endBytes = Math.max(endBytes, end)
                    watched?.(address, bytes, stream)
                }
            },
        })

        expect(console.join("\n")).toMatch(
            /a JPEG of \d{4} bytes does not fit into the buffer of 3840: quality \d\d from now on/
        )
        expect(endBytes).toBe(3840)
        expect(counters.pixelErrors).toBe(0)
        for (const { pixels } of frames) {
            const { info } = await sharp(pixels)
                .raw()
                .toBuffer({ resolveWithObject: true })
            expect([info.width, info.height]).toEqual([160, 120])
        }
    })

    it("arrives at once in the buffer that our planner makes", async () => {
        const { mode, frames, console } = await simulate(JPEG)

        expect(mode!.storedBytesPerFrame).toBeGreaterThan(3840)
        expect(console.join("\n")).not.toMatch(/does not fit/)
        expect(frames.at(-1)!.pixels.length).toBeGreaterThan(3840)
    })

    it("cannot be promised for every scene: noise of the best quality needs more than any share", () => {
        expect(streamBytes(160, 120, 2, noisyScene(true))).toBeGreaterThan(
            jpegReserveBytes(160, 120)
        )
    })
})

// Cause: the size set in the sensor behind the receiver's back is not the one that its buffers have.
describe("esp32-camera #585: the sensor sends more than the buffer takes", () => {
    it("never overwrites anything: the DCMI takes as many bytes of each row as the grabber keeps", async () => {
        const { frames, counters } = await run("ov2640-larger-than-told", {
            window: { x: 200, y: 300, width: 320, height: 240 },
        })

        expect(counters).toMatchObject({ overruns: 0, torn: 0 })
        for (const { pixels, sent } of frames) {
            expect(pixels).toHaveLength(320 * 240)
            expect([sent.columns, sent.rows]).toEqual([640, 240])
        }
    })

    it("does not happen when one answer of the driver tells the receiver: 640x240 comes as 640x240", async () => {
        const { frames, counters } = await run("ov2640-as-told", {
            window: { x: 200, y: 300, width: 640, height: 240 },
        })

        expect(frames.at(-1)).toMatchObject({
            width: 640,
            height: 240,
            pixelErrors: 0,
        })
        expect(counters).toMatchObject({ overruns: 0, shortFrames: 0 })
    })
})

// Cause: one text, "Failed to get the frame on time!", for whatever keeps frames away.
describe("esp32-camera #155: one message for a dozen causes", () => {
    it.each([
        ["sensor-unplug", "sensor-absent"],
        ["sensor-wrong-chip", "sensor-other"],
        ["pixclk-stopped", "no-pixclk"],
        ["vsync-stuck", "no-vsync"],
    ])("%s is called %s here", async (fault, name) => {
        const { console } = await smallRun([{ at: 0.4, for: 0.3, fault }])
        expect(console.join("\n")).toContain(`no frames, ${name}: `)
    })
})

// Cause: with one buffer the frame that waits is the one after the last that was taken, however long ago that was.
describe("esp32-camera #417: a stale frame from one buffer", () => {
    it("says when it was taken, and what was missed since", async () => {
        const { frames, console } = await simulate({
            app: `${PROGRAMS}/slow-reader.ts`,
            frames: 10,
        })
        expect(console).toContain("0 bytes changed")
        for (const [
            i,
            { sequence, droppedBefore, endUs, sent },
        ] of frames.entries()) {
            expect(Math.abs(endUs - sent.endNs / 1000)).toBeLessThan(1000)
            if (i > 0)
                expect(sequence - frames[i - 1]!.sequence).toBe(
                    droppedBefore + 1
                )
        }
    })
})

// Cause: ESP_ERR_NOT_FOUND, 0x105, for a missing sensor, another one, and a bus that is held.
describe("esp32-camera #679: one code for whatever is wrong with the sensor", () => {
    it.each([
        [
            "nothing answers",
            { sensorAddress: null },
            /no sensor at 0x48.*nothing answers/s,
        ],
        [
            "another chip",
            { faults: [{ at: 0, fault: "sensor-wrong-chip" }] },
            /0x1313|0x7721|another/i,
        ],
    ])("%s has its own text", async (_, options, text) => {
        const { faults = [], ...rest } = options as {
            faults?: object[]
            sensorAddress?: null
        }
        await expect(smallRun(faults, rest)).rejects.toThrow(text)
    })
})

// Cause: init returned OK although no frame buffer could be had.
describe("esp32-camera #862: started without memory for a frame", () => {
    it("is refused, with what is needed and what there is", async () => {
        await expect(smallRun([], { ramBytes: 1000 })).rejects.toThrow(
            /1000|1,000/
        )
    })
})

// SPDX-License-Identifier: MIT
// The OV2640 end to end: all nine sizes as JPEG, raw formats where memory allows, and frames that do not fit.

import sharp from "sharp"
import { describe, expect, it } from "vitest"
import "../../sim/failed-waveforms.ts"
import { photoScene } from "../../sim/scene/photo.ts"
import type { CapturedFrame } from "../../sim/observe/capture.ts"
import { simulate } from "../../sim/testing.ts"
import { PixelFormat, Strategy } from "../../protocol/capture.ts"
import { formatNamed } from "../../protocol/names.ts"

const FIELD = { width: 1600, height: 1200 }
const SCENE = photoScene(FIELD)

/** At 4 ms and gain 1 the sensor shows the scene as it is; whole rows of exposure come within 1 %. */
const EXPOSURE = { exposureUs: 4000, gain: 1 }

/** What both images are shrunk to before they are compared: the sensor's scaler is not the test's. */
const SMALL = { width: 80, height: 60 }

/** Limit for JPEG against the scene, dB of 80x60 pixels: quantisation, 4:2:0 chroma and exposure in whole rows. */
const PSNR_MIN_DB = 28

const SIZES = {
    QCIF: [176, 144],
    QQVGA: [160, 120],
    CIF: [352, 288],
    QVGA: [320, 240],
    VGA: [640, 480],
    SVGA: [800, 600],
    XGA: [1024, 768],
    SXGA: [1280, 1024],
    UXGA: [1600, 1200],
} as const

describe.each(Object.entries(SIZES))("%s as JPEG", (_, [width, height]) => {
    it("is read by another decoder, at the right size and with the scene's colours", async () => {
        const { frames, counters, warnings } = await simulate({
            sensor: "ov2640",
            board: "nucleo-f429zi",
            scene: SCENE,
            format: PixelFormat.JPEG,
            size: { width, height },
            ...EXPOSURE,
            frames: 2,
        })

        expect(counters.pixelErrors).toBe(0)
        expect(warnings).toEqual([])
        const frame = frames.at(-1)!
        expect([...frame.pixels.subarray(0, 2)]).toEqual([0xff, 0xd8])
        expect([...frame.pixels.subarray(-2)]).toEqual([0xff, 0xd9])
        const info = await sharp(frame.pixels).metadata()
        expect([info.format, info.width, info.height]).toEqual([
            "jpeg",
            width,
            height,
        ])
        expect(await psnrDb(frame)).toBeGreaterThan(PSNR_MIN_DB)
    })
})

describe.each([
    { format: "gray8", size: { width: 320, height: 240 }, bytesPerPixel: 1 },
    { format: "gray8", size: { width: 176, height: 144 }, bytesPerPixel: 1 },
    { format: "yuv422", size: { width: 160, height: 120 }, bytesPerPixel: 2 },
    { format: "rgb565", size: { width: 160, height: 120 }, bytesPerPixel: 2 },
    { format: "rgb565", size: { width: 176, height: 144 }, bytesPerPixel: 2 },
] as const)(
    "$size.width x $size.height as $format on the 128 KB board",
    request => {
        it("arrives byte for byte as the scene says", async () => {
            const { frames, counters, mode } = await simulate({
                sensor: "ov2640",
                scene: SCENE,
                format: formatNamed(request.format),
                size: request.size,
                frames: 3,
            })

            expect(mode!.storedBytesPerFrame).toBe(
                request.size.width * request.size.height * request.bytesPerPixel
            )
            expect(frames[2]!.pixels).toHaveLength(mode!.storedBytesPerFrame)
            expect(counters.pixelErrors).toBe(0)
        })
    }
)

describe("the eight colour bars in RGB565", () => {
    it("have the colours of their scene, high byte first", async () => {
        const { frames } = await simulate({
            sensor: "ov2640",
            scene: "bars",
            format: PixelFormat.RGB565,
            size: { width: 160, height: 120 },
            exposureUs: 8000, // saturates what is not black
            gain: 1,
            frames: 2,
        })

        const { pixels, width } = frames[1]!
        const middle = Array.from({ length: 8 }, (_, bar) => {
            const at = 2 * (60 * width + 20 * bar + 10)
            return (pixels[at]! << 8) | pixels[at + 1]!
        })
        // White, yellow, cyan, green, magenta, red, blue, black: five bits of red, six of green, five of blue.
        expect(
            middle.map(word => [
                word >> 11 > 24,
                ((word >> 5) & 63) > 48,
                (word & 31) > 24,
            ])
        ).toEqual([
            [true, true, true],
            [true, true, false],
            [false, true, true],
            [false, true, false],
            [true, false, true],
            [true, false, false],
            [false, false, true],
            [false, false, false],
        ])
    })
})

describe("a JPEG that does not fit", () => {
    const small = {
        sensor: "ov2640",
        scene: SCENE,
        format: PixelFormat.JPEG,
        size: { width: 640, height: 480 },
        quality: 95,
        ramBytes: 24_000,
        buffers: 1,
    } as const

    it("is said with the size that was needed, and the quality goes down until it fits", async () => {
        const {
            frames,
            console: lines,
            counters,
            mode,
        } = await simulate({ ...small, frames: 3 })

        const said = lines.filter(line => line.includes("does not fit"))
        expect(said.length).toBeGreaterThan(0)
        const [needed, buffer, quality] =
            /JPEG of (\d+) bytes .* buffer of (\d+): quality (\d+)/
                .exec(said[0]!)!
                .slice(1)
                .map(Number)
        expect(needed).toBeGreaterThan(buffer!)
        expect(buffer).toBe(mode!.storedBytesPerFrame)
        expect(quality).toBeLessThan(95)
        for (const frame of frames)
            expect(frame.pixels.length).toBeLessThanOrEqual(buffer!)
        expect((await sharp(frames[2]!.pixels).metadata()).width).toBe(640)
        expect(counters.pixelErrors).toBe(0)
    })

    it("may be longer than a frame's time on the port: it comes without its end, and the quality goes down", async () => {
        // Noise is the hardest scene there is: 343,552 bytes at first, where PCLK carries 176,120.
        const run = simulate({
            ...{ sensor: "ov2640", scene: "noise", format: PixelFormat.JPEG },
            ...{ size: { width: 640, height: 480 }, quality: 100, frames: 1 },
        })

        // No rule of the silicon is broken, and the program has tried what it can.
        await expect(run).rejects.toThrow(
            /a JPEG of \d{5} bytes does not fit into the buffer of 64512 at the lowest quality/
        )
    })

    it("ends the program when even the lowest quality is too large", async () => {
        const run = simulate({ ...small, ramBytes: 6_400, frames: 3 })

        await expect(run).rejects.toThrow(
            /JPEG of \d+ bytes does not fit into the buffer of \d+ at the lowest quality/
        )
    })
})

describe("what the OV2640 cannot do", () => {
    it.each([
        [
            {
                size: { width: 640, height: 480 },
                window: { width: 320, height: 240 },
            },
            /320x240/,
        ],
        [
            { format: PixelFormat.JPEG, strategy: Strategy.DCMI_CROP },
            /jpeg|compress/i,
        ],
        [{ window: { width: 400, height: 400, x: 1300, y: 0 } }, /1700.*1600/],
    ] as const)("%j is refused with the reason", async (request, reason) => {
        await expect(
            simulate({ sensor: "ov2640", ...request, frames: 1 })
        ).rejects.toThrow(reason)
    })
})

/** The decoded image against the scene, both shrunk, in dB. */
async function psnrDb(frame: CapturedFrame): Promise<number> {
    const { x, y, width, height } = frame.window
    const scene = sharp(SCENE.at(0).rgb!, {
        raw: { ...FIELD, channels: 3 },
    }).extract({
        left: x,
        top: y,
        width,
        height,
    })
    const [wanted, got] = await Promise.all(
        [scene, sharp(frame.pixels)].map(image =>
            image
                .resize(SMALL.width, SMALL.height, { fit: "fill" })
                .removeAlpha()
                .raw()
                .toBuffer()
        )
    )
    const squares = wanted!.reduce(
        (sum, value, index) => sum + (value - got![index]!) ** 2,
        0
    )
    return 10 * Math.log10((255 * 255 * wanted!.length) / squares)
}

// SPDX-License-Identifier: MIT
import sharp from "sharp"
import { describe, expect, it } from "vitest"
import { photoScene } from "../../../sim/scene/photo.ts"
import {
    noisyScene,
    Rig,
    type Received,
    type Setup,
} from "../../support/sensors/ov2640-rig.ts"

const JPEG = 0x10
const JPEG_HREF_LIKE_VSYNC = 0x12
const QS = 0x44

const photo = photoScene({ width: 1600, height: 1200 })

/** Sizes of issue reports and drivers, each by zoom from the smallest mode that holds it. */
const SIZES = [
    { name: "QCIF", mode: "CIF", width: 176, height: 144 },
    { name: "QQVGA", mode: "CIF", width: 160, height: 120 },
    { name: "CIF", mode: "SVGA", width: 352, height: 288 },
    { name: "QVGA", mode: "SVGA", width: 320, height: 240 },
    { name: "VGA", mode: "SVGA", width: 640, height: 480 },
    { name: "SVGA", mode: "SVGA", width: 800, height: 600 },
    { name: "XGA", mode: "UXGA", width: 1024, height: 768 },
    { name: "SXGA", mode: "UXGA", width: 1280, height: 1024 },
    { name: "UXGA", mode: "UXGA", width: 1600, height: 1200 },
] as const

/** ITU-T T.81 table K.1, in the zigzag order in which a DQT segment has it. */
const ANNEX_K_LUMA = [
    16, 11, 12, 14, 12, 10, 16, 14, 13, 14, 18, 17, 16, 19, 24, 40, 26, 24, 22,
    22, 24, 49, 35, 37, 29, 40, 58, 51, 61, 60, 57, 51, 56, 55, 64, 72, 92, 78,
    64, 68, 87, 69, 55, 56, 80, 109, 81, 87, 95, 98, 103, 104, 103, 62, 77, 113,
    121, 112, 100, 120, 92, 101, 103, 99,
]

function receive(
    setup: Setup,
    qs = 12,
    scene = photo
): Received & { readonly rig: Rig } {
    const rig = new Rig(scene)
    rig.setUp({ imageMode: JPEG_HREF_LIKE_VSYNC, ...setup })
    rig.exposeOneToOne(setup.mode)
    rig.write("dsp", QS, qs)
    return { rig, ...rig.nextUsable() }
}

/** Offset behind the last FF D9. */
function endOfImage(bytes: Uint8Array): number {
    return Buffer.from(bytes).lastIndexOf(Buffer.of(0xff, 0xd9)) + 2
}

/** Segments up to the scan: [marker, payload]. */
function segments(bytes: Uint8Array): [number, Uint8Array][] {
    const found: [number, Uint8Array][] = []
    let at = 2
    while (found.at(-1)?.[0] !== 0xda) {
        expect(bytes[at]).toBe(0xff)
        const length = (bytes[at + 2]! << 8) | bytes[at + 3]!
        found.push([bytes[at + 1]!, bytes.subarray(at + 4, at + 2 + length)])
        at += 2 + length
    }
    return found
}

/** 8-bit quantisation tables by number. */
function quantisation(bytes: Uint8Array): Map<number, number[]> {
    const tables = new Map<number, number[]>()
    for (const [marker, payload] of segments(bytes))
        if (marker === 0xdb)
            for (let at = 0; at < payload.length; at += 65)
                tables.set(payload[at]!, [...payload.subarray(at + 1, at + 65)])
    return tables
}

/** Peak signal to noise, dB. */
function psnr(a: Uint8Array, b: Uint8Array): number {
    expect(a.length).toBe(b.length)
    let sum = 0
    for (let i = 0; i < a.length; i++) sum += (a[i]! - b[i]!) ** 2
    return 10 * Math.log10((255 * 255 * a.length) / sum)
}

describe("OV2640 JPEG stream", () => {
    const { frame, bytes, rig } = receive({ mode: "SVGA" })

    it("begins with FF D8 FF in the first byte and ends with FF D9 and zeros", () => {
        const end = endOfImage(bytes)

        expect([...bytes.subarray(0, 3)]).toEqual([0xff, 0xd8, 0xff])
        expect(end).toBeGreaterThan(1000)
        expect(bytes.subarray(end).every(byte => byte === 0)).toBe(true)
    })

    it("is filled up to the end of a block of 512 bytes", () => {
        expect(bytes.length % 512).toBe(0)
        expect(bytes.length - endOfImage(bytes)).toBeLessThan(512)
    })

    it("is told in the frame's record as it was sent, and expected as such", () => {
        expect(frame).toMatchObject({
            format: "jpeg",
            bytesPerPixel: 0,
            columns: 800,
            rows: 600,
        })
        expect(Buffer.compare(frame.bytes!, bytes)).toBe(0)
        expect(Buffer.compare(rig.model.expected(frame), bytes)).toBe(0)
    })

    it("is baseline with three components", () => {
        const markers = segments(bytes).map(([marker]) => marker)
        const [, startOfFrame] = segments(bytes).find(([m]) => m === 0xc0)!

        expect(markers).not.toContain(0xc2) // progressive
        expect(startOfFrame[5]).toBe(3)
    })

    it("is the same in a second run", () => {
        const second = receive({ mode: "SVGA" })

        expect(Buffer.compare(second.bytes, bytes)).toBe(0)
    })
})

describe("OV2640 JPEG image", () => {
    it.each(SIZES)(
        "is read as $width x $height by another decoder ($name)",
        async ({ mode, width, height }) => {
            const output = { width, height }
            const { bytes } = receive({ mode, output })
            const raw = receive({ mode, output, imageMode: 0x40, dvp: 0x82 })

            const { data, info } = await sharp(bytes)
                .toColourspace("b-w")
                .raw()
                .toBuffer({ resolveWithObject: true })
            expect([info.width, info.height]).toEqual([width, height])
            expect(psnr(data, raw.bytes)).toBeGreaterThan(27)
        }
    )

    it("has the scene's colours: over 33 dB at QS 4", async () => {
        const { bytes } = receive({ mode: "UXGA" }, 4)

        const data = await sharp(bytes).raw().toBuffer()
        expect(psnr(data, photo.at(0).rgb!)).toBeGreaterThan(33)
    })
})

describe("OV2640 JPEG quality", () => {
    it("uses the tables of annex K at QS 32", () => {
        const { bytes } = receive({ mode: "CIF" }, 32)

        expect(quantisation(bytes).get(0)).toEqual(ANNEX_K_LUMA)
    })

    it("scales the tables with QS / 32, within libjpeg's whole percents", () => {
        for (const qs of [8, 16, 48, 63]) {
            const { bytes } = receive({ mode: "CIF" }, qs)
            const table = quantisation(bytes).get(0)!
            const ratio = table.map((step, i) => step / ANNEX_K_LUMA[i]!)
            const mean = ratio.reduce((a, b) => a + b) / 64

            expect(Math.abs(mean / (qs / 32) - 1), `QS ${qs}`).toBeLessThan(
                0.06
            )
        }
    })

    it("never gives a longer stream for a larger QS", () => {
        const rig = new Rig(photo)
        rig.setUp({ mode: "CIF", imageMode: JPEG })
        rig.exposeOneToOne("CIF")
        const sizes: number[] = []
        for (let qs = 0; qs < 64; qs++) {
            rig.write("dsp", QS, qs)
            sizes.push(endOfImage(rig.nextUsable().bytes))
        }

        for (let qs = 1; qs < 64; qs++)
            expect(sizes[qs], `QS ${qs}`).toBeLessThanOrEqual(sizes[qs - 1]!)
        expect(sizes[0]! / sizes[63]!).toBeGreaterThan(5)
    })

    it("changes with the next frame, which stays usable", () => {
        const { rig } = receive({ mode: "CIF" }, 8)
        const before = rig.nextFrame()
        rig.write("dsp", QS, 40)
        const running = rig.nextFrame()
        const after = rig.nextFrame()

        expect(running.bytes.length).toBe(before.bytes.length)
        expect(after.frame.unusable).toBe(false)
        expect(after.bytes.length).toBeLessThan(before.bytes.length)
    })
})

describe("OV2640 JPEG on the port", () => {
    it("holds HREF like VSYNC with IMAGE_MODE[1], PCLK in bursts", () => {
        const { edges, lines } = receive({
            mode: "SVGA",
            imageMode: JPEG_HREF_LIKE_VSYNC,
        })

        expect(edges.map(({ pin, level }) => `${pin} ${level}`)).toEqual([
            "vsync 1",
            "hsync 1",
            "hsync 0",
            "vsync 0",
        ])
        expect(edges[1]!.timeNs).toBe(edges[0]!.timeNs)
        expect(edges[2]!.timeNs).toBe(edges[3]!.timeNs)
        expect(lines.length).toBeGreaterThan(10)
    })

    it("sends lines of unequal length without it, the last one shorter", () => {
        const { edges, lines } = receive({ mode: "SVGA", imageMode: JPEG })
        const lengths = lines.map(line => line.bytes.length)
        const pulses = edges.filter(
            edge => edge.pin === "hsync" && edge.level === 1
        )

        expect(pulses.length).toBe(lines.length)
        expect(new Set(lengths).size).toBeGreaterThan(5)
        expect(lengths.at(-1)).toBeLessThan(Math.max(...lengths))
    })

    it("carries the same bytes either way", () => {
        const pulsed = receive({ mode: "SVGA", imageMode: JPEG })
        const held = receive({ mode: "SVGA", imageMode: JPEG_HREF_LIKE_VSYNC })

        expect(Buffer.compare(pulsed.bytes, held.bytes)).toBe(0)
    })

    it("sends one burst after the other, all within VSYNC", () => {
        const { frame, lines } = receive({ mode: "SVGA", imageMode: JPEG })

        let lastNs = frame.startNs
        for (const line of lines) {
            expect(line.startNs).toBeGreaterThanOrEqual(lastNs)
            expect(line.timeNs).toBeGreaterThan(line.startNs)
            lastNs = line.timeNs
        }
        expect(lastNs).toBeLessThan(frame.endNs)
    })

    it("loses the end of an image that the PCLK cannot carry, and warns once with the sum", () => {
        const rig = new Rig(noisyScene(true))
        rig.setUp({ mode: "SVGA", dvp: 0x7f, imageMode: JPEG })
        for (let i = 0; i < 2; i++) {
            const { frame, bytes } = rig.nextUsable()
            expect(endOfImage(bytes)).toBe(1) // none
            expect(bytes.length).toBeLessThan(rig.model.expected(frame).length)
        }

        expect(rig.rules.warnings.map(({ message }) => message)).toEqual([
            expect.stringMatching(
                /OV2640_QS = 0x0000000c: a JPEG of \d+ bytes does not pass within the frame: a PCLK of 0\.378 MHz carries \d+ bytes/
            ),
        ])
    })

    it("sends no image in the two frames after a change of mode", () => {
        const { rig } = receive({ mode: "SVGA" })
        rig.write("dsp", 0x5a, 160)
        const during = rig.nextFrame()
        const first = rig.nextFrame()
        const second = rig.nextFrame()
        const third = rig.nextFrame()

        expect(
            [during, first, second, third].map(({ frame }) => frame.unusable)
        ).toEqual([true, true, true, false])
        for (const { bytes } of [first, second])
            expect(Buffer.from(bytes).includes(0xff)).toBe(false)
        expect(third.bytes[0]).toBe(0xff)
    })

    it("is silent while JPEG is held in reset", () => {
        const { rig } = receive({ mode: "SVGA" })
        const { sequence } = rig.nextFrame().frame
        rig.write("dsp", 0xe0, 0x10)
        rig.nextFrame()
        rig.run(200e6)
        rig.write("dsp", 0xe0, 0x00)

        expect(rig.nextFrame().frame.sequence).toBe(sequence + 2)
    })
})

// SPDX-License-Identifier: MIT
import fc from "fast-check"
import { describe, expect, it } from "vitest"
import type { Scene } from "../../../sim/scene/scene.ts"
import {
    noisyScene,
    Rig,
    type Setup,
} from "../../support/sensors/ov2640-rig.ts"

const colour = noisyScene(true)
const gray = noisyScene(false)

const STEP = { UXGA: 1, SVGA: 2, CIF: 4 }
type Rgb = [number, number, number]

/** A pixel of the sensor's output in a mode, at the exposure that leaves values as they are. */
function scenePixel(scene: Scene, x: number, y: number, step: number): Rgb {
    const field = scene.at(0)
    const at = y * step * field.width + x * step
    if (!field.rgb) return [field.luma[at]!, field.luma[at]!, field.luma[at]!]
    return [...field.rgb.subarray(3 * at, 3 * at + 3)] as Rgb
}

/** One received frame at the one-to-one exposure. */
function receive(scene: Scene, setup: Setup, write?: (rig: Rig) => void) {
    const rig = new Rig(scene)
    rig.setUp(setup)
    rig.exposeOneToOne(setup.mode)
    write?.(rig)
    const received = rig.nextUsable()
    return { rig, ...received }
}

/** RGB565, red first, has the upper bits of each channel at known places. */
function rgb565(bytes: Uint8Array, pixel: number): Rgb {
    const word = (bytes[2 * pixel]! << 8) | bytes[2 * pixel + 1]!
    return [word >> 11, (word >> 5) & 0x3f, word & 0x1f]
}
const pixels565 = (bytes: Uint8Array): Rgb[] =>
    Array.from({ length: bytes.length / 2 }, (_, i) => rgb565(bytes, i))

/** One value per pixel, row by row. */
function grid<T>(
    width: number,
    height: number,
    at: (x: number, y: number) => T
): T[] {
    return Array.from({ length: width * height }, (_, i) =>
        at(i % width, Math.floor(i / width))
    )
}
const upperBits = ([r, g, b]: Rgb): Rgb => [r >> 3, g >> 2, b >> 3]

describe("OV2640 size pipeline", () => {
    it.each([
        { name: "QCIF", mode: "CIF", width: 176, height: 144 },
        { name: "QQVGA", mode: "CIF", width: 160, height: 120 },
        { name: "CIF", mode: "SVGA", width: 352, height: 288 },
        { name: "QVGA", mode: "SVGA", width: 320, height: 240 },
        { name: "VGA", mode: "SVGA", width: 640, height: 480 },
        { name: "SVGA", mode: "SVGA", width: 800, height: 600 },
        { name: "XGA", mode: "UXGA", width: 1024, height: 768 },
        { name: "SXGA", mode: "UXGA", width: 1280, height: 1024 },
        { name: "UXGA", mode: "UXGA", width: 1600, height: 1200 },
    ] as const)(
        "sends $name, $width x $height, by zoom from $mode",
        ({ mode, width, height }) => {
            const setup = { mode, imageMode: 0x08, output: { width, height } }
            const { rig, frame, lines, bytes } = receive(colour, setup)

            expect(frame).toMatchObject({
                columns: width,
                rows: height,
                format: "rgb565be",
                bytesPerPixel: 2,
            })
            expect(lines.length).toBe(height)
            expect(lines.every(line => line.bytes.length === 2 * width)).toBe(
                true
            )
            expect(Buffer.compare(bytes, rig.model.expected(frame))).toBe(0)
        }
    )

    it("cuts the window out pixel by pixel", () => {
        const window = { x: 301, y: 407, width: 64, height: 40 }
        const { frame, bytes } = receive(colour, { window, imageMode: 0x08 })

        expect(frame.window).toEqual(window)
        expect(pixels565(bytes)).toEqual(
            grid(64, 40, (x, y) =>
                upperBits(scenePixel(colour, 301 + x, 407 + y, 1))
            )
        )
    })

    it.each(["SVGA", "CIF"] as const)(
        "reads every nth pixel of the field in %s mode",
        mode => {
            const step = STEP[mode]
            const window = { x: 12, y: 20, width: 40, height: 32 }
            const setup = { mode, window, imageMode: 0x08 }
            const { frame, bytes } = receive(colour, setup)

            expect(frame.window).toEqual({
                x: 12 * step,
                y: 20 * step,
                width: 40 * step,
                height: 32 * step,
            })
            expect(pixels565(bytes)).toEqual(
                grid(40, 32, (x, y) =>
                    upperBits(scenePixel(colour, 12 + x, 20 + y, step))
                )
            )
        }
    )

    it.each([{ round: false }, { round: true }])(
        "divides by the mean of 4 x 2 pixels, rounded: $round",
        ({ round }) => {
            const window = { x: 0, y: 0, width: 160, height: 80 }
            const { bytes } = receive(gray, {
                window,
                hDivider: 2,
                vDivider: 1,
                round,
                imageMode: 0x40,
            })

            const means = grid(40, 40, (column, row) => {
                let sum = 0
                for (let y = 0; y < 2; y++)
                    for (let x = 0; x < 4; x++)
                        sum += scenePixel(
                            gray,
                            4 * column + x,
                            2 * row + y,
                            1
                        )[0]
                return round ? Math.floor(sum / 8 + 0.5) : sum >> 3
            })
            expect([...bytes]).toEqual(means)
        }
    )

    it("zooms out by the mean of whole pixels: 5 to 2 is 2, 3, 2, 3", () => {
        const window = { x: 0, y: 0, width: 200, height: 100 }
        const output = { width: 80, height: 40 }
        const { bytes } = receive(gray, { window, output, imageMode: 0x40 })

        const starts = [0, 2, 5, 7, 10]
        for (let row = 0; row < 4; row++)
            for (let column = 0; column < 4; column++) {
                let sum = 0
                let count = 0
                for (let y = starts[row]!; y < starts[row + 1]!; y++)
                    for (
                        let x = starts[column]!;
                        x < starts[column + 1]!;
                        x++
                    ) {
                        sum += scenePixel(gray, x, y, 1)[0]
                        count++
                    }
                expect(bytes[row * 80 + column]).toBe(
                    Math.floor(sum / count + 0.5)
                )
            }
    })

    it("sends what expected() computes, for random settings", () => {
        const even = (max: number) =>
            fc.integer({ min: 10, max: max / 4 }).map(n => 4 * n)
        const settings = fc.record({
            mode: fc.constantFrom("UXGA", "SVGA", "CIF") as fc.Arbitrary<
                "UXGA" | "SVGA" | "CIF"
            >,
            width: even(400),
            height: even(280),
            x: fc.nat(1000),
            y: fc.nat(1000),
            divider: fc.tuple(fc.nat(1), fc.nat(1)),
            round: fc.boolean(),
            shrink: fc.tuple(fc.nat(10), fc.nat(10)),
            imageMode: fc.constantFrom(0x00, 0x01, 0x08, 0x09, 0x40),
            vFirst: fc.boolean(),
            reg04: fc.constantFrom(0x20, 0xa0, 0x60, 0xe0),
            lines: fc.integer({ min: 1, max: 300 }),
            gain: fc.nat(0x3f),
        })
        fc.assert(
            fc.property(settings, s => {
                const full = {
                    UXGA: [1600, 1200],
                    SVGA: [800, 600],
                    CIF: [400, 296],
                }[s.mode]
                const window = {
                    width: s.width,
                    height: s.height,
                    x: s.x % (full[0]! - s.width + 1),
                    y: s.y % (full[1]! - s.height + 1),
                }
                // 8 pixels at least stay for 40 x 30 after a division by 2.
                const [hDivider, vDivider] = [
                    s.width % 8 === 0 && s.width >= 80 ? s.divider[0] : 0,
                    s.height % 8 === 0 && s.height >= 64 ? s.divider[1] : 0,
                ]
                const output = {
                    width: shrunk(s.width >> hDivider, s.shrink[0], 40),
                    height: shrunk(s.height >> vDivider, s.shrink[1], 32),
                }
                const rig = new Rig(colour)
                rig.setUp({ ...s, window, hDivider, vDivider, output })
                rig.write("dsp", 0xc2, s.vFirst ? 0x1c : 0x0c)
                rig.fixExposure(s.lines)
                rig.write("sensor", 0x00, s.gain)
                rig.write("sensor", 0x04, s.reg04 | (s.lines & 3))

                const { frame, bytes } = rig.nextUsable()

                expect([frame.columns, frame.rows]).toEqual([
                    output.width,
                    output.height,
                ])
                expect(Buffer.compare(bytes, rig.model.expected(frame))).toBe(0)
            }),
            { numRuns: 60, seed: 1 }
        )
    })
})

/** A multiple of 4 between `min` and `size`. */
function shrunk(size: number, steps: number, min: number): number {
    return Math.max(min, 4 * Math.floor(size / 4) - 4 * steps)
}

describe("OV2640 constraints of the size pipeline", () => {
    const usable = (setup: Setup) => () => receive(gray, setup)

    it("refuses a DSP window beyond the input, naming both", () => {
        const window = { x: 1564, y: 0, width: 40, height: 40 }

        expect(usable({ window })).toThrow(
            /OV2640_HSIZE = 0x0000000a: the window of 40x40 at 1564,0 .*XOFFL.* not inside the DSP input of 1600x1200/
        )
    })

    it("takes a window that ends with the input", () => {
        const window = { x: 1560, y: 1160, width: 40, height: 40 }

        expect(usable({ window })).not.toThrow()
    })

    it("refuses to enlarge", () => {
        const setup = {
            window: { x: 0, y: 0, width: 320, height: 240 },
            output: { width: 324, height: 240 },
        }

        expect(usable(setup)).toThrow(
            /output of 324x240 \(ZMOW, ZMOH, ZMHH\) is larger than the 320x240 after the divider/
        )
    })

    it("refuses an output that the divider leaves too small for", () => {
        const setup = { vDivider: 3, output: { width: 800, height: 152 } }

        expect(usable(setup)).toThrow(/800x152 .*larger than the 1600x150/)
    })

    it("refuses a division with a remainder", () => {
        const setup = {
            window: { x: 0, y: 0, width: 324, height: 240 },
            hDivider: 3,
            output: { width: 40, height: 240 },
        }

        expect(usable(setup)).toThrow(
            /OV2640_CTRLI = 0x00000003: the window of 324x240 cannot be divided by 8 across/
        )
    })

    it("refuses an output under 40 x 30", () => {
        const setup = {
            window: { x: 0, y: 0, width: 160, height: 120 },
            output: { width: 36, height: 32 },
        }

        expect(usable(setup)).toThrow(/36x32 .* under the smallest of 40x30/)
    })

    it("refuses an input larger than what the sensor sends", () => {
        const rig = new Rig(gray)
        rig.setUp({ mode: "CIF" })
        // The data sheet's own reset value: 294 rows, and the DSP waits for 296.
        rig.write("sensor", 0x03, 0x06)

        expect(() => rig.nextUsable()).toThrow(
            /DSP input of 400x296 .* larger than the 400x294 pixels that the sensor sends in CIF mode/
        )
    })

    it("refuses to scale while DCW is off", () => {
        const rig = new Rig(gray)
        rig.setUp({ output: { width: 640, height: 480 } })
        rig.write("dsp", 0x86, 0x0d)

        expect(() => rig.nextUsable()).toThrow(
            /OV2640_CTRL2.*bit 5 \(DCW\) is off/
        )
    })

    it("refuses a sensor window outside the array", () => {
        const rig = new Rig(gray)
        rig.setUp()
        rig.write("sensor", 0x17, 0x10)

        expect(() => rig.nextUsable()).toThrow(
            /sensor window of 1616x1200 at -16,0 .* not inside the 1600x1200 pixels of UXGA mode/
        )
    })

    it("refuses a mode that does not exist", () => {
        const rig = new Rig(gray)
        rig.write("sensor", 0x12, 0x60)

        expect(() => rig.run(1e9)).toThrow(/OV2640_COM7 .*select no mode/)
    })

    it("tolerates impossible settings while a driver is writing them", () => {
        const rig = new Rig(gray)
        rig.setUp()
        rig.output({ width: 1604, height: 1200 })
        rig.run(50e6) // a frame starts meanwhile
        rig.output({ width: 640, height: 480 })

        expect(rig.nextUsable().frame.columns).toBe(640)
    })

    it("sends nothing and notes each broken rule in permissive mode", () => {
        const rig = new Rig(gray, { permissive: true })
        rig.setUp()
        rig.output({ width: 1604, height: 1200 })
        // The frame on the port is lost when the port goes into reset; no other follows.
        expect(() => rig.nextFrame()).toThrow("no frame")

        expect(rig.rules.violations.length).toBe(1)
        expect(rig.rules.violations[0]!.message).toMatch(/1604x1200/)
    })
})

describe("OV2640 formats", () => {
    /** Two pixels of known colours, alternating along every row. */
    function pairScene(first: Rgb, second: Rgb): Scene {
        const size = { width: 1600, height: 1200 }
        const rgb = new Uint8Array(3 * 1600 * 1200)
        for (let i = 0; i < rgb.length; i += 6)
            rgb.set([...first, ...second], i)
        const field = { ...size, rgb, luma: new Uint8Array(1600 * 1200) }
        return { name: "pairs", still: true, at: () => field }
    }
    const window = { x: 0, y: 0, width: 40, height: 32 }

    function firstBytes(scene: Scene, imageMode: number, ctrl0 = 0x0c) {
        const { bytes } = receive(scene, { window, imageMode }, rig =>
            rig.write("dsp", 0xc2, ctrl0)
        )
        return [...bytes.subarray(0, 4)]
    }

    // Y = 0.299 R + 0.587 G + 0.114 B; red: 76.2, blue: 29.1. Cb, Cr of red: 85, 255 (255.5); of blue: 255 (255.5), 107.
    const redBlue = pairScene([255, 0, 0], [0, 0, 255])
    const [Y0, U, Y1, V] = [77, 170, 29, 181]

    it.each([
        {
            name: "Y U Y V",
            imageMode: 0x00,
            ctrl0: 0x0c,
            bytes: [Y0, U, Y1, V],
        },
        {
            name: "Y V Y U",
            imageMode: 0x00,
            ctrl0: 0x1c,
            bytes: [Y0, V, Y1, U],
        },
        {
            name: "U Y V Y",
            imageMode: 0x01,
            ctrl0: 0x0c,
            bytes: [U, Y0, V, Y1],
        },
        {
            name: "V Y U Y",
            imageMode: 0x01,
            ctrl0: 0x1c,
            bytes: [V, Y0, U, Y1],
        },
    ])("sends YUV422 as $name", ({ imageMode, ctrl0, bytes }) => {
        expect(firstBytes(redBlue, imageMode, ctrl0)).toEqual(bytes)
    })

    it("sends RGB565 with red in the first byte", () => {
        const scene = pairScene([0x08, 0x04, 0xff], [0xff, 0xe0, 0x08])

        expect(firstBytes(scene, 0x08)).toEqual([0x08, 0x3f, 0xff, 0x01])
    })

    it("sends RGB565 with the bytes swapped", () => {
        const scene = pairScene([0x08, 0x04, 0xff], [0xff, 0xe0, 0x08])

        expect(firstBytes(scene, 0x09)).toEqual([0x3f, 0x08, 0x01, 0xff])
    })

    it("sends luma alone as Y8, one byte per pixel", () => {
        const { frame, bytes } = receive(redBlue, { window, imageMode: 0x40 })

        expect(frame).toMatchObject({ format: "gray8", bytesPerPixel: 1 })
        expect(bytes.length).toBe(40 * 32)
        expect([...bytes.subarray(0, 2)]).toEqual([Y0, Y1])
    })

    it("has BT.601 luma and chroma, full range, within one step", () => {
        const noise = colour.at(0).rgb!
        const rgb = new Uint8Array(3 * 1600 * 1200)
        for (let i = 0; i < rgb.length; i++)
            rgb[i] = noise[3 * Math.floor(i / 6) + (i % 3)]! // pairs of one colour
        const luma = new Uint8Array(1600 * 1200)
        const field = { width: 1600, height: 1200, rgb, luma }
        const scene = { name: "pairs", still: true, at: () => field }
        const { bytes } = receive(scene, { window, imageMode: 0x00 })

        const worst = { y: 0, cb: 0, cr: 0 }
        for (let pixel = 0; pixel < 40 * 32; pixel += 2) {
            const x = pixel % 40
            const [r, g, b] = scenePixel(scene, x, (pixel - x) / 40, 1)
            const exact = 0.299 * r + 0.587 * g + 0.114 * b
            const cb = Math.min(255, 128 + (b - exact) / 1.772)
            const cr = Math.min(255, 128 + (r - exact) / 1.402)
            const [y, u, , v] = bytes.subarray(2 * pixel, 2 * pixel + 4)
            worst.y = Math.max(worst.y, Math.abs(y! - exact))
            worst.cb = Math.max(worst.cb, Math.abs(u! - cb))
            worst.cr = Math.max(worst.cr, Math.abs(v! - cr))
        }
        expect(worst.y).toBeLessThan(1.1)
        expect(worst.cb).toBeLessThan(1.1)
        expect(worst.cr).toBeLessThan(1.1)
    })

    it.each([0x04, 0x0c])(
        "refuses RAW and the reserved code: %d",
        imageMode => {
            expect(() => receive(gray, { window, imageMode })).toThrow(
                /OV2640_IMAGE_MODE .*RAW10/
            )
        }
    )
})

describe("OV2640 image", () => {
    const window = { x: 100, y: 60, width: 80, height: 60 }
    const taken = (reg04: number) =>
        receive(gray, { window, imageMode: 0x40 }, rig =>
            rig.write("sensor", 0x04, reg04)
        )

    it("is mirrored by REG04[7] within the sensor's window", () => {
        const { frame, bytes } = taken(0xa0)

        expect(frame.window.x).toBe(1600 - 100 - 80)
        expect(bytes[0]).toBe(scenePixel(gray, 1499, 60, 1)[0])
        expect(bytes[79]).toBe(scenePixel(gray, 1420, 60, 1)[0])
    })

    it("is turned upside down by REG04[6]", () => {
        const { frame, bytes } = taken(0x60)

        expect(frame.window.y).toBe(1200 - 60 - 60)
        expect(bytes[0]).toBe(scenePixel(gray, 100, 1139, 1)[0])
        expect(bytes[59 * 80]).toBe(scenePixel(gray, 100, 1080, 1)[0])
    })

    it("is eight colour bars with COM7[1], at any exposure", () => {
        const rig = new Rig(gray)
        rig.setUp({
            imageMode: 0x08,
            output: { width: 160, height: 120 },
            hDivider: 3,
            vDivider: 3,
        })
        rig.write("sensor", 0x12, 0x02)
        const { bytes } = rig.nextUsable()

        const colours = [
            0xffff, 0xffe0, 0x07ff, 0x07e0, 0xf81f, 0xf800, 0x001f, 0,
        ]
        expect(
            grid(160, 120, (x, y) => {
                const at = 2 * (160 * y + x)
                return (bytes[at]! << 8) | bytes[at + 1]!
            })
        ).toEqual(grid(160, 120, x => colours[Math.floor(x / 20)]))
    })
})

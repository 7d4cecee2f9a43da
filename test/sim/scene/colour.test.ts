// SPDX-License-Identifier: MIT
// Colours of scenes; the files are made here.

import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import sharp from "sharp"
import { afterAll, beforeAll, describe, expect, it } from "vitest"
import { loadScene } from "../../../sim/scene/load-scene.ts"
import type { Field, Scene } from "../../../sim/scene/scene.ts"

let folder: string

beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), "camscript-colour-"))
})
afterAll(() => rmSync(folder, { recursive: true }))

type Rgb = [number, number, number]

function pixel(field: Field, x: number, y: number): Rgb {
    const at = 3 * (y * field.width + x)
    return [...field.rgb!.subarray(at, at + 3)] as Rgb
}

/** Y of BT.601, full range, in floating point. */
const luma601 = ([r, g, b]: Rgb) => 0.299 * r + 0.587 * g + 0.114 * b

/** The largest difference between a field's luma and the luma of its colours. */
function lumaError({ luma, rgb }: Field): number {
    let worst = 0
    for (let i = 0; i < luma.length; i++) {
        const exact = luma601([
            rgb![3 * i]!,
            rgb![3 * i + 1]!,
            rgb![3 * i + 2]!,
        ])
        worst = Math.max(worst, Math.abs(luma[i]! - exact))
    }
    return worst
}

async function flatImage(name: string, colour: Rgb): Promise<string> {
    const [r, g, b] = colour
    const path = join(folder, name)
    await sharp({
        create: { width: 32, height: 24, channels: 3, background: { r, g, b } },
    })
        .png()
        .toFile(path)
    return path
}

describe("the bars scene", () => {
    it("has eight bars of equal width, white to black", async () => {
        const scene = await loadScene("bars", { width: 160, height: 10 }, 1)
        const field = scene.at(0)

        const colours: Rgb[] = [
            [255, 255, 255],
            [255, 255, 0],
            [0, 255, 255],
            [0, 255, 0],
            [255, 0, 255],
            [255, 0, 0],
            [0, 0, 255],
            [0, 0, 0],
        ]
        for (let x = 0; x < 160; x++)
            for (const y of [0, 9])
                expect(pixel(field, x, y)).toEqual(colours[Math.floor(x / 20)])
        expect(scene.still).toBe(true)
    })

    it("has falling luma for a gray sensor", async () => {
        const scene = await loadScene("bars", { width: 8, height: 1 }, 1)

        expect([...scene.at(0).luma]).toEqual([
            255, 226, 178, 149, 106, 77, 29, 0,
        ])
    })
})

describe("the photo scene", () => {
    let field: Field

    beforeAll(async () => {
        field = (await loadScene("photo", { width: 400, height: 300 }, 1)).at(0)
    })

    it("is the same every time", async () => {
        const again = await loadScene("photo", { width: 400, height: 300 }, 9)

        expect(Buffer.compare(again.at(0).rgb!, field.rgb!)).toBe(0)
    })

    it("has dark and bright parts and colours of all kinds", () => {
        const strongest = [0, 0, 0]
        for (let i = 0; i < field.rgb!.length; i += 3) {
            const [r, g, b] = field.rgb!.subarray(i, i + 3) as unknown as Rgb
            strongest[0] = Math.max(strongest[0]!, r - Math.max(g, b))
            strongest[1] = Math.max(strongest[1]!, g - Math.max(r, b))
            strongest[2] = Math.max(strongest[2]!, b - Math.max(r, g))
        }

        expect(Math.min(...field.luma)).toBeLessThan(30)
        expect(Math.max(...field.luma)).toBeGreaterThan(240)
        expect(strongest[0]).toBeGreaterThan(100)
        expect(strongest[1]).toBeGreaterThan(30)
        expect(strongest[2]).toBeGreaterThan(100)
    })

    it("is as hard to compress as a photograph: 0.5 to 3 bits per pixel", async () => {
        const size = { width: 800, height: 600 }
        const { rgb } = (await loadScene("photo", size, 1)).at(0)
        const jpeg = await sharp(rgb!, { raw: { ...size, channels: 3 } })
            .jpeg({ quality: 80 })
            .toBuffer()
        const bits = (8 * jpeg.length) / (800 * 600)

        expect(bits).toBeGreaterThan(0.5)
        expect(bits).toBeLessThan(3)
    })

    it("gives a gray sensor the luma of its colours", () => {
        expect(lumaError(field)).toBeLessThan(1)
    })
})

describe("an image in colour", () => {
    it("keeps its colours", async () => {
        const path = await flatImage("orange.png", [250, 120, 10])
        const field = (await loadScene(path, { width: 40, height: 30 }, 1)).at(
            0
        )

        expect(field.rgb!.length).toBe(3 * 40 * 30)
        expect(pixel(field, 0, 0)).toEqual([250, 120, 10])
        expect(pixel(field, 39, 29)).toEqual([250, 120, 10])
        expect(lumaError(field)).toBeLessThan(1)
    })

    it("has no rgb when it is gray", async () => {
        const path = join(folder, "gray.png")
        await sharp(Buffer.alloc(32 * 24, 77), {
            raw: { width: 32, height: 24, channels: 1 },
        })
            .toColourspace("b-w")
            .png()
            .toFile(path)
        const field = (await loadScene(path, { width: 40, height: 30 }, 1)).at(
            0
        )

        expect(field.rgb).toBeUndefined()
        expect(field.luma.every(level => level === 77)).toBe(true)
    })

    it("keeps the colours of each image of a folder", async () => {
        const images = join(folder, "film")
        mkdirSync(images)
        await flatImage("film/1.png", [200, 0, 0])
        await flatImage("film/2.png", [0, 0, 200])
        const scene = await loadScene(images, { width: 8, height: 6 }, 1)

        expect(pixel(scene.at(0), 0, 0)).toEqual([200, 0, 0])
        expect(pixel(scene.at(34e6), 0, 0)).toEqual([0, 0, 200])
    })
})

describe("a Y4M video in colour", () => {
    /** One frame of 4 x 2 pixels at field size. */
    async function video(
        layout: string,
        planes: readonly number[][],
        range = " XCOLORRANGE=FULL"
    ): Promise<Scene> {
        const path = join(folder, "video.y4m")
        const header = `YUV4MPEG2 W4 H2 F30:1 C${layout}${range}\n`
        const frames = planes.map(plane =>
            Buffer.concat([Buffer.from("FRAME\n"), Buffer.from(plane)])
        )
        writeFileSync(path, Buffer.concat([Buffer.from(header), ...frames]))
        return loadScene(path, { width: 4, height: 2 }, 1)
    }
    const eight = (level: number) => new Array<number>(8).fill(level)

    it("has a pair's chroma in both its pixels with C422", async () => {
        const scene = await video("422", [
            [...eight(100), 128, 128, 128, 228, 128, 28, 128, 128],
        ])
        const field = scene.at(0)

        expect(pixel(field, 0, 0)).toEqual([100, 100, 100])
        expect(pixel(field, 1, 1)).toEqual([100, 100, 100])
        // Cb 100: B + 177.2, G - 34.4.
        expect(pixel(field, 2, 1)).toEqual([100, 66, 255])
        expect(pixel(field, 3, 1)).toEqual([100, 66, 255])
        // Cr -100: R - 140.2, G + 71.4.
        expect(pixel(field, 2, 0)).toEqual([0, 171, 100])
    })

    it("has the chroma of 2 x 2 pixels in all of them with C420", async () => {
        const field = (
            await video("420", [[...eight(100), 128, 228, 128, 128]])
        ).at(0)

        for (const y of [0, 1]) {
            expect(pixel(field, 1, y)).toEqual([100, 100, 100])
            expect(pixel(field, 2, y)).toEqual([100, 66, 255])
            expect(pixel(field, 3, y)).toEqual([100, 66, 255])
        }
    })

    it("has every pixel's own chroma with C444", async () => {
        const cb = eight(128)
        cb[5] = 228
        const field = (
            await video("444", [[...eight(100), ...cb, ...eight(128)]])
        ).at(0)

        expect(pixel(field, 1, 1)).toEqual([100, 66, 255])
        expect(pixel(field, 0, 1)).toEqual([100, 100, 100])
        expect(pixel(field, 1, 0)).toEqual([100, 100, 100])
    })

    it("stretches video range: 235 and 240 are the ends", async () => {
        const planes = [...eight(235), ...eight(128), ...eight(128)]
        planes[0] = 81 // red, 100 % saturated: Y 81, Cb 90, Cr 240
        planes[8] = 90
        planes[16] = 240
        const field = (await video("444", [planes], "")).at(0)

        const [r, g, b] = pixel(field, 0, 0)
        expect(r).toBeGreaterThanOrEqual(253)
        expect(g).toBeLessThanOrEqual(2)
        expect(b).toBeLessThanOrEqual(2)
        expect(pixel(field, 1, 0)).toEqual([255, 255, 255])
    })

    it("has the colours of the frame that is shown", async () => {
        const red = [...eight(100), ...eight(128), ...eight(228)]
        const blue = [...eight(100), ...eight(228), ...eight(128)]
        const scene = await video("444", [red, blue])

        expect(pixel(scene.at(0), 0, 0)[0]).toBe(240)
        expect(pixel(scene.at(34e6), 0, 0)).toEqual([100, 66, 255])
        expect(pixel(scene.at(0), 0, 0)[0]).toBe(240)
    })

    it("has none with Cmono", async () => {
        expect((await video("mono", [eight(100)])).at(0).rgb).toBeUndefined()
    })
})

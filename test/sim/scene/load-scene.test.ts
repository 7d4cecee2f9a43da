// SPDX-License-Identifier: MIT
// Scenes by name and from files; the files are made here.

import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import sharp, { type Sharp } from "sharp"
import { afterAll, beforeAll, describe, expect, it } from "vitest"
import { UsageError } from "../../../protocol/errors.ts"
import { loadScene } from "../../../sim/scene/load-scene.ts"
import type { Field } from "../../../sim/scene/scene.ts"

const FIELD = { width: 752, height: 480 }
let folder: string

beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), "camscript-scene-"))
})
afterAll(() => rmSync(folder, { recursive: true }))

const load = (spec: string) => loadScene(spec, FIELD, 1)
const file = (name: string) => join(folder, name)
const at = ({ luma, width }: Field, x: number, y: number) =>
    luma[y * width + x]!

/** An image that is dark left and bright right, with a black top left quarter. */
function halves(width: number, height: number): Sharp {
    const gray = Buffer.alloc(width * height)
    for (let y = 0; y < height; y++)
        for (let x = 0; x < width; x++) {
            const topLeft = x < width / 2 && y < height / 2
            gray[y * width + x] = topLeft ? 0 : x < width / 2 ? 80 : 200
        }
    return sharp(gray, { raw: { width, height, channels: 1 } })
}

const flatPng = (level: number) =>
    sharp({
        create: {
            width: 8,
            height: 8,
            channels: 3,
            background: { r: level, g: level, b: level },
        },
    }).png()

async function expectUsageError(spec: string, message: RegExp): Promise<void> {
    const error: unknown = await load(spec).then(
        () => undefined,
        (thrown: unknown) => thrown
    )
    expect(error).toBeInstanceOf(UsageError)
    expect((error as UsageError).exitCode).toBe(2)
    expect((error as UsageError).message).toMatch(message)
    // One paragraph.
    expect((error as UsageError).message).not.toContain("\n")
}

describe("loadScene by name", () => {
    it.each([
        "chart",
        "flat",
        "flat:0",
        "flat:255",
        "ramp",
        "noise",
        "noise:moving",
        "target",
        "target:photo",
        "visitor",
        "day",
    ])("makes %s of the field's size", async spec => {
        const field = (
            await loadScene(spec, { width: 320, height: 200 }, 1)
        ).at(0)
        expect([field.width, field.height, field.luma.length]).toEqual([
            320, 200, 64_000,
        ])
    })

    it("uses the seed", async () => {
        const [a, b] = [
            await loadScene("noise", FIELD, 1),
            await loadScene("noise", FIELD, 2),
        ]
        expect(Buffer.compare(a.at(0).luma, b.at(0).luma)).not.toBe(0)
    })

    it.each(["flat:256", "flat:-1", "flat:", "flat:gray"])("refuses %s", spec =>
        expectUsageError(spec, /the level must be 0..255/)
    )

    it("explains an unknown name", () =>
        expectUsageError(
            "flatt",
            /no scene "flatt": there is no such file or folder, and the built-in scenes are chart, flat/
        ))
})

describe("loadScene from an image", () => {
    it.each(["png", "jpeg", "webp"] as const)(
        "reads %s as gray",
        async format => {
            const path = file(`halves.${format}`)
            await halves(752, 480).toFormat(format).toFile(path)
            const scene = await load(path)
            const field = scene.at(0)
            expect(scene).toMatchObject({
                name: `halves.${format}`,
                still: true,
            })
            expect(Math.abs(at(field, 100, 100) - 0)).toBeLessThan(4)
            expect(Math.abs(at(field, 100, 400) - 80)).toBeLessThan(4)
            expect(Math.abs(at(field, 600, 100) - 200)).toBeLessThan(4)
        }
    )

    it("keeps every pixel of a gray PNG of the field's size", async () => {
        const path = file("exact.png")
        const gray = Buffer.from(
            Array.from({ length: 752 * 480 }, (_, i) => (i * 7) & 0xff)
        )
        await sharp(gray, { raw: { ...FIELD, channels: 1 } })
            .png()
            .toFile(path)
        expect(Buffer.compare((await load(path)).at(0).luma, gray)).toBe(0)
    })

    it("turns colour into luminance", async () => {
        const path = file("green.png")
        await sharp({
            create: { width: 10, height: 10, channels: 3, background: "lime" },
        })
            .png()
            .toFile(path)
        const green = at((await load(path)).at(0), 5, 5)
        await sharp({
            create: { width: 10, height: 10, channels: 3, background: "blue" },
        })
            .png()
            .toFile(path)
        expect(green).toBeGreaterThan(2 * at((await load(path)).at(0), 5, 5))
    })

    it("covers the field and cuts off evenly what does not fit", async () => {
        const path = file("wide.png")
        await halves(2000, 400).png().toFile(path)
        const field = (await load(path)).at(0)
        // The border between dark and bright stays in the middle.
        expect(at(field, 370, 400)).toBeLessThan(100)
        expect(at(field, 381, 400)).toBeGreaterThan(180)
    })

    it("respects EXIF orientation", async () => {
        const path = file("turned.jpg")
        // Orientation 6: to be turned by 90 degrees clockwise; left becomes top.
        await halves(480, 752)
            .jpeg()
            .withMetadata({ orientation: 6 })
            .toFile(path)
        const field = (await load(path)).at(0)
        expect(at(field, 600, 100)).toBeLessThan(10)
        expect(Math.abs(at(field, 100, 100) - 80)).toBeLessThan(10)
        expect(Math.abs(at(field, 100, 400) - 200)).toBeLessThan(10)
    })

    it("shows transparent parts black", async () => {
        const path = file("clear.png")
        await sharp({
            create: {
                width: 8,
                height: 8,
                channels: 4,
                background: { r: 255, g: 255, b: 255, alpha: 0 },
            },
        })
            .png()
            .toFile(path)
        expect(at((await load(path)).at(0), 10, 10)).toBe(0)
    })
})

describe("loadScene from what is not an image", () => {
    it.each([
        ["empty.png", "", /it is empty/],
        [
            "letter.png",
            "Dear camera,\nhello",
            /looks like text, beginning with "Dear camera,"/,
        ],
        ["paper.jpg", "%PDF-1.7 ...", /looks like a PDF/],
        ["archive.png", "PK\x03\x04....", /looks like a ZIP archive/],
        [
            "film.png",
            "\x00\x00\x00\x20ftypisom",
            /looks like an MP4 or HEIF file/,
        ],
        ["cut.png", "\x89PNG\r\n\x1a\n\x00\x00", /is a damaged PNG/],
        ["cut.jpg", "\xff\xd8\xff\xe0\x00\x10JFIF", /is a damaged JPEG/],
        [
            "bytes.bin",
            "\x00\x01\x02\xfe\xff",
            /begins with the bytes 00 01 02 fe/,
        ],
    ])("says what %s looks like", async (name, content, message) => {
        writeFileSync(file(name), content, "latin1")
        await expectUsageError(file(name), message)
    })

    it("names a missing file", () =>
        expectUsageError(
            file("nowhere.png"),
            /no scene ".*nowhere.png": there is no such file/
        ))
})

describe("loadScene from a folder", () => {
    it("shows the images in the order of their names, 30 per second, in a loop", async () => {
        mkdirSync(file("film"))
        for (const [name, level] of [
            ["b.png", 20],
            ["a.png", 10],
            ["c.PNG", 30],
        ] as const)
            await flatPng(level).toFile(file(`film/${name}`))
        writeFileSync(file("film/notes.txt"), "not an image")
        const scene = await load(file("film"))
        expect(scene.still).toBe(false)
        const frames = [0, 0.99, 1.01, 2.01, 3.01].map(n =>
            at(scene.at((n * 1e9) / 30), 0, 0)
        )
        expect(frames).toEqual([10, 10, 20, 30, 10])
    })

    it("with one image is still", async () => {
        mkdirSync(file("single"))
        await flatPng(50).toFile(file("single/only.png"))
        expect((await load(file("single"))).still).toBe(true)
    })

    it("without images is refused", async () => {
        mkdirSync(file("nothing"))
        writeFileSync(file("nothing/readme.md"), "hello")
        await expectUsageError(file("nothing"), /is a folder without images/)
    })

    it("with a broken image names it", async () => {
        mkdirSync(file("broken"))
        writeFileSync(file("broken/x.png"), "hello")
        await expectUsageError(file("broken"), /broken.x\.png" is not an image/)
    })
})

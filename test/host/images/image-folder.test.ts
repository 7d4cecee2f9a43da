// SPDX-License-Identifier: MIT

import {
    existsSync,
    mkdirSync,
    mkdtempSync,
    readdirSync,
    readFileSync,
    writeFileSync,
} from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import sharp from "sharp"
import { beforeEach, describe, expect, it } from "vitest"
import { ImageFolder, imageName } from "../../../host/images/image-folder.ts"
import { UsageError } from "../../../protocol/errors.ts"

const RAMP = {
    width: 16,
    height: 4,
    pixels: Uint8Array.from({ length: 64 }, (_, at) => at * 4),
    sent: {},
}

let parent: string
let folder: string

beforeEach(() => {
    parent = mkdtempSync(join(tmpdir(), "camscript-images-"))
    folder = join(parent, "made", "out")
})

/** Write one run's images. */
async function publish(sequences: readonly number[]): Promise<void> {
    const images = new ImageFolder(folder)
    images.open()
    for (const sequence of sequences) await images.add(sequence, RAMP)
    images.publish({ files: images.files() })
}

describe("a folder of images", () => {
    it("names images by sequence number, so that they sort", () => {
        expect(imageName(17)).toBe("frame-000017.png")
        expect(imageName(1234567)).toBe("frame-1234567.png")
    })

    it("keeps frames of the same number apart that are of two captures, and replaces both the next time", async () => {
        const images = new ImageFolder(folder)
        images.open()
        await images.add(3, RAMP)
        await images.add(3, RAMP, 2)
        await images.add(3, RAMP, 2)
        await images.add(3, RAMP, 12)
        const files = images.files()
        images.publish({ files })

        const names = [
            "frame-000003.png",
            "frame-002-000003.png",
            "frame-012-000003.png",
        ]
        expect(files).toEqual(names.map(name => join(folder, name)))
        await publish([1])
        expect(readdirSync(folder).sort()).toEqual([
            "camscript-run.json",
            "frame-000001.png",
        ])
    })

    it("holds 8-bit gray PNGs with exactly the pixels of the frame", async () => {
        await publish([17])

        const file = sharp(join(folder, "frame-000017.png"))
        const { data, info } = await file
            .toColourspace("b-w")
            .raw()
            .toBuffer({ resolveWithObject: true })
        const { channels, depth } = await file.metadata()
        expect({ channels, depth }).toEqual({ channels: 1, depth: "uchar" })
        expect(info).toMatchObject({ width: 16, height: 4, channels: 1 })
        expect([...data]).toEqual([...RAMP.pixels])
    })

    it("gets the same bytes for the same pixels", async () => {
        await publish([1, 2])

        const [first, second] = [1, 2].map(sequence =>
            readFileSync(join(folder, imageName(sequence)))
        )
        expect(first!.equals(second!)).toBe(true)
    })

    it("holds nothing but images and the report afterwards", async () => {
        await publish([3, 1])

        expect(readdirSync(folder).sort()).toEqual([
            "camscript-run.json",
            "frame-000001.png",
            "frame-000003.png",
        ])
    })

    it("loses the images of the run before, and nothing else", async () => {
        await publish([1, 2])
        writeFileSync(join(folder, "notes.txt"), "mine")

        await publish([2, 5])

        expect(readdirSync(folder).sort()).toEqual([
            "camscript-run.json",
            "frame-000002.png",
            "frame-000005.png",
            "notes.txt",
        ])
    })

    it("shows nothing before it is published", async () => {
        const images = new ImageFolder(folder)
        images.open()
        await images.add(1, RAMP)

        expect(
            readdirSync(folder).filter(name => !name.startsWith("."))
        ).toEqual([])
        images.discard()
    })

    it("is gone when the run that made it failed", async () => {
        const images = new ImageFolder(folder)
        images.open()
        await images.add(1, RAMP)
        images.discard()

        expect(readdirSync(parent)).toEqual([])
    })

    it("is as it was when a later run failed", async () => {
        await publish([1])
        const images = new ImageFolder(folder)
        images.open()
        await images.add(2, RAMP)
        images.discard()

        expect(readdirSync(folder).sort()).toEqual([
            "camscript-run.json",
            "frame-000001.png",
        ])
    })

    it("clears away what a killed run left", async () => {
        // Process numbers end at 4,194,304 on Linux and at 99,999 on macOS.
        const abandoned = join(folder, ".camscript-99999999")
        mkdirSync(abandoned, { recursive: true })
        writeFileSync(join(abandoned, "frame-000001.png"), "half")

        await publish([1])

        expect(existsSync(abandoned)).toBe(false)
    })

    it("has what a display showed as its last image, in colour, until a run without one", async () => {
        const rgb = Uint8Array.of(255, 0, 0, 0, 255, 0, 0, 0, 255)
        const images = new ImageFolder(folder)
        images.open()
        await images.addDisplay({ widthPx: 1, heightPx: 3, rgb })
        await images.add(1, RAMP)
        const file = join(folder, "display.png")
        expect(images.files()).toEqual([join(folder, "frame-000001.png"), file])
        images.publish({ files: images.files() })

        const { data, info } = await sharp(file)
            .raw()
            .toBuffer({ resolveWithObject: true })
        expect(info).toMatchObject({ width: 1, height: 3, channels: 3 })
        expect([...data]).toEqual([...rgb])
        await publish([1])
        expect(existsSync(file)).toBe(false)
    })

    it("is refused when it holds frame images of somebody else", () => {
        mkdirSync(folder, { recursive: true })
        writeFileSync(join(folder, "frame-000001.png"), "precious")

        expect(() => new ImageFolder(folder)).toThrow(UsageError)
        expect(() => new ImageFolder(folder)).toThrow(/frame-000001\.png/)
        expect(readFileSync(join(folder, "frame-000001.png"), "utf8")).toBe(
            "precious"
        )
    })

    it("is refused when it is a file", () => {
        const file = join(parent, "file")
        writeFileSync(file, "")

        expect(() => new ImageFolder(file)).toThrow(/is a file/)
    })

    it("is refused when it cannot be made", () => {
        writeFileSync(join(parent, "file"), "")
        const images = new ImageFolder(join(parent, "file", "out"))

        expect(() => images.open()).toThrow(UsageError)
    })
})

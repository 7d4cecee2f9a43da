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
import {
    PictureFolder,
    pictureName,
} from "../../../host/images/image-folder.ts"
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
    parent = mkdtempSync(join(tmpdir(), "camscript-pictures-"))
    folder = join(parent, "made", "out")
})

/** Write one run's pictures. */
async function publish(sequences: readonly number[]): Promise<void> {
    const pictures = new PictureFolder(folder)
    pictures.open()
    for (const sequence of sequences) await pictures.add(sequence, RAMP)
    pictures.publish({ files: pictures.files() })
}

describe("a folder of pictures", () => {
    it("names pictures by sequence number, so that they sort", () => {
        expect(pictureName(17)).toBe("frame-000017.png")
        expect(pictureName(1234567)).toBe("frame-1234567.png")
    })

    it("keeps frames of the same number apart that are of two captures, and replaces both the next time", async () => {
        const pictures = new PictureFolder(folder)
        pictures.open()
        await pictures.add(3, RAMP)
        await pictures.add(3, RAMP, 2)
        await pictures.add(3, RAMP, 2)
        await pictures.add(3, RAMP, 12)
        const files = pictures.files()
        pictures.publish({ files })

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
            readFileSync(join(folder, pictureName(sequence)))
        )
        expect(first!.equals(second!)).toBe(true)
    })

    it("holds nothing but pictures and the report afterwards", async () => {
        await publish([3, 1])

        expect(readdirSync(folder).sort()).toEqual([
            "camscript-run.json",
            "frame-000001.png",
            "frame-000003.png",
        ])
    })

    it("loses the pictures of the run before, and nothing else", async () => {
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
        const pictures = new PictureFolder(folder)
        pictures.open()
        await pictures.add(1, RAMP)

        expect(
            readdirSync(folder).filter(name => !name.startsWith("."))
        ).toEqual([])
        pictures.discard()
    })

    it("is gone when the run that made it failed", async () => {
        const pictures = new PictureFolder(folder)
        pictures.open()
        await pictures.add(1, RAMP)
        pictures.discard()

        expect(readdirSync(parent)).toEqual([])
    })

    it("is as it was when a later run failed", async () => {
        await publish([1])
        const pictures = new PictureFolder(folder)
        pictures.open()
        await pictures.add(2, RAMP)
        pictures.discard()

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

    it("has what a display showed as its last picture, in colour, until a run without one", async () => {
        const rgb = Uint8Array.of(255, 0, 0, 0, 255, 0, 0, 0, 255)
        const pictures = new PictureFolder(folder)
        pictures.open()
        await pictures.addDisplay({ widthPx: 1, heightPx: 3, rgb })
        await pictures.add(1, RAMP)
        const file = join(folder, "display.png")
        expect(pictures.files()).toEqual([
            join(folder, "frame-000001.png"),
            file,
        ])
        pictures.publish({ files: pictures.files() })

        const { data, info } = await sharp(file)
            .raw()
            .toBuffer({ resolveWithObject: true })
        expect(info).toMatchObject({ width: 1, height: 3, channels: 3 })
        expect([...data]).toEqual([...rgb])
        await publish([1])
        expect(existsSync(file)).toBe(false)
    })

    it("is refused when it holds frame pictures of somebody else", () => {
        mkdirSync(folder, { recursive: true })
        writeFileSync(join(folder, "frame-000001.png"), "precious")

        expect(() => new PictureFolder(folder)).toThrow(UsageError)
        expect(() => new PictureFolder(folder)).toThrow(/frame-000001\.png/)
        expect(readFileSync(join(folder, "frame-000001.png"), "utf8")).toBe(
            "precious"
        )
    })

    it("is refused when it is a file", () => {
        const file = join(parent, "file")
        writeFileSync(file, "")

        expect(() => new PictureFolder(file)).toThrow(/is a file/)
    })

    it("is refused when it cannot be made", () => {
        writeFileSync(join(parent, "file"), "")
        const pictures = new PictureFolder(join(parent, "file", "out"))

        expect(() => pictures.open()).toThrow(UsageError)
    })
})

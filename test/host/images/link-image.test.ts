// SPDX-License-Identifier: MIT
import sharp from "sharp"
import { describe, expect, it } from "vitest"
import { jpegSize, linkImageSource } from "../../../host/images/link-image.ts"
import {
    sensibleReduction,
    whyNotSent,
} from "../../../host/targets/board/link-frame.ts"
import { decodeDescriptor } from "../../../protocol/descriptor.ts"

const BAUD = 913_043

function image(format: number, columns: number, rows: number) {
    const descriptor = new Uint8Array(48)
    descriptor[2] = format
    return {
        number: 1,
        reduce: 1,
        columns,
        rows,
        descriptor: decodeDescriptor(descriptor),
        bands: [],
        bytes: new Uint8Array(columns * rows),
    }
}

describe("an image of the link", () => {
    it.each([
        [1, 8, "gray8", "gray8"],
        [2, 4, "rgb565", "rgb565be"],
        [3, 4, "yuv422", "yuyv"],
    ])("of format %i has its pixels", (format, width, name, sent) => {
        expect(linkImageSource(image(format, 8, 3))).toMatchObject({
            width,
            height: 3,
            format: name,
            sent: { format: sent },
        })
    })

    it("that is a JPEG has the size that the file says", async () => {
        const raw = { width: 50, height: 30, channels: 3 as const }
        const create = { ...raw, background: "red" }
        const bytes = await sharp({ create }).jpeg().toBuffer()

        expect(jpegSize(bytes)).toEqual({ width: 50, height: 30 })
        expect(
            linkImageSource({ ...image(4, bytes.length, 1), bytes })
        ).toMatchObject({ width: 50, height: 30, format: "jpeg" })
    })

    it("that is a cut JPEG has no size", () => {
        expect(jpegSize(Uint8Array.of(0xff, 0xd8, 0xff))).toEqual({
            width: 0,
            height: 0,
        })
    })
})

describe("how much of a frame is sent", () => {
    const mode = { format: "gray8", buffers: 2, fps: 120 } as const

    it.each([
        [160 * 120, 1],
        [220 * 220, 2],
        [752 * 480, 4],
        [1600 * 1200, 4],
    ])("%i bytes: each pixel of %i", (bytes, reduce) => {
        expect(sensibleReduction({ ...mode, bytes }, BAUD)).toBe(reduce)
    })

    it("is less when the only buffer gives 480 bytes of each frame", () => {
        const one = { ...mode, bytes: 160 * 120, buffers: 1 }

        expect(sensibleReduction({ ...one, fps: 120 }, BAUD)).toBe(2)
        expect(sensibleReduction({ ...one, fps: 30 }, BAUD)).toBe(4)
    })

    it("is all of a compressed one, which needs two buffers", () => {
        const jpeg = { ...mode, bytes: 100_000, format: "jpeg" } as const

        expect(sensibleReduction(jpeg, BAUD)).toBe(1)
        expect(whyNotSent(jpeg, false)).toBe("")
        expect(whyNotSent({ ...jpeg, buffers: 1 }, false)).toContain(
            "the capture has one"
        )
    })

    it("is nothing of batches of rows", () => {
        expect(whyNotSent(mode, true)).toContain("batches of rows")
    })
})

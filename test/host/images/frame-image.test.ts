// SPDX-License-Identifier: MIT
// What a person sees of a frame: colours and files.

import sharp from "sharp"
import { describe, expect, it } from "vitest"
import { grayImage, imageFile } from "../../../host/images/frame-image.ts"

const SIZE = { width: 2, height: 1 }

async function rgb(
    pixels: number[],
    format: "rgb565be" | "rgb565le" | "yuyv" | "vyuy"
) {
    const frame = {
        ...SIZE,
        pixels: Uint8Array.from(pixels),
        sent: { format },
    } as const
    const { extension, bytes } = await imageFile(frame)
    expect(extension).toBe("png")
    const { data, info } = await sharp(bytes)
        .raw()
        .toBuffer({ resolveWithObject: true })
    expect(info).toMatchObject({ width: 2, height: 1, channels: 3 })
    return [...data]
}

describe("a frame's image", () => {
    it("shows red and blue of RGB565, whichever byte comes first", async () => {
        // red 0xf800, blue 0x001f
        expect(await rgb([0xf8, 0x00, 0x00, 0x1f], "rgb565be")).toEqual([
            255, 0, 0, 0, 0, 255,
        ])
        expect(await rgb([0x00, 0xf8, 0x1f, 0x00], "rgb565le")).toEqual([
            255, 0, 0, 0, 0, 255,
        ])
    })

    it("shows a pair of pixels that share their colour in YUV422", async () => {
        // Y 76, Cb 85, Cr 255: red by BT.601, full range; the second pixel is darker
        expect(await rgb([76, 85, 0, 255], "yuyv")).toEqual([
            254, 0, 0, 178, 0, 0,
        ])
        expect(await rgb([255, 76, 85, 0], "vyuy")).toEqual([
            254, 0, 0, 178, 0, 0,
        ])
    })

    it("is the sensor's file when the sensor compressed it", async () => {
        const jpeg = await sharp({
            create: {
                width: 16,
                height: 8,
                channels: 3,
                background: "#808080",
            },
        })
            .jpeg()
            .toBuffer()
        const frame = {
            width: 16,
            height: 8,
            pixels: jpeg,
            sent: { format: "jpeg" },
        } as const

        expect(await imageFile(frame)).toEqual({
            extension: "jpg",
            bytes: jpeg,
        })
        const gray = await grayImage(frame)
        expect([gray.width, gray.height]).toEqual([16, 8])
        expect(Math.abs(gray.pixels[0]! - 128)).toBeLessThanOrEqual(1)
    })

    it("shows the memory of a display in RGB565, low byte first, also when the sensor sent gray", async () => {
        const frame = {
            width: 2,
            height: 1,
            pixels: Uint8Array.of(0xff, 0xff, 0x10, 0x84),
            format: "rgb565",
            sent: {},
        } as const

        const { bytes } = await imageFile(frame)
        const data = await sharp(bytes).raw().toBuffer()
        expect([...data]).toEqual([255, 255, 255, 132, 130, 132])
        expect((await grayImage(frame)).width).toBe(2)
    })
})

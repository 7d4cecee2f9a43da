// SPDX-License-Identifier: MIT
// A frame's bytes onto a canvas of its size.

import type { ViewFrame } from "../messages/frame-message.ts"

/** Gray level to a pixel of little-endian RGBA. */
const GRAY = new Uint32Array(256).map(
    (_, level) => 0xff000000 | (level * 0x010101)
)

let image: ImageData | undefined

/** Draw it; JPEG is decoded by the browser, which takes a moment. */
export async function paint(
    frame: ViewFrame,
    canvas: HTMLCanvasElement
): Promise<void> {
    const bitmap =
        frame.format === "jpeg"
            ? await createImageBitmap(
                  new Blob([frame.bytes as Uint8Array<ArrayBuffer>], {
                      type: "image/jpeg",
                  })
              )
            : undefined
    const { width, height } = bitmap ?? frame
    if (canvas.width !== width || canvas.height !== height) {
        canvas.width = width
        canvas.height = height
    }
    const context = canvas.getContext("2d", { willReadFrequently: true })!
    if (bitmap) {
        context.drawImage(bitmap, 0, 0)
        bitmap.close()
        return
    }
    if (image?.width !== width || image.height !== height)
        image = new ImageData(width, height)
    fill(image, frame)
    context.putImageData(image, 0, 0)
}

function fill({ data }: ImageData, { bytes, format }: ViewFrame): void {
    const words = new Uint32Array(data.buffer)
    if (format === "gray8")
        for (let i = 0; i < words.length; i++) words[i] = GRAY[bytes[i]!]!
    else
        for (let i = 0, at = 0; i < words.length; i++, at += 3)
            words[i] =
                0xff000000 |
                (bytes[at + 2]! << 16) |
                (bytes[at + 1]! << 8) |
                bytes[at]!
}

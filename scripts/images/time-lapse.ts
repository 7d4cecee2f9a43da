// SPDX-License-Identifier: MIT
// example-time-lapse.jpg: the contact sheet of a day, from the JPEGs that the sensor made.

import sharp from "sharp"
import { simulate } from "../../sim/testing.ts"
import { COLOURS, imageOfPng, MARGIN, saveImage, text } from "./svg-image.ts"

const COLUMNS = 4
const IMAGES = 12
const TILE = { width: 272, height: 204 }
const GAP = 21
const CAPTION = 26

export async function timeLapseImage(): Promise<void> {
    const { frames } = await simulate({
        app: "src/examples/time-lapse.ts",
        sensor: "ov2640",
        scene: "day",
        seconds: 57,
    })
    const parts: string[] = []
    for (const [index, { pixels, endUs }] of frames
        .slice(0, IMAGES)
        .entries()) {
        const x = MARGIN + (index % COLUMNS) * (TILE.width + GAP)
        const y =
            MARGIN + Math.floor(index / COLUMNS) * (TILE.height + CAPTION + 8)
        const png = await sharp(pixels)
            .resize(TILE.width, TILE.height)
            .png()
            .toBuffer()
        const kilobytes = (pixels.length / 1000).toFixed(1)
        parts.push(
            imageOfPng(png, { x, y, ...TILE }),
            text(
                x,
                y + TILE.height + 18,
                `${(endUs / 1e6).toFixed(1)} s <tspan fill="${COLOURS.dim}">640x480, ${kilobytes} KB</tspan>`,
                `fill="${COLOURS.text}" font-size="14"`
            )
        )
    }
    const rows = IMAGES / COLUMNS
    await saveImage(
        "example-time-lapse.jpg",
        {
            width: 2 * MARGIN + COLUMNS * TILE.width + (COLUMNS - 1) * GAP,
            height: 2 * MARGIN + rows * (TILE.height + CAPTION + 8) - 8,
        },
        parts
    )
}

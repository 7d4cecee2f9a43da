// SPDX-License-Identifier: MIT
// run.png, the README's first image: the sensor's field, and the window of it that was captured.

import sharp from "sharp"
import { photoScene } from "../../sim/scene/photo.ts"
import { simulate, type SimulateResult } from "../../sim/testing.ts"
import { imageFile } from "./image-file.ts"

const FIELD = { width: 752, height: 480 }
const SCENE = photoScene(FIELD)
const MARGIN = 16
const CAPTION = 44

/** Left: the sensor's field, dimmed around the window. Right: the last captured frame, enlarged. */
export async function runImage(): Promise<void> {
    const run = await simulate({
        scene: SCENE,
        window: { width: 220, height: 220, x: 276, y: 100 },
        fps: 120,
        frames: 60,
    })
    const frame = run.frames.at(-1)!
    const side = FIELD.height
    const field = sharp(Buffer.from(SCENE.at(0).luma), {
        raw: { ...FIELD, channels: 1 },
    }).toColourspace("srgb")
    const captured = sharp(frame.pixels, {
        raw: { width: frame.width, height: frame.height, channels: 1 },
    })
        .resize(side, side, { kernel: "nearest" })
        .toColourspace("srgb")
    const width = FIELD.width + side + 3 * MARGIN
    const height = FIELD.height + CAPTION + MARGIN
    await sharp({
        create: { width, height, channels: 3, background: "#ffffff" },
    })
        .composite([
            { input: await field.png().toBuffer(), left: MARGIN, top: MARGIN },
            {
                input: await captured.png().toBuffer(),
                left: FIELD.width + 2 * MARGIN,
                top: MARGIN,
            },
            {
                input: Buffer.from(overlay(run, width, height)),
                left: 0,
                top: 0,
            },
        ])
        .png({ palette: true })
        .toFile(imageFile("run.png"))
}

function overlay(run: SimulateResult, width: number, height: number): string {
    const { x, y, width: w, height: h } = run.mode!.window
    const left = MARGIN + x
    const top = MARGIN + y
    const field = `M${MARGIN} ${MARGIN}h${FIELD.width}v${FIELD.height}h-${FIELD.width}z`
    const bytes = run.mode!.storedBytesPerFrame.toLocaleString("en")
    const base = FIELD.height + MARGIN + 28
    return `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}">
        <path d="${field}M${left} ${top}v${h}h${w}v-${h}z" fill="#ffffff" fill-opacity="0.6"/>
        <rect x="${left}" y="${top}" width="${w}" height="${h}" fill="none" stroke="#d03030" stroke-width="2"/>
        <g font-family="sans-serif" font-size="18" fill="#202020">
            <text x="${MARGIN}" y="${base}">the sensor's field, 752x480: 360,960 bytes, 60 fps</text>
            <text x="${FIELD.width + 2 * MARGIN}" y="${base}">the window, ${w}x${h}: ${bytes} bytes, ${run.fps!.toFixed(1)} fps</text>
        </g>
    </svg>`
}

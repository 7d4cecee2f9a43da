// SPDX-License-Identifier: MIT
// Makes the pictures of README and docs from real runs: `npm run pictures`.

import { join } from "node:path"
import sharp from "sharp"
import { projectRoot } from "../sim/paths.ts"
import { photoScene } from "../sim/scene/photo.ts"
import { simulate, type SimulateResult } from "../sim/testing.ts"

const FIELD = { width: 752, height: 480 }
const SCENE = photoScene(FIELD)
const WINDOW = { width: 220, height: 220, x: 276, y: 100 }
const MARGIN = 16
const CAPTION = 44

const result = await simulate({
    scene: SCENE,
    window: WINDOW,
    fps: 120,
    frames: 60,
})
await runPicture(result, join(projectRoot, "docs", "pictures", "run.png"))

/** Left: the sensor's field, dimmed around the window. Right: the last captured frame, enlarged. */
async function runPicture(run: SimulateResult, file: string): Promise<void> {
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
        .toFile(file)
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

// SPDX-License-Identifier: MIT
// example-follow.png: the field with the target's true path, where the window was each second, and what it captured.

import { TargetScene } from "../../sim/scene/target.ts"
import { simulate } from "../../sim/testing.ts"
import { COLOURS, frame, image, MARGIN, saveImage, text } from "./svg-image.ts"

const FIELD = { width: 752, height: 480 }
/** The path closes. */
const SECONDS = 12
const TILE = 108
const COLUMNS = 3

export async function followImage(): Promise<void> {
    const scene = new TargetScene(FIELD, "photo")
    const { frames, fps } = await simulate({
        app: "src/examples/follow-the-bright.ts",
        scene: "target:photo",
        seconds: SECONDS + 0.2,
    })
    const shown = Array.from({ length: SECONDS }, (_, i) => {
        const atUs = (i + 0.2) * 1e6
        return frames.find(({ endUs }) => endUs >= atUs)!
    })

    const x0 = MARGIN
    const y0 = MARGIN
    const field = { x: x0, y: y0, ...FIELD }
    const parts = [
        await image({ bytes: scene.at(0).luma, ...FIELD }, field),
        truePath(scene),
        ...frames
            .filter((_, i) => i % 15 === 0)
            .map(({ window }) => {
                const x = x0 + window.x + window.width / 2
                const y = y0 + window.y + window.height / 2
                return `<circle cx="${x}" cy="${y}" r="3" fill="${COLOURS.cyan}"/>`
            }),
    ]
    const right = x0 + FIELD.width + MARGIN
    const gapX = (1200 - MARGIN - right - COLUMNS * TILE) / (COLUMNS - 1)
    const rows = SECONDS / COLUMNS
    const gapY = (FIELD.height - rows * TILE) / (rows - 1)
    for (const [index, { window, pixels }] of shown.entries()) {
        const number = `${index + 1}`
        const { x, y, width, height } = window
        const box = { x: x0 + x, y: y0 + y, width, height }
        const tile = {
            x: right + (index % COLUMNS) * (TILE + gapX),
            y: y0 + Math.floor(index / COLUMNS) * (TILE + gapY),
            width: TILE,
            height: TILE,
        }
        const label = `fill="${COLOURS.cyan}" font-size="14" font-weight="bold"`
        parts.push(
            frame(box, COLOURS.cyan),
            text(box.x + 5, box.y + 16, number, label),
            await image({ bytes: pixels, width, height }, tile),
            frame(tile, COLOURS.cyan),
            text(tile.x + 6, tile.y + 18, number, label)
        )
    }
    const base = y0 + FIELD.height + 28
    parts.push(
        frame(field, COLOURS.grid, 1),
        text(
            x0,
            base,
            `<tspan fill="${COLOURS.yellow}">the target's true path</tspan>, <tspan fill="${COLOURS.cyan}">the window once a second</tspan> and its middle ten times, on a field of 360,960 bytes`
        ),
        text(
            right,
            base,
            `what was captured: 9,216 bytes, ${fps!.toFixed(0)} fps`
        )
    )
    await saveImage(
        "example-follow.png",
        { width: 1200, height: base + 20 },
        parts
    )
}

function truePath(scene: TargetScene): string {
    const points = Array.from({ length: 601 }, (_, i) => {
        const { x, y } = scene.positionAt((i / 600) * SECONDS * 1e9)
        return `${(MARGIN + x).toFixed(1)},${(MARGIN + y).toFixed(1)}`
    })
    return `<polyline points="${points.join(" ")}" fill="none" stroke="${COLOURS.yellow}" stroke-width="2.5"/>`
}

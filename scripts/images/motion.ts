// SPDX-License-Identifier: MIT
// example-motion.png: somebody on the field, and beside it how far each band's mean is from usual, sweep by sweep.

import { VisitorScene } from "../../sim/scene/visitor.ts"
import { simulate } from "../../sim/testing.ts"
import { COLOURS, frame, image, MARGIN, saveImage, text } from "./svg-image.ts"

const FIELD = { width: 752, height: 480 }
const BAND_ROWS = 40
const BANDS = FIELD.height / BAND_ROWS
const SECONDS = 4
/** Somebody is in the middle of the field. */
const SHOWN_S = 2.2
/** Gray levels of change that are drawn brightest. */
const FULL = 6
const SHADES = 8

export async function motionImage(): Promise<void> {
    const scene = new VisitorScene(FIELD, 1)
    const { frames, console } = await simulate({
        app: "src/examples/motion.ts",
        scene: "visitor",
        seconds: SECONDS,
    })
    const told = (what: string): RegExpExecArray =>
        console
            .map(line =>
                new RegExp(`^frame (\\d+): ${what}.* (\\d+)\\.\\.(\\d+)$`).exec(
                    line
                )
            )
            .find(match => match !== null)!
    const [began, ended] = [told("motion"), told("still")]
    const secondsOf = ([, sequence]: RegExpExecArray) =>
        frames.find(each => each.sequence === Number(sequence))!.endUs / 1e6
    const [top, bottom] = [Number(ended[2]), Number(ended[3]) + 1]

    const x0 = MARGIN
    const y0 = MARGIN
    const field = { x: x0, y: y0, ...FIELD }
    const chart = {
        x: x0 + FIELD.width + MARGIN,
        y: y0,
        width: 1200 - FIELD.width - 3 * MARGIN,
        height: FIELD.height,
    }
    const toX = (seconds: number) => chart.x + (seconds / SECONDS) * chart.width
    const usual = new Map<number, number>()
    const cells = frames.map(({ pixels, window, endUs }) => {
        const mean =
            pixels.reduce((sum, level) => sum + level, 0) / pixels.length
        if (!usual.has(window.y)) usual.set(window.y, mean)
        const change = Math.abs(mean - usual.get(window.y)!) / FULL
        const width = (BANDS / 96 / SECONDS) * chart.width
        return `<rect x="${(toX(endUs / 1e6) - width).toFixed(1)}" y="${y0 + window.y}" width="${(width + 0.5).toFixed(1)}" height="${BAND_ROWS}" fill="${COLOURS.yellow}" fill-opacity="${Math.round(SHADES * Math.min(1, change)) / SHADES}"/>`
    })
    const bands = Array.from({ length: BANDS - 1 }, (_, i) => {
        const y = y0 + (i + 1) * BAND_ROWS
        return `<path d="M${x0} ${y}h${FIELD.width}M${chart.x} ${y}h${chart.width}" stroke="${COLOURS.text}" stroke-opacity="0.18"/>`
    })
    const motion = {
        x: toX(secondsOf(began)),
        y: y0 + top,
        width: toX(secondsOf(ended)) - toX(secondsOf(began)),
        height: bottom - top,
    }
    const base = y0 + FIELD.height + 20
    const dim = `fill="${COLOURS.dim}" font-size="13"`
    await saveImage("example-motion.png", { width: 1200, height: base + 50 }, [
        await image({ bytes: scene.at(SHOWN_S * 1e9).luma, ...FIELD }, field),
        `<rect x="${chart.x}" y="${chart.y}" width="${chart.width}" height="${chart.height}" fill="#000000"/>`,
        ...cells,
        ...bands,
        frame(field, COLOURS.grid, 1),
        frame(chart, COLOURS.grid, 1),
        frame(motion, COLOURS.cyan, 2.5),
        text(
            motion.x + 8,
            motion.y - 10,
            `motion, rows ${top} to ${bottom - 1}`,
            `fill="${COLOURS.cyan}" font-weight="bold"`
        ),
        frame(
            {
                x: x0,
                y: y0 + top,
                width: FIELD.width,
                height: bottom - top,
            },
            COLOURS.cyan,
            2.5
        ),
        ...[0, 1, 2, 3, 4].map(seconds =>
            text(
                toX(seconds),
                base,
                seconds === SECONDS ? `${seconds} s` : `${seconds}`,
                `${dim} text-anchor="${seconds === SECONDS ? "end" : seconds === 0 ? "start" : "middle"}"`
            )
        ),
        text(
            x0,
            base + 28,
            "the field in 12 bands of 40 rows, one frame of 30,080 bytes for each"
        ),
        text(
            chart.x,
            base + 28,
            `<tspan fill="${COLOURS.yellow}">change of each band's mean</tspan>, <tspan fill="${COLOURS.cyan}">what was said</tspan>`
        ),
    ])
}

// SPDX-License-Identifier: MIT
// Draws signals as an oscilloscope would: channels under each other, a time axis in divisions, notes below.

import { highIntervals, type Interval } from "./intervals.ts"
import {
    drawMark,
    drawSpan,
    type ScopeMark,
    type ScopeSpan,
} from "./scope-notes.ts"
import { INK, pixel, SCREEN, svgText, type ToX } from "./scope-screen.ts"
import type { Change } from "./signal-trace.ts"

export interface ScopeChannel {
    readonly label: string
    /** A second line under the label. */
    readonly detail?: string
    /** Any CSS colour that reads on black. */
    readonly colour: string
    readonly changes: readonly Change[]
}

/** One screen. Spans and marks must lie on it. */
export interface ScopePanel {
    readonly title: string
    readonly startNs: number
    readonly endNs: number
    /** Time 0 of the axis. */
    readonly originNs: number
    readonly channels: readonly ScopeChannel[]
    readonly spans?: readonly ScopeSpan[]
    readonly marks?: readonly ScopeMark[]
}

/** Pulses with a shorter pause than this between them are drawn as one hatched block. */
const BLOCK_PX = 4

/** A screen has at least so many divisions. */
const DIVISIONS_MIN = 6

const HATCH = `<defs><pattern id="pulses" width="4" height="8" patternUnits="userSpaceOnUse"><rect width="2" height="8" fill="${INK.screen}"/></pattern></defs>`

/**
 * Draw screens under each other.
 * @returns a self-contained SVG document; the same input gives the same text
 */
export function scopeSvg(title: string, panels: readonly ScopePanel[]): string {
    const { width, margin, titleHeight } = SCREEN
    const drawn: string[] = []
    let top: number = titleHeight
    for (const panel of panels) {
        drawn.push(drawPanel(panel, top + SCREEN.panelTitleHeight))
        top += SCREEN.panelTitleHeight + screenHeight(panel) + SCREEN.axisHeight
    }
    const height = top + margin / 2
    return [
        `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" font-family="DejaVu Sans, Verdana, sans-serif" font-size="13">`,
        HATCH,
        `<rect width="${width}" height="${height}" rx="10" fill="${INK.case}"/>`,
        svgText(
            margin,
            36,
            title,
            `fill="${INK.text}" font-size="19" font-weight="bold"`
        ),
        ...drawn,
        "</svg>",
        "",
    ].join("\n")
}

function screenHeight({
    channels,
    spans = [],
    marks = [],
}: ScopePanel): number {
    const notes = spans.length + marks.length
    return (
        channels.length * SCREEN.channelHeight + notes * SCREEN.noteHeight + 8
    )
}

function drawPanel(panel: ScopePanel, top: number): string {
    const { channels, startNs, endNs, spans = [], marks = [] } = panel
    const scale = (SCREEN.right - SCREEN.left) / (endNs - startNs)
    const toX: ToX = timeNs => SCREEN.left + (timeNs - startNs) * scale
    const notesTop = top + channels.length * SCREEN.channelHeight
    const place = (index: number) => ({
        toX,
        top,
        y: notesTop + (index + 0.5) * SCREEN.noteHeight,
    })
    return [
        ...axis(panel, top, toX),
        ...channels.map((channel, index) =>
            drawChannel(
                channel,
                highIntervals(channel.changes, startNs, endNs),
                top + index * SCREEN.channelHeight,
                toX
            )
        ),
        ...marks.map((mark, index) => drawMark(mark, place(index))),
        ...spans.map((span, index) =>
            drawSpan(span, place(marks.length + index))
        ),
    ].join("\n")
}

/** The screen, its title, its divisions and their times. */
function axis(panel: ScopePanel, top: number, toX: ToX): string[] {
    const { left, right } = SCREEN
    const bottom = top + screenHeight(panel)
    const { stepNs, decimals } = division(panel.endNs - panel.startNs)
    const ms = (ns: number) => (ns / 1e6).toFixed(decimals)
    const title = `fill="${INK.text}" font-size="14"`
    const drawn = [
        `<rect x="${left}" y="${top}" width="${right - left}" height="${bottom - top}" fill="${INK.screen}" stroke="${INK.grid}"/>`,
        svgText(left, top - 9, panel.title, title),
        svgText(
            right,
            top - 9,
            `${ms(stepNs)} ms per division`,
            `${title} text-anchor="end"`
        ),
    ]
    const first = Math.ceil((panel.startNs - panel.originNs) / stepNs)
    const last = Math.floor((panel.endNs - panel.originNs) / stepNs)
    for (let count = first; count <= last; count++) {
        const x = toX(panel.originNs + count * stepNs)
        drawn.push(
            `<path d="M${pixel(x)} ${top}V${bottom}" stroke="${INK.grid}"/>`,
            svgText(
                x,
                bottom + 18,
                count === last
                    ? `${ms(count * stepNs)} ms`
                    : ms(count * stepNs),
                `fill="${INK.dim}" text-anchor="middle"`
            )
        )
    }
    return drawn
}

/** Steps of 1, 2 or 5, as the knob of a scope has them. */
function division(rangeNs: number): { stepNs: number; decimals: number } {
    const largest = rangeNs / DIVISIONS_MIN
    const exponent = Math.floor(Math.log10(largest))
    const stepNs = [5, 2, 1]
        .map(digit => digit * 10 ** exponent)
        .find(step => step <= largest)!
    // Of ms, whose last digit is the 6th of ns.
    return { stepNs, decimals: Math.max(0, 6 - exponent) }
}

function drawChannel(
    { colour, label, detail }: ScopeChannel,
    high: readonly Interval[],
    top: number,
    toX: ToX
): string {
    const { left, channelHeight, traceHeight } = SCREEN
    const lowY = top + (channelHeight + traceHeight) / 2
    const blocks = joined(
        high.map(({ from, to }) => ({ from: toX(from), to: toX(to) }))
    )
    const labelX = left - 14
    const drawn = [
        svgText(
            labelX,
            lowY - (detail === undefined ? 14 : 22),
            label,
            `fill="${colour}" font-weight="bold" text-anchor="end"`
        ),
        ...blocks.map(block => filled(block, lowY - traceHeight, colour)),
        `<path d="${outline(blocks, lowY)}" fill="none" stroke="${colour}" stroke-width="1.6"/>`,
    ]
    if (detail !== undefined)
        drawn.push(
            svgText(
                labelX,
                lowY - 5,
                detail,
                `fill="${INK.dim}" font-size="11" text-anchor="end"`
            )
        )
    return drawn.join("\n")
}

/** The beam's way over the screen; a level that lasts over an edge of the screen has no flank there. */
function outline(blocks: readonly Block[], lowY: number): string {
    const { left, right, traceHeight } = SCREEN
    const highY = lowY - traceHeight
    let way = ""
    for (const { from, to } of blocks) {
        if (from <= left) way = `M${left} ${highY}`
        else {
            if (way === "") way = `M${left} ${lowY}`
            way += `H${pixel(from)}V${highY}`
        }
        way += to >= right ? `H${right}` : `H${pixel(to)}V${lowY}`
    }
    const ended = (blocks.at(-1)?.to ?? left) >= right
    return (way || `M${left} ${lowY}`) + (ended ? "" : `H${right}`)
}

interface Block extends Interval {
    readonly pulses: number
}

/** Short pulses that are too near to be drawn apart become one block; between long ones a gap is a line. */
function joined(pulses: readonly Interval[]): Block[] {
    const blocks: Block[] = []
    for (const { from, to } of pulses) {
        const last = blocks.at(-1)
        const short =
            last &&
            to - from < BLOCK_PX &&
            (last.pulses > 1 || last.to - last.from < BLOCK_PX)
        if (short && from - last.to < BLOCK_PX)
            blocks[blocks.length - 1] = {
                from: last.from,
                to,
                pulses: last.pulses + 1,
            }
        else blocks.push({ from, to, pulses: 1 })
    }
    return blocks
}

function filled(
    { from, to, pulses }: Block,
    top: number,
    colour: string
): string {
    const box = `x="${pixel(from)}" y="${top}" width="${pixel(to - from)}" height="${SCREEN.traceHeight}"`
    const many = pulses > 1
    const fill = `<rect ${box} fill="${colour}" fill-opacity="${many ? 0.5 : 0.18}"/>`
    return many ? `${fill}<rect ${box} fill="url(#pulses)"/>` : fill
}

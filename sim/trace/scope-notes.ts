// SPDX-License-Identifier: MIT
// What is written on the scope image: measured times with arrows, and moments.

import { INK, pixel, SCREEN, svgText, type ToX } from "./scope-screen.ts"

/** A measured time: a double arrow with a label. */
export interface ScopeSpan {
    readonly fromNs: number
    readonly toNs: number
    readonly label: string
}

/** A moment: a dashed line through all channels with a label. */
export interface ScopeMark {
    readonly timeNs: number
    readonly label: string
}

/** Where a note is drawn: below the channels, on a line of its own. */
export interface NotePlace {
    readonly toX: ToX
    /** Upper edge of the screen: the dashed lines start there. */
    readonly top: number
    /** Middle of the note's line. */
    readonly y: number
}

/** Of the mean letter, px: no font is at hand to measure with. */
const LETTER_WIDTH = 7

const HEAD = 7

export function drawMark(mark: ScopeMark, place: NotePlace): string {
    const x = place.toX(mark.timeNs)
    return [
        dashed(x, place),
        beside({ left: x, right: x }, place.y, mark.label),
    ].join("\n")
}

export function drawSpan(span: ScopeSpan, place: NotePlace): string {
    const left = place.toX(span.fromNs)
    const right = place.toX(span.toNs)
    const inside = widthOf(span.label) + 4 * HEAD < right - left
    return [
        dashed(left, place),
        dashed(right, place),
        arrow(left, right, place.y),
        inside
            ? boxed((left + right) / 2, place.y, span.label, "middle")
            : beside({ left, right }, place.y, span.label),
    ].join("\n")
}

function arrow(left: number, right: number, y: number): string {
    const head = pixel(Math.min(HEAD, (right - left) / 2))
    const ends = `m-${head} -4l${head} 4l-${head} 4M${pixel(left)} ${y}m${head} -4l-${head} 4l${head} 4`
    return `<path d="M${pixel(left)} ${y}H${pixel(right)}${ends}" fill="none" stroke="${INK.note}" stroke-width="1.3"/>`
}

function dashed(x: number, { top, y }: NotePlace): string {
    return `<path d="M${pixel(x)} ${top}V${y + 6}" stroke="${INK.note}" stroke-opacity="0.55" stroke-dasharray="3 4"/>`
}

/** A label right of what it is about, or left of it where the screen ends. */
function beside(
    { left, right }: { left: number; right: number },
    y: number,
    label: string
): string {
    const fits = right + widthOf(label) + 10 < SCREEN.right
    return fits
        ? boxed(right + 10, y, label, "start")
        : boxed(left - 10, y, label, "end")
}

type Anchor = "start" | "middle" | "end"

/** A label with the screen's colour behind it, so that no line runs through the words. */
function boxed(x: number, y: number, label: string, anchor: Anchor): string {
    const width = widthOf(label)
    const shift = { start: 0, middle: width / 2, end: width }[anchor]
    const left = Math.max(SCREEN.left + 1, x - shift)
    return (
        `<rect x="${pixel(left)}" y="${y - 9}" width="${pixel(x - shift + width - left)}" height="18" fill="${INK.screen}"/>` +
        svgText(x, y + 4.5, label, `fill="${INK.note}" text-anchor="${anchor}"`)
    )
}

function widthOf(label: string): number {
    return label.length * LETTER_WIDTH
}

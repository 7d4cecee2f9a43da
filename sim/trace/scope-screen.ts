// SPDX-License-Identifier: MIT
// Sizes, colours and text of the scope image.

/** Pixels of the drawing. */
export const SCREEN = {
    width: 1200,
    margin: 24,
    left: 210,
    right: 1176,
    titleHeight: 56,
    panelTitleHeight: 30,
    channelHeight: 66,
    traceHeight: 38,
    noteHeight: 28,
    axisHeight: 40,
} as const

export const INK = {
    text: "#e8e8e8",
    dim: "#9aa4ae",
    grid: "#2c343c",
    note: "#ffffff",
    screen: "#000000",
    case: "#14181c",
} as const

/** Turns a time, ns, into a place on the screen. */
export type ToX = (timeNs: number) => number

/** Where a text is anchored, and whatever else SVG says about it. */
export function svgText(
    x: number,
    y: number,
    words: string,
    attributes: string
): string {
    return `<text x="${pixel(x)}" y="${pixel(y)}" ${attributes}>${escaped(words)}</text>`
}

/** Tenths of a pixel: the same text on each machine. */
export function pixel(value: number): string {
    return Number(value.toFixed(1)).toString()
}

function escaped(words: string): string {
    return words
        .replace(/&/g, "&amp;")
        .replace(/</g, "&lt;")
        .replace(/>/g, "&gt;")
}

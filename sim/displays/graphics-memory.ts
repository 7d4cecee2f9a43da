// SPDX-License-Identifier: MIT
// The memory of an LCD controller, and the window through which pixels are written one after the other.

import type { FilledWindow, LcdImage } from "./lcd-controller.ts"

/** First and last column and row, as the program counts them. */
export interface LcdWindow {
    left: number
    right: number
    top: number
    bottom: number
}

/** Where a pixel of the program's coordinates lies in the memory. */
export interface LcdOrientation {
    /** MY, MX, MV: rows mirrored, columns mirrored, rows and columns exchanged. */
    readonly mirrorRows: boolean
    readonly mirrorColumns: boolean
    readonly exchange: boolean
}

const UPRIGHT: LcdOrientation = {
    mirrorRows: false,
    mirrorColumns: false,
    exchange: false,
}

/** A pixel of 8 bits each: red in bits 23:16, green, blue. */
export type Rgb = number

/** Five or six bits become eight: the upper bits are repeated below, so that full is 255. */
export function rgbOf565(pixel: number): Rgb {
    const red = (pixel >> 11) & 31
    const green = (pixel >> 5) & 63
    const blue = pixel & 31
    return (
        (((red << 3) | (red >> 2)) << 16) |
        (((green << 2) | (green >> 4)) << 8) |
        ((blue << 3) | (blue >> 2))
    )
}

/** 16 bits of a pixel. */
export function rgb565Of(pixel: Rgb): number {
    return (
        ((pixel >> 8) & 0xf800) | ((pixel >> 5) & 0x07e0) | ((pixel >> 3) & 31)
    )
}

export class GraphicsMemory {
    pixels = 0
    orientation: LcdOrientation = UPRIGHT
    window: LcdWindow
    /** The next pixel, in the program's coordinates. */
    x = 0
    y = 0
    /** From one pixel to the next: 1 or -1. */
    stepX = 1
    stepY = 1
    /** The next pixel is below or above, not beside. */
    columnsFirst = false
    private readonly memory: Uint32Array
    private readonly filled = new Map<string, FilledWindow>()
    /** Pixels since the window's first. */
    private inWindow = 0

    /** @param widthPx, heightPx of the memory, upright */
    constructor(
        private readonly widthPx: number,
        private readonly heightPx: number
    ) {
        this.memory = new Uint32Array(widthPx * heightPx)
        this.window = this.whole()
    }

    /** The memory keeps its content. */
    reset(): void {
        this.orientation = UPRIGHT
        this.window = this.whole()
        this.columnsFirst = false
        this.stepX = this.stepY = 1
        this.home()
    }

    /** Columns and rows as the program counts them. */
    get columns(): number {
        return this.orientation.exchange ? this.heightPx : this.widthPx
    }

    get rows(): number {
        return this.orientation.exchange ? this.widthPx : this.heightPx
    }

    /** The next pixel is the window's first. */
    home(): void {
        this.moveTo(this.window.left, this.window.top)
    }

    moveTo(x: number, y: number): void {
        this.x = x
        this.y = y
        this.inWindow = 0
    }

    /** Write the next pixel; outside of the memory it is lost. */
    write(pixel: Rgb): void {
        const at = this.indexOf(this.x, this.y)
        if (at !== undefined) this.memory[at] = pixel
        this.pixels++
        const { left, right, top, bottom } = this.window
        const area = (right - left + 1) * (bottom - top + 1)
        if (++this.inWindow === area) this.countFilled()
        this.advance()
    }

    /** Read the next pixel. */
    read(): Rgb {
        const pixel = this.at(this.x, this.y)
        this.advance()
        return pixel
    }

    filledWindows(): readonly FilledWindow[] {
        return [...this.filled.values()]
    }

    /** All of it in the order in which the program writes it: its first pixel top left, the second beside it. */
    image(): LcdImage {
        const { columns, rows, columnsFirst, stepX, stepY } = this
        const widthPx = columnsFirst ? rows : columns
        const heightPx = columnsFirst ? columns : rows
        const rgb = new Uint8Array(widthPx * heightPx * 3)
        for (let v = 0, out = 0; v < heightPx; v++)
            for (let u = 0; u < widthPx; u++) {
                const x = columnsFirst ? v : u
                const y = columnsFirst ? u : v
                const pixel = this.at(
                    stepX > 0 ? x : columns - 1 - x,
                    stepY > 0 ? y : rows - 1 - y
                )
                rgb[out++] = pixel >> 16
                rgb[out++] = pixel >> 8
                rgb[out++] = pixel
            }
        return { widthPx, heightPx, rgb }
    }

    private whole(): LcdWindow {
        return {
            left: 0,
            right: this.widthPx - 1,
            top: 0,
            bottom: this.heightPx - 1,
        }
    }

    private at(x: number, y: number): Rgb {
        const at = this.indexOf(x, y)
        return at === undefined ? 0 : this.memory[at]!
    }

    private indexOf(x: number, y: number): number | undefined {
        const { exchange, mirrorColumns, mirrorRows } = this.orientation
        const { widthPx, heightPx } = this
        const column = exchange ? y : x
        const row = exchange ? x : y
        if (column < 0 || column >= widthPx || row < 0 || row >= heightPx)
            return undefined
        return (
            (mirrorRows ? heightPx - 1 - row : row) * widthPx +
            (mirrorColumns ? widthPx - 1 - column : column)
        )
    }

    private advance(): void {
        if (this.columnsFirst) {
            if (this.advanceY()) this.advanceX()
        } else if (this.advanceX()) this.advanceY()
    }

    /** @returns whether it begins again at the window's other side */
    private advanceX(): boolean {
        const { x, stepX } = this
        const { left, right } = this.window
        const wraps = x === (stepX > 0 ? right : left)
        this.x = wraps ? (stepX > 0 ? left : right) : x + stepX
        return wraps
    }

    private advanceY(): boolean {
        const { y, stepY } = this
        const { top, bottom } = this.window
        const wraps = y === (stepY > 0 ? bottom : top)
        this.y = wraps ? (stepY > 0 ? top : bottom) : y + stepY
        return wraps
    }

    private countFilled(): void {
        this.inWindow = 0
        const { left, right, top, bottom } = this.window
        const widthPx = right - left + 1
        const heightPx = bottom - top + 1
        const key = `${widthPx}x${heightPx}`
        const count = (this.filled.get(key)?.count ?? 0) + 1
        this.filled.set(key, { widthPx, heightPx, count })
    }
}

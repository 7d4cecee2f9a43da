// SPDX-License-Identifier: MIT
// A landscape in the noise of a sensor, through which somebody walks now and then: something to notice.

import { photoScene } from "./photo.ts"
import { mix32 } from "./random.ts"
import type { Field, Scene } from "./scene.ts"
import type { Size } from "../../protocol/capture.ts"

/** Where somebody is, pixels of the field; right and bottom are the last column and row. */
export interface Visitor {
    readonly left: number
    readonly right: number
    readonly top: number
    readonly bottom: number
}

/** Gray level of the visitor at the reference exposure. */
export const VISITOR_LEVEL = 30
/** Standard deviation of each pixel from frame to frame, gray levels at the reference exposure. */
export const VISITOR_NOISE_SD = 2

/** A visit in each period; it begins so long after the period's start, with the first column on the field. */
export const VISIT_PERIOD_NS = 4e9
export const VISIT_START_NS = 1.5e9
export const VISIT_NS = 1.5e9

/** Height and width of the visitor, and the ground under it, in heights of the field. */
const HEIGHT = 0.31
const WIDTH = 0.11
const GROUND = 0.93

/** Of one draw: uniform bytes have 73.9, the mean of two 52.3. */
const DRAW_SD = 52.26
/** Noise that the rows take their pieces from: longer than a row of any sensor by so much. */
const NOISE_DRAWS = 1 << 16

export class VisitorScene implements Scene {
    readonly name = "visitor"
    readonly still = false
    private readonly background: Uint8Array
    private readonly field: Field
    private readonly noise: Int8Array
    private drawnNs = -1

    constructor(
        private readonly size: Size,
        private readonly seed: number
    ) {
        const { width, height } = size
        this.background = photoScene(size).at(0).luma
        this.field = { width, height, luma: new Uint8Array(width * height) }
        this.noise = Int8Array.from({ length: NOISE_DRAWS + width }, (_, i) => {
            const bits = mix32(mix32(seed) ^ i)
            const draw = ((bits & 255) + ((bits >>> 8) & 255)) / 2 - 127.5
            return Math.round((draw * VISITOR_NOISE_SD) / DRAW_SD)
        })
    }

    /** Who is on the field at a time, ns: the part of them that is; undefined: nobody. */
    visitorAt(timeNs: number): Visitor | undefined {
        const { width, height } = this.size
        const sinceNs = (timeNs % VISIT_PERIOD_NS) - VISIT_START_NS
        if (sinceNs < 0 || sinceNs >= VISIT_NS) return undefined
        const widthPx = Math.round(WIDTH * height)
        const right = Math.floor((sinceNs / VISIT_NS) * (width + widthPx))
        const bottom = Math.round(GROUND * height) - 1
        return {
            left: Math.max(0, right - widthPx + 1),
            right: Math.min(width - 1, right),
            top: bottom + 1 - Math.round(HEIGHT * height),
            bottom,
        }
    }

    at(timeNs: number): Field {
        if (timeNs === this.drawnNs) return this.field
        this.drawnNs = timeNs
        const { luma } = this.field
        luma.set(this.background)
        const visitor = this.visitorAt(timeNs)
        if (visitor) this.draw(visitor)
        this.addNoise(timeNs)
        return this.field
    }

    /** A head on a body with round shoulders. */
    private draw(visitor: Visitor): void {
        const { width, height } = this.size
        const widthPx = Math.round(WIDTH * height)
        const { top, bottom, left, right } = visitor
        const middle = left > 0 ? left + widthPx / 2 : right - widthPx / 2
        const headPx = 0.4 * widthPx
        for (let y = top; y <= bottom; y++) {
            const half = halfWidth(y - top, widthPx, headPx)
            const from = Math.max(left, Math.ceil(middle - half))
            const to = Math.min(right, Math.floor(middle + half))
            if (to >= from)
                this.field.luma.fill(
                    VISITOR_LEVEL,
                    y * width + from,
                    y * width + to + 1
                )
        }
    }

    private addNoise(timeNs: number): void {
        const { width, height, luma } = this.field
        const high = Math.floor(timeNs / 2 ** 32)
        const timeSeed = mix32(mix32(high) ^ (timeNs >>> 0)) ^ mix32(this.seed)
        for (let y = 0, at = 0; y < height; y++) {
            const piece = mix32(timeSeed ^ mix32(y)) % NOISE_DRAWS
            for (let x = 0; x < width; x++, at++) {
                const level = luma[at]! + this.noise[piece + x]!
                luma[at] = level < 0 ? 0 : level > 255 ? 255 : level
            }
        }
    }
}

/** Half the visitor's width so many rows below the top. */
function halfWidth(row: number, widthPx: number, headPx: number): number {
    const fromHead = row - headPx
    if (Math.abs(fromHead) <= headPx)
        return Math.sqrt(headPx ** 2 - fromHead ** 2)
    const radius = widthPx / 2
    const fromShoulders = row - 2 * headPx - radius
    if (fromShoulders >= 0) return radius
    return Math.sqrt(Math.max(0, radius ** 2 - fromShoulders ** 2))
}

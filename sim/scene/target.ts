// SPDX-License-Identifier: MIT
// A bright disc before a dim wall or a dim landscape, on a Lissajous path round the middle of the field: something to follow.

import { photoScene } from "./photo.ts"
import type { Field, Scene } from "./scene.ts"
import type { Size } from "../../protocol/capture.ts"

export interface Position {
    readonly x: number
    readonly y: number
}

/** Levels at the reference exposure. */
export const TARGET_LEVEL = 240
export const TARGET_BACKGROUND = 24
export const TARGET_RADIUS_PX = 12
/** Of the landscape's levels: its brightest is far below the disc. */
const DIMMED = 0.4

/** Periods of the path; 3:2 closes it after 12 s. */
const PERIOD_X_NS = 6e9
const PERIOD_Y_NS = 4e9
/** Share of the field's width and height that the path covers. */
const REACH = 0.7

export class TargetScene implements Scene {
    readonly name = "target"
    readonly still = false
    private readonly background: Uint8Array
    private readonly field: Field
    private drawn: Position | undefined

    constructor(
        private readonly size: Size,
        background: "wall" | "photo" = "wall"
    ) {
        const { width, height } = size
        this.background =
            background === "photo"
                ? photoScene(size)
                      .at(0)
                      .luma.map(level => DIMMED * level)
                : new Uint8Array(width * height).fill(TARGET_BACKGROUND)
        this.field = { width, height, luma: this.background.slice() }
    }

    /** Centre of the disc, pixels of the field. It starts in the middle. */
    positionAt(timeNs: number): Position {
        const { width, height } = this.size
        const angleX = (2 * Math.PI * timeNs) / PERIOD_X_NS
        const angleY = (2 * Math.PI * timeNs) / PERIOD_Y_NS
        return {
            x: (width - 1) / 2 + (REACH / 2) * width * Math.sin(angleX),
            y: (height - 1) / 2 + (REACH / 2) * height * Math.sin(angleY),
        }
    }

    at(timeNs: number): Field {
        const position = this.positionAt(timeNs)
        // Only the disc's surroundings change: a whole field per frame would cost more than the sensor.
        if (this.drawn) this.disc(this.drawn, undefined)
        this.disc(position, TARGET_LEVEL)
        this.drawn = position
        return this.field
    }

    /** @param level undefined: as the background */
    private disc(centre: Position, level: number | undefined): void {
        const { width, height, luma } = this.field
        const radius = TARGET_RADIUS_PX
        const top = Math.max(0, Math.ceil(centre.y - radius))
        const bottom = Math.min(height - 1, Math.floor(centre.y + radius))
        for (let y = top; y <= bottom; y++) {
            const half = Math.sqrt(radius ** 2 - (y - centre.y) ** 2)
            const left = Math.max(0, Math.ceil(centre.x - half))
            const right = Math.min(width - 1, Math.floor(centre.x + half))
            if (right < left) continue
            const [from, to] = [y * width + left, y * width + right + 1]
            if (level !== undefined) luma.fill(level, from, to)
            else luma.set(this.background.subarray(from, to), from)
        }
    }
}

// SPDX-License-Identifier: MIT
// A day of one minute over a landscape: the sun rises, crosses the sky and sets; then the moon does.

import { lumaOfRgb } from "./colour.ts"
import { photoScene, photoSky } from "./photo.ts"
import type { Field, Scene } from "./scene.ts"
import type { Size } from "../../protocol/capture.ts"

type Rgb = readonly [number, number, number]

/** From sunrise to sunrise. Time 0 is a sunrise. */
export const DAY_NS = 60e9
/** The light changes in steps: a frame in between costs nothing. */
const STEP_NS = 0.25e9

/** Factors on the colours of the landscape. */
const NOON: Rgb = [1, 1, 1]
const LOW_SUN: Rgb = [0.62, 0.4, 0.27]
const MOONLIGHT: Rgb = [0.07, 0.09, 0.16]
/** Heights of the sun, -1 to 1: above the first it is noon, below the second night. */
const HIGH = 0.5
const BELOW = -0.25

const SUN: Rgb = [255, 244, 205]
const RED_SUN: Rgb = [255, 150, 70]
/** Far darker than the sun, far brighter than what it lights. */
const MOON: Rgb = [58, 62, 72]

/** In heights of the image: where sun and moon rise and set, how high they go, their radius and their glow. */
const RISE_U = 0.06
const SET_U = 1.3
const HORIZON_V = 0.5
const TOP_V = 0.1
const RADIUS = 0.04
const GLOW = 0.35

export class DayScene implements Scene {
    readonly name = "day"
    readonly still = false
    private readonly landscape: Uint8Array
    private readonly sky: Uint8Array
    private field: Field | undefined
    private drawnStep = -1

    constructor(private readonly size: Size) {
        this.landscape = photoScene(size).at(0).rgb!
        this.sky = photoSky(size)
    }

    /** Height of the sun at a time, ns: 1 at noon, 0 when it rises and sets, -1 at midnight. */
    sunAt(timeNs: number): number {
        return Math.sin((2 * Math.PI * (timeNs % DAY_NS)) / DAY_NS)
    }

    at(timeNs: number): Field {
        const step = Math.floor(timeNs / STEP_NS)
        if (!this.field || step !== this.drawnStep) {
            this.drawnStep = step
            const rgb = this.lit(step * STEP_NS)
            this.field = { ...this.size, rgb, luma: lumaOfRgb(rgb) }
        }
        return this.field
    }

    private lit(timeNs: number): Uint8Array {
        const sun = this.sunAt(timeNs)
        const tables = lightAt(sun).map(factor =>
            Uint8Array.from({ length: 256 }, (_, level) => level * factor)
        )
        const { landscape } = this
        const rgb = new Uint8Array(landscape.length)
        for (let at = 0; at < rgb.length; at += 3) {
            rgb[at] = tables[0]![landscape[at]!]!
            rgb[at + 1] = tables[1]![landscape[at + 1]!]!
            rgb[at + 2] = tables[2]![landscape[at + 2]!]!
        }
        const halfDay = (timeNs % (DAY_NS / 2)) / (DAY_NS / 2)
        if (sun >= 0) this.shine(rgb, halfDay, mix(RED_SUN, SUN, sun / HIGH), 1)
        else this.shine(rgb, halfDay, MOON, 0)
        return rgb
    }

    /**
     * Draw sun or moon, where there is sky.
     * @param way share of its way over the sky
     * @param glow share of its colour in the sky beside it
     */
    private shine(
        rgb: Uint8Array,
        way: number,
        colour: Rgb,
        glow: number
    ): void {
        const { width, height } = this.size
        const u = RISE_U + way * (SET_U - RISE_U)
        const v = HORIZON_V - (HORIZON_V - TOP_V) * Math.sin(Math.PI * way)
        const top = Math.max(0, Math.ceil((v - GLOW) * height))
        const bottom = Math.min(height - 1, Math.floor((v + GLOW) * height))
        const left = Math.max(0, Math.ceil((u - GLOW) * height))
        const right = Math.min(width - 1, Math.floor((u + GLOW) * height))
        for (let y = top; y <= bottom; y++)
            for (let x = left; x <= right; x++) {
                if (this.sky[y * width + x] === 0) continue
                const from = Math.hypot(x / height - u, y / height - v)
                const share =
                    from <= RADIUS
                        ? 1
                        : glow * Math.max(0, 1 - from / GLOW) ** 2
                const at = 3 * (y * width + x)
                for (let c = 0; c < 3; c++)
                    rgb[at + c]! += share * (colour[c]! - rgb[at + c]!)
            }
    }
}

/** Factors on red, green and blue. @param sun its height, -1 to 1 */
function lightAt(sun: number): Rgb {
    return sun >= 0
        ? mix(LOW_SUN, NOON, sun / HIGH)
        : mix(LOW_SUN, MOONLIGHT, sun / BELOW)
}

function mix(a: Rgb, b: Rgb, share: number): Rgb {
    const t = Math.max(0, Math.min(1, share))
    return [
        a[0] + t * (b[0] - a[0]),
        a[1] + t * (b[1] - a[1]),
        a[2] + t * (b[2] - a[2]),
    ]
}

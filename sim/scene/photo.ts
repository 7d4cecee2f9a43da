// SPDX-License-Identifier: MIT
// A landscape that is as hard to compress as a photograph: smooth shading, sharp edges, texture and colour. Computed, no file.

import { lumaOfRgb } from "./colour.ts"
import { mix32 } from "./random.ts"
import type { Scene } from "./scene.ts"
import { StillScene } from "./still-scene.ts"
import type { Size } from "../../protocol/capture.ts"

type Rgb = readonly [number, number, number]

/** Places in heights of the image: u from the left, v from the top. */
interface Point {
    readonly u: number
    readonly v: number
}

const SKY_TOP: Rgb = [70, 125, 215]
const SKY_LOW: Rgb = [205, 222, 240]
const CLOUD: Rgb = [250, 250, 248]
const HILL_FAR: Rgb = [120, 145, 165]
const HILL_NEAR: Rgb = [75, 110, 80]
const MEADOW: Rgb = [95, 140, 50]
const STRAW: Rgb = [170, 160, 85]
const WALL: Rgb = [215, 200, 175]
const ROOF: Rgb = [160, 60, 45]
const WINDOW: Rgb = [45, 55, 75]
const FENCE: Rgb = [235, 235, 230]

interface Ball extends Point {
    readonly radius: number
    readonly colour: Rgb
}
const BALLS: readonly Ball[] = [
    { u: 0.28, v: 0.83, radius: 0.09, colour: [215, 40, 35] },
    { u: 0.52, v: 0.88, radius: 0.07, colour: [240, 195, 40] },
    { u: 0.96, v: 0.84, radius: 0.11, colour: [40, 75, 200] },
]

/** The same image at any size of field. */
export function photoScene(size: Size): Scene {
    const { width, height } = size
    const rgb = new Uint8Array(3 * width * height)
    const outlines = Array.from({ length: width }, (_, x) =>
        outlineAt(x / height)
    )
    for (let y = 0, at = 0; y < height; y++)
        for (let x = 0; x < width; x++, at += 3) {
            const point = { u: x / height, v: y / height }
            const [r, g, b] = colourAt(point, outlines[x]!)
            const grain = ((mix32((y << 16) ^ x) >>> 24) - 128) / 32
            rgb[at] = toByte(r + grain)
            rgb[at + 1] = toByte(g + grain)
            rgb[at + 2] = toByte(b + grain)
        }
    return new StillScene("photo", size, lumaOfRgb(rgb), rgb)
}

/** Which pixels of photoScene() are sky: 1, else 0. */
export function photoSky({ width, height }: Size): Uint8Array {
    const sky = new Uint8Array(width * height)
    for (let x = 0; x < width; x++) {
        const outline = outlineAt(x / height)
        // Below the far hills there is none.
        const rows = Math.min(height, Math.ceil(outline.far * height) + 1)
        for (let y = 0; y < rows; y++) {
            const point = { u: x / height, v: y / height }
            if (!inFront(point, outline)) sky[y * width + x] = 1
        }
    }
    return sky
}

function colourAt(point: Point, outline: Outline): Rgb {
    return inFront(point, outline) ?? sky(point)
}

/** The colour of what stands before the sky; undefined: nothing. */
function inFront(point: Point, outline: Outline): Rgb | undefined {
    for (const ball of BALLS) {
        const shade = ballShade(point, ball)
        if (shade !== undefined) return scale(ball.colour, shade)
    }
    return house(point) ?? fence(point) ?? land(point, outline)
}

function sky({ u, v }: Point): Rgb {
    const clear = mix(SKY_TOP, SKY_LOW, v / 0.5)
    const cover = smoothNoise(u * 3, v * 6, 1) + smoothNoise(u * 7, v * 14, 2)
    return mix(clear, CLOUD, (cover - 1.05) * 2)
}

/** Where the parts of the land begin in one column of the image, heights from the top. */
interface Outline {
    readonly far: number
    readonly near: number
    readonly meadow: number
}

function outlineAt(u: number): Outline {
    return {
        far: 0.42 - 0.05 * Math.sin(3.1 * u) - 0.03 * smoothNoise(u * 6, 0, 3),
        near:
            0.5 - 0.05 * Math.sin(2 * u + 2) - 0.02 * smoothNoise(u * 30, 0, 4),
        meadow: 0.58 + 0.02 * Math.sin(1.3 * u),
    }
}

function land(point: Point, outline: Outline): Rgb | undefined {
    const { u, v } = point
    if (v > outline.meadow) return meadow(point, v - outline.meadow)
    if (v > outline.near)
        return scale(HILL_NEAR, 0.75 + 0.5 * smoothNoise(u * 90, v * 90, 5))
    return v > outline.far ? HILL_FAR : undefined
}

/** Grass that gets coarser towards the viewer, with the balls' shadows on it. */
function meadow({ u, v }: Point, depth: number): Rgb {
    const patches = smoothNoise(u * 5, v * 12, 6)
    const blades = 80 + 300 * (0.45 - depth)
    const grass = 0.7 + 0.6 * smoothNoise(u * blades, v * blades * 0.4, 7)
    const lit = mix(MEADOW, STRAW, patches)
    const shaded = BALLS.some(ball => {
        const du = (u - ball.u - 0.4 * ball.radius) / (1.2 * ball.radius)
        const dv = (v - ball.v - 0.9 * ball.radius) / (0.3 * ball.radius)
        return du * du + dv * dv < 1
    })
    return scale(lit, shaded ? 0.45 * grass : grass)
}

/** Light from the upper left, with a highlight; undefined beside the ball. */
function ballShade({ u, v }: Point, ball: Ball): number | undefined {
    const du = (u - ball.u) / ball.radius
    const dv = (v - ball.v) / ball.radius
    const flat = du * du + dv * dv
    if (flat > 1) return undefined
    const towardsViewer = Math.sqrt(1 - flat)
    const light = 0.55 * towardsViewer - 0.45 * du - 0.6 * dv
    const highlight = Math.max(0, light - 0.85) * 6
    return 0.25 + 0.75 * Math.max(0, light) + highlight
}

function house({ u, v }: Point): Rgb | undefined {
    const [left, right, eaves, ground] = [0.66, 0.95, 0.44, 0.62]
    const middle = (left + right) / 2
    const slope = (Math.abs(u - middle) / (right - left)) * 0.36
    if (v < eaves && v > eaves - 0.19 + slope) {
        const tiles = Math.floor(v * 160) % 2 === 0 ? 1 : 0.8
        return scale(ROOF, tiles)
    }
    if (u < left || u > right || v < eaves || v > ground) return undefined
    const column = ((u - left) * 14) % 1
    const row = ((v - eaves) * 12) % 1
    const isWindow = column > 0.3 && column < 0.7 && row > 0.2 && row < 0.7
    return isWindow
        ? WINDOW
        : scale(WALL, 0.95 + 0.1 * smoothNoise(u * 200, v * 200, 8))
}

function fence({ u, v }: Point): Rgb | undefined {
    if (u < 0.98 || v < 0.55 || v > 0.66) return undefined
    const post = (u * 40) % 1 < 0.3
    const rail = (v > 0.575 && v < 0.585) || (v > 0.625 && v < 0.635)
    return post || rail ? FENCE : undefined
}

/** Value noise, 0..1: random at whole numbers, smooth between them. */
function smoothNoise(x: number, y: number, seed: number): number {
    const column = Math.floor(x)
    const row = Math.floor(y)
    const fx = ease(x - column)
    const fy = ease(y - row)
    const topLeft = lattice(column, row, seed)
    const bottomLeft = lattice(column, row + 1, seed)
    const top = topLeft + fx * (lattice(column + 1, row, seed) - topLeft)
    const bottom =
        bottomLeft + fx * (lattice(column + 1, row + 1, seed) - bottomLeft)
    return top + fy * (bottom - top)
}

function lattice(column: number, row: number, seed: number): number {
    return mix32((row << 14) ^ column ^ (seed << 27)) / 2 ** 32
}

function ease(t: number): number {
    return t * t * (3 - 2 * t)
}

function mix(a: Rgb, b: Rgb, share: number): Rgb {
    const t = Math.max(0, Math.min(1, share))
    return [
        a[0] + t * (b[0] - a[0]),
        a[1] + t * (b[1] - a[1]),
        a[2] + t * (b[2] - a[2]),
    ]
}

function scale([r, g, b]: Rgb, factor: number): Rgb {
    return [r * factor, g * factor, b * factor]
}

function toByte(value: number): number {
    return Math.max(0, Math.min(255, Math.round(value)))
}

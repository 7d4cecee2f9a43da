// SPDX-License-Identifier: MIT
// What a perfect receiver has of an OV2640 frame: each pixel for itself, from the scene; shares only the photometry with the renderer.

import type { Field } from "../../../scene/scene.ts"
import { channel8 } from "./photometry.ts"
import type { RenderRequest } from "./renderer.ts"
import type { FrameSettings } from "../settings.ts"

type Channel = 0 | 1 | 2

/** One frame's inputs. */
interface Input {
    readonly field: Field
    readonly colours: Uint8Array | undefined
    readonly settings: FrameSettings
    /** Channel value by scene value: exposure and gain. */
    readonly levels: readonly number[]
}

/** White, yellow, cyan, green, magenta, red, blue, black, per channel. */
const BARS = [
    [255, 255, 0, 0, 255, 255, 0, 0],
    [255, 255, 255, 255, 0, 0, 0, 0],
    [255, 0, 255, 0, 255, 0, 255, 0],
] as const

/** The output as 3 bytes per pixel. */
export function referenceRgb(field: Field, request: RenderRequest): Uint8Array {
    const { settings, exposureUs, gain } = request
    const { width, height } = settings.geometry.output
    const levels = Array.from({ length: 256 }, (_, value) =>
        channel8(value, exposureUs, gain)
    )
    // Once: a video computes its colours when it is asked.
    const { rgb: colours } = field
    const input = { field, colours, settings, levels }
    const rgb = new Uint8Array(3 * width * height)
    let at = 0
    for (let row = 0; row < height; row++)
        for (let column = 0; column < width; column++)
            for (const channel of [0, 1, 2] as const)
                rgb[at++] = zoomed(input, column, row, channel)
    return rgb
}

/** The output as the bytes of an uncompressed format. */
export function referenceBytes(
    field: Field,
    request: RenderRequest
): Uint8Array {
    const rgb = referenceRgb(field, request)
    const { format } = request.settings
    const pixels = rgb.length / 3
    if (format === "gray8")
        return Uint8Array.from({ length: pixels }, (_, i) => luma(rgb, i))
    const bytes = new Uint8Array(2 * pixels)
    for (let pixel = 0; pixel < pixels; pixel++)
        for (let byte = 0; byte < 2; byte++)
            bytes[2 * pixel + byte] = format.startsWith("rgb565")
                ? rgb565(rgb, pixel, (byte === 0) === (format === "rgb565be"))
                : yuv422(rgb, pixel, format[2 * (pixel % 2) + byte]!)
    return bytes
}

/** One byte of a pixel's R4..R0 G5..G0 B4..B0. */
function rgb565(rgb: Uint8Array, pixel: number, high: boolean): number {
    const word =
        Math.floor(rgb[3 * pixel]! / 8) * 2048 +
        Math.floor(rgb[3 * pixel + 1]! / 4) * 32 +
        Math.floor(rgb[3 * pixel + 2]! / 8)
    return high ? Math.floor(word / 256) : word % 256
}

/** The byte that a letter of the format's name stands for: the letters are the order of the bytes of a pixel pair. */
function yuv422(rgb: Uint8Array, pixel: number, letter: string): number {
    if (letter === "y") return luma(rgb, pixel)
    const even = pixel - (pixel % 2)
    const sum = chroma(rgb, even, letter) + chroma(rgb, even + 1, letter)
    return Math.ceil(sum / 2)
}

/** BT.601 in 1/256, full range. */
function luma(rgb: Uint8Array, pixel: number): number {
    const [r, g, b] = [3 * pixel, 3 * pixel + 1, 3 * pixel + 2]
    return Math.floor((77 * rgb[r]! + 150 * rgb[g]! + 29 * rgb[b]! + 128) / 256)
}

function chroma(rgb: Uint8Array, pixel: number, letter: string): number {
    const r = rgb[3 * pixel]!
    const g = rgb[3 * pixel + 1]!
    const b = rgb[3 * pixel + 2]!
    const sum =
        letter === "u" ? 128 * b - 85 * g - 43 * r : 128 * r - 107 * g - 21 * b
    const value = Math.floor(sum / 256 + 0.5) + 128
    return value > 255 ? 255 : value
}

function zoomed(
    input: Input,
    column: number,
    row: number,
    channel: Channel
): number {
    const { divided, output } = input.settings.geometry
    const left = Math.floor((column * divided.width) / output.width)
    const right = Math.floor(((column + 1) * divided.width) / output.width)
    const top = Math.floor((row * divided.height) / output.height)
    const bottom = Math.floor(((row + 1) * divided.height) / output.height)
    let sum = 0
    for (let y = top; y < bottom; y++)
        for (let x = left; x < right; x++)
            sum += dividedPixel(input, x, y, channel)
    const count = (right - left) * (bottom - top)
    return Math.floor(sum / count + 0.5)
}

function dividedPixel(
    input: Input,
    column: number,
    row: number,
    channel: Channel
): number {
    const { hDivider, vDivider, round } = input.settings.geometry
    const across = 2 ** hDivider
    const down = 2 ** vDivider
    if (across * down === 1) return windowPixel(input, column, row, channel)
    let sum = 0
    for (let y = 0; y < down; y++)
        for (let x = 0; x < across; x++)
            sum += windowPixel(
                input,
                column * across + x,
                row * down + y,
                channel
            )
    return Math.floor(sum / (across * down) + (round ? 0.5 : 0))
}

function windowPixel(
    { field, colours, settings, levels }: Input,
    column: number,
    row: number,
    channel: Channel
): number {
    const { mode, sensor, window } = settings.geometry
    let x = window.x + column
    let y = window.y + row
    if (settings.colourBar)
        return BARS[channel][Math.floor((sensor.x + x) / (mode.width / 8))]!
    if (settings.mirror) x = sensor.width - 1 - x
    if (settings.flip) y = sensor.height - 1 - y
    const at =
        (sensor.y + y) * mode.step * field.width + (sensor.x + x) * mode.step
    const value = colours ? colours[3 * at + channel]! : field.luma[at]!
    return levels[value]!
}

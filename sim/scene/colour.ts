// SPDX-License-Identifier: MIT
// Scenes in colour: what a gray sensor sees of them, and the conversion of video.

import type { Field, FieldSize, Scene } from "./scene.ts"

/** Luma of every pixel (BT.601, full range, 1/256): what a monochrome sensor sees. */
export function lumaOfRgb(rgb: Uint8Array): Uint8Array {
    const luma = new Uint8Array(rgb.length / 3)
    for (let i = 0, at = 0; i < luma.length; i++, at += 3)
        luma[i] =
            (77 * rgb[at]! + 150 * rgb[at + 1]! + 29 * rgb[at + 2]! + 128) >> 8
    return luma
}

/** A field of colours, with its luma. */
export function colourField(size: FieldSize, rgb: Uint8Array): Field {
    const { width, height } = size
    return { width, height, luma: lumaOfRgb(rgb), rgb }
}

/** A coloured scene that never changes. */
export class StillColourScene implements Scene {
    readonly still = true

    constructor(
        readonly name: string,
        private readonly field: Field
    ) {}

    at(_timeNs: number): Field {
        return this.field
    }
}

// SPDX-License-Identifier: MIT
// Uniform noise from a seed: the same in every frame, or another one at each time.

import { fillRandom, mix32 } from "./random.ts"
import type { Field, Scene } from "./scene.ts"
import { StillScene } from "./still-scene.ts"
import type { Size } from "../../protocol/capture.ts"

export function noiseScene(size: Size, seed: number): Scene {
    const luma = new Uint8Array(size.width * size.height)
    fillRandom(luma, seed)
    return new StillScene("noise", size, luma)
}

/** Noise that depends on the time, ns: two frames have nothing in common. */
export class MovingNoiseScene implements Scene {
    readonly name = "noise:moving"
    readonly still = false
    private readonly field: Field
    private drawnNs = -1

    constructor(
        size: Size,
        private readonly seed: number
    ) {
        const { width, height } = size
        this.field = { width, height, luma: new Uint8Array(width * height) }
    }

    at(timeNs: number): Field {
        if (timeNs !== this.drawnNs) {
            const high = Math.floor(timeNs / 2 ** 32)
            const timeSeed = mix32(mix32(high) ^ (timeNs >>> 0))
            fillRandom(this.field.luma, mix32(this.seed) ^ timeSeed)
            this.drawnNs = timeNs
        }
        return this.field
    }
}

// SPDX-License-Identifier: MIT
// What a fault leaves open is chosen by the run's seed: the same file gives the same run again.

import { mix32 } from "../scene/random.ts"

/** Spreads neighbouring seeds (a large odd number). */
const STEP = 0x9e3779b9

export class SeededChoice {
    private state: number

    /** @param seed of the run @param index of the fault in its list */
    constructor(seed: number, index: number) {
        this.state = mix32(mix32(seed) + Math.imul(index + 1, STEP))
    }

    /** A whole number from `min` to `max`, both possible. */
    whole(min: number, max: number): number {
        this.state = mix32(this.state + STEP)
        return min + (this.state % (max - min + 1))
    }
}

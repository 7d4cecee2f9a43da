// SPDX-License-Identifier: MIT
// The data lines sampled while they change. Each bit is that of the byte before or of the byte
// after, and which of them differs from byte to byte: set-up and hold times (data sheets, DCMI timing) are not kept. Which
// bit falls how on silicon, nobody can say; here it is random, and the same in each run.

import { mix32 } from "../../scene/random.ts"
import type { LineData } from "../../wires/parallel-bus.ts"

export class EdgeSampler {
    private lines = 0
    private bytes = new Uint8Array(0)

    /** What is sampled of a line. */
    sampled(data: LineData): LineData {
        const { length } = data.bytes
        if (this.bytes.length < length) this.bytes = new Uint8Array(length)
        const bytes = this.bytes.subarray(0, length)
        const seed = mix32(this.lines++)
        let before = 0
        for (let i = 0; i < length; i++) {
            const after = data.bytes[i]!
            const changed = before ^ after
            bytes[i] = before ^ (changed & mix32(seed + i))
            before = after
        }
        return { ...data, bytes }
    }
}

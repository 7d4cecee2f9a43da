// SPDX-License-Identifier: MIT
// Faults of a JPEG on its way: its end marker is missing, bytes in its middle are wrong.

import type { Level, LineData } from "../../wires/parallel-bus.ts"
import type { SeededChoice } from "../seeded-choice.ts"
import { BusStage } from "./bus-stage.ts"
import type { Acted } from "./row-stages.ts"

const MARKER = 0xff
const START_OF_IMAGE = 0xd8
const END_OF_IMAGE = 0xd9

/** Sits in the cable for one frame; only a JPEG is touched. */
abstract class JpegStage extends BusStage {
    /** Bytes of the frame so far; undefined: it is no JPEG. */
    private offset: number | undefined = 0

    constructor(protected readonly acted: Acted) {
        super()
    }

    protected override frameEnds(level: Level): void {
        super.frameEnds(level)
        this.done = true
    }

    protected override burstComes(data: LineData): void {
        const { offset } = this
        const [first, second] = data.bytes
        const starts = first === MARKER && second === START_OF_IMAGE
        if (offset === undefined || this.done || (offset === 0 && !starts)) {
            this.offset = undefined
            return super.burstComes(data)
        }
        this.offset = offset + data.bytes.length
        const bytes = data.bytes.slice()
        this.spoil(bytes, offset)
        this.next.line({ ...data, bytes })
    }

    /** @param offset of the first of `bytes` in the image */
    protected abstract spoil(bytes: Uint8Array, offset: number): void
}

export class JpegWithoutEnd extends JpegStage {
    private marker = false

    protected override spoil(bytes: Uint8Array): void {
        for (let i = 0; i < bytes.length; i++) {
            if (this.marker && bytes[i] === END_OF_IMAGE) {
                this.acted.happened()
                // A marker cannot be 0 either: that is a 0xFF of the image.
                bytes[i] = 0
                if (i > 0) bytes[i - 1] = 0
            }
            this.marker = bytes[i] === MARKER
        }
    }
}

export class JpegBroken extends JpegStage {
    /**
     * @param first byte of the image that is wrong
     * @param count as many are
     */
    constructor(
        acted: Acted,
        private readonly choice: SeededChoice,
        private readonly first: number,
        private readonly count: number
    ) {
        super(acted)
    }

    protected override spoil(bytes: Uint8Array, offset: number): void {
        const { first, count } = this
        const from = Math.max(first - offset, 0)
        const to = Math.min(first + count - offset, bytes.length)
        for (let i = from; i < to; i++) {
            this.acted.happened()
            // No marker comes of it, and none goes.
            const wrong = this.choice.whole(1, 0xfe)
            if (bytes[i] !== MARKER && bytes[i - 1] !== MARKER)
                bytes[i] = wrong === bytes[i] ? wrong ^ 1 : wrong
        }
    }
}

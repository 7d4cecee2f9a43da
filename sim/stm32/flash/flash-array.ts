// SPDX-License-Identifier: MIT
// The cells of the flash: bits that only fall, sectors that only rise, and what a power cut leaves of either.

import type { FlashSector } from "./flash-registers.ts"
import { mix32 } from "../../scene/random.ts"

const ERASED = 0xff

/** A view of the MCU's memory as flash cells. Offsets are from the start of the flash. */
export class FlashArray {
    private random = 1

    constructor(readonly cells: Uint8Array) {}

    /** Seed of the power cuts to come. */
    set seed(seed: number) {
        this.random = mix32(seed)
    }

    /** Programming pulls bits down; a 1 changes nothing. */
    program(offset: number, bytes: number, value: number): void {
        for (let i = 0; i < bytes; i++)
            this.cells[offset + i]! &= value >>> (8 * i)
    }

    erase({ offset, bytes }: FlashSector): void {
        this.cells.fill(ERASED, offset, offset + bytes)
    }

    /** The power went in the middle: some of the bits have fallen. */
    programPartly(offset: number, bytes: number, value: number): void {
        this.program(offset, bytes, value | this.next())
    }

    /** The power went in the middle: each word is as it was, erased, or has some of its bits risen. */
    erasePartly({ offset, bytes }: FlashSector): void {
        const view = new DataView(this.cells.buffer, this.cells.byteOffset)
        for (let at = offset; at < offset + bytes; at += 4) {
            const kind = this.next() & 3
            if (kind === 0) continue
            const risen = kind === 1 ? 0xffffffff : this.next()
            view.setUint32(at, view.getUint32(at, true) | risen, true)
        }
    }

    private next(): number {
        this.random = mix32(this.random + 0x9e3779b9)
        return this.random
    }
}

// SPDX-License-Identifier: MIT
// The FIFO of a DMA stream (RM0090 §10.3.12): bytes between a port of one item size and a port of another.

import { FIFO_BYTES } from "./dma-rules.ts"

/** FCR_FS of an empty FIFO (RM0090 §10.5.10). */
export const FIFO_EMPTY = 4

/** Up to 16 bytes, little endian, first in first out. */
export class DmaFifo {
    level = 0
    private readonly bytes = new Uint8Array(FIFO_BYTES)

    clear(): void {
        this.level = 0
    }

    /** FCR_FS: 0 below 1/4, 1 below 1/2, 2 below 3/4, 3 not full, 4 empty, 5 full. */
    get status(): number {
        if (this.level === 0) return FIFO_EMPTY
        if (this.level === FIFO_BYTES) return 5
        return Math.floor(this.level / (FIFO_BYTES / 4))
    }

    push(value: number, bytes: number): void {
        for (let i = 0; i < bytes; i++)
            this.bytes[this.level++] = value >>> (8 * i)
    }

    /** @returns the oldest `bytes` as a number; bytes that are missing read 0 */
    pop(bytes: number): number {
        let value = 0
        for (let i = 0; i < Math.min(bytes, this.level); i++)
            value |= this.bytes[i]! << (8 * i)
        this.bytes.copyWithin(0, bytes)
        this.level = Math.max(0, this.level - bytes)
        return value >>> 0
    }
}

// SPDX-License-Identifier: MIT
// The newest bytes of a stream that nobody knows the length of.

/** An hour at 36,000 baud, or two minutes at 1 MBaud. */
const KEPT_MAX = 1 << 24
const FIRST_CAPACITY = 1 << 10

/** A ring that grows up to a limit, and then forgets the oldest bytes. */
export class RecentBytes {
    /** All bytes that were pushed, also those that are forgotten. */
    total = 0
    private ring: Uint8Array

    /** @param keptMax bytes that are kept at most, a power of 2 */
    constructor(private readonly keptMax = KEPT_MAX) {
        this.ring = new Uint8Array(Math.min(FIRST_CAPACITY, keptMax))
    }

    push(byte: number): void {
        if (this.total === this.ring.length && this.total < this.keptMax) {
            const grown = new Uint8Array(2 * this.ring.length)
            grown.set(this.ring)
            this.ring = grown
        }
        this.ring[this.total++ % this.ring.length] = byte
    }

    /** A copy of the newest, in order. */
    bytes(): Uint8Array {
        const { total, ring } = this
        if (total <= ring.length) return ring.slice(0, total)
        const oldest = total % ring.length
        const bytes = new Uint8Array(ring.length)
        bytes.set(ring.subarray(oldest))
        bytes.set(ring.subarray(0, oldest), ring.length - oldest)
        return bytes
    }
}

// SPDX-License-Identifier: MIT
// The path of captured bytes in the DCMI (RM0090 §15.5, §15.5): packer, FIFO of four words, DMA request, overrun.

import type { DmaPort } from "../dma/dma.ts"

const FIFO_WORDS = 4
const WORD_BYTES = 4

/** Packs bytes into words, byte 0 first, and offers them to the DMA. */
export class DcmiFifo {
    private words = 0
    private readonly bytes = new Uint8Array(FIFO_WORDS * WORD_BYTES)
    private partial = 0
    private scratch = new Uint8Array(1024)

    constructor(private readonly dma: DmaPort) {}

    /** SR_FNE. */
    get notEmpty(): boolean {
        return this.words > 0
    }

    /** Bytes that wait for the rest of their word. */
    get partialBytes(): number {
        return this.partial
    }

    clear(): void {
        this.words = 0
        this.partial = 0
    }

    /** A frame ended in mid-word. Whole words stay: a stream that is enabled later gets them (a shifted frame). */
    dropPartial(): void {
        this.partial = 0
    }

    /** A stream ended in mid-word: zeros make it whole. @returns false when the FIFO is full: it is lost */
    padPartial(nowNs: number): boolean {
        const padding = new Uint8Array(WORD_BYTES - this.partial)
        return this.push(padding, 0, padding.length, nowNs, 0)
    }

    /**
     * The captured bytes of one line, in bulk at its end.
     * @param startNs when the first byte was on the bus
     * @param byteNs time between two captured bytes
     * @returns false when a word found the FIFO full: it is lost
     */
    push(
        source: Uint8Array,
        start: number,
        bytes: number,
        startNs: number,
        byteNs: number
    ): boolean {
        if (this.partial === 0 && (bytes & 3) === 0)
            return this.pushWords(source, start, bytes >>> 2, startNs, byteNs)
        const before = this.partial
        const total = before + bytes
        if (total > this.scratch.length) this.grow(total)
        this.scratch.set(source.subarray(start, start + bytes), before)
        const whole = total & ~3
        const fits = this.pushWords(
            this.scratch,
            0,
            whole >>> 2,
            startNs - before * byteNs,
            byteNs
        )
        this.scratch.copyWithin(0, whole, total)
        this.partial = total - whole
        return fits
    }

    /** The CPU reads DR. An empty FIFO reads 0. */
    readWord(): number {
        if (this.words === 0) return 0
        const [b0, b1, b2, b3] = this.bytes as unknown as [
            number,
            number,
            number,
            number,
        ]
        this.remove(1)
        return (b0 | (b1 << 8) | (b2 << 16) | (b3 << 24)) >>> 0
    }

    /** A stream began to serve the request: it takes what waits. */
    drain(): void {
        if (this.words > 0)
            this.remove(this.dma.takeWords(this.bytes, 0, this.words))
    }

    private pushWords(
        source: Uint8Array,
        start: number,
        words: number,
        startNs: number,
        byteNs: number
    ): boolean {
        const room = FIFO_WORDS - this.words
        // A stream that was enabled in mid-line came too late when the word without room had arrived by then.
        const patienceNs = WORD_BYTES * (room + 1) * byteNs
        const { dma } = this
        // The stream's FIFO takes words although the memory belongs to others.
        const bufferedNs = WORD_BYTES * dma.bufferedWords() * byteNs
        const unserved =
            dma.servedSinceNs() > startNs + patienceNs ||
            dma.stalledNs(startNs) > patienceNs + bufferedNs
        if (words > room && unserved) return false
        const moved = this.beforeStall(words, startNs, byteNs)
        if (moved > 0 || this.dma.stalledSinceNs() === Infinity) this.drain()
        const taken =
            this.words === 0 ? this.dma.takeWords(source, start, moved) : 0
        const waiting = words - taken
        if (waiting === 0) return true
        if (waiting > FIFO_WORDS - this.words) return false
        const from = start + taken * WORD_BYTES
        this.bytes.set(
            source.subarray(from, from + waiting * WORD_BYTES),
            this.words * WORD_BYTES
        )
        this.words += waiting
        return true
    }

    /** Words of a line that were moved before others took the bus. */
    private beforeStall(
        words: number,
        startNs: number,
        byteNs: number
    ): number {
        const sinceNs = this.dma.stalledSinceNs()
        if (sinceNs === Infinity) return words
        const before = Math.floor((sinceNs - startNs) / (WORD_BYTES * byteNs))
        return Math.min(Math.max(before, 0), words)
    }

    private remove(words: number): void {
        this.bytes.copyWithin(0, words * WORD_BYTES)
        this.words -= words
    }

    private grow(bytes: number): void {
        const larger = new Uint8Array(bytes * 2)
        larger.set(this.scratch)
        this.scratch = larger
    }
}

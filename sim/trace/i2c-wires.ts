// SPDX-License-Identifier: MIT
// SDA and SCL, edge by edge, made of what the I2C block's bit engine does: it counts whole conditions and bytes, not bits.
// Between two conditions or bytes the controller holds SCL low until software goes on. A target never stretches SCL.

import type { Level } from "../wires/parallel-bus.ts"

/** How long SCL takes, ns, as CCR sets it. */
export interface SclTiming {
    readonly periodNs: number
    /** Of which low. */
    readonly lowNs: number
}

/** What an I2C block tells of its wires. Times, ns, are those of its beginning; all come in order. */
export interface I2cWireEvents {
    /** A START or repeated START takes the next period. */
    start(timeNs: number, timing: SclTiming): void
    /** A byte begins, nine bits long. @param byte what is sent; undefined: it comes from the target */
    byteBegins(
        timeNs: number,
        timing: SclTiming,
        byte: number | undefined
    ): void
    /** It has ended. */
    byteEnds(byte: number, acknowledged: boolean): void
    /** A STOP takes the next period. */
    stop(timeNs: number, timing: SclTiming): void
    /** Another controller has the bus: nothing is known of the wires until released(). */
    lost(timeNs: number): void
    /** The block drives nothing any more. */
    released(timeNs: number): void
}

/** Told of each level; the same one may come again. */
export interface I2cLevels {
    scl(timeNs: number, level: Level | undefined): void
    sda(timeNs: number, level: Level | undefined): void
}

interface ByteOnWires {
    readonly startNs: number
    readonly timing: SclTiming
    readonly byte: number | undefined
    /** Bits whose edges are told already. */
    bits: number
}

/** Before the acknowledge. */
const DATA_BITS = 8

/** Turns conditions and bytes into edges. What drives the wires besides the block comes in by gpio() and held(). */
export class I2cWires implements I2cWireEvents {
    /** Edges of this time and later may still come when a byte is on its way; undefined: none is. */
    get openSinceNs(): number | undefined {
        return this.byte?.startNs
    }

    private byte: ByteOnWires | undefined
    /** What each driver of an open drain wire does; the wire is low when one of them pulls it low. */
    private readonly block = { scl: 1 as Level, sda: 1 as Level }
    private readonly software = { scl: 1 as Level, sda: 1 as Level }
    private sdaHeld = false

    constructor(private readonly levels: I2cLevels) {}

    start(timeNs: number, { periodNs, lowNs }: SclTiming): void {
        // A repeated START begins with SCL low: SDA goes up first, then SCL, as at a bit.
        this.sda(timeNs + lowNs / 2, 1)
        this.scl(timeNs + lowNs, 1)
        this.sda(timeNs + (lowNs + periodNs) / 2, 0)
        this.scl(timeNs + periodNs, 0)
    }

    byteBegins(
        startNs: number,
        timing: SclTiming,
        byte: number | undefined
    ): void {
        this.byte = { startNs, timing, byte, bits: 0 }
    }

    byteEnds(byte: number, acknowledged: boolean): void {
        if (!this.byte) return
        const whole = { ...this.byte, byte }
        this.byte = undefined
        this.tellBits(whole, DATA_BITS)
        this.tellBit(whole, DATA_BITS, acknowledged ? 0 : 1)
    }

    stop(timeNs: number, { periodNs, lowNs }: SclTiming): void {
        this.sda(timeNs + lowNs / 2, 0)
        this.scl(timeNs + lowNs, 1)
        this.sda(timeNs + periodNs, 1)
    }

    lost(timeNs: number): void {
        this.byte = undefined
        this.levels.scl(timeNs, undefined)
        this.levels.sda(timeNs, undefined)
    }

    released(timeNs: number): void {
        this.breakOff(timeNs)
        this.byte = undefined
        this.scl(timeNs, 1)
        this.sda(timeNs, 1)
    }

    /** Software drives a wire as a general-purpose output. */
    gpio(wire: "scl" | "sda", timeNs: number, level: Level): void {
        this.software[wire] = level
        if (wire === "scl") this.scl(timeNs, this.block.scl)
        else this.sda(timeNs, this.block.sda)
    }

    /** A confused target pulls SDA low, or lets go. */
    held(timeNs: number, held: boolean): void {
        this.breakOff(timeNs)
        this.sdaHeld = held
        this.sda(timeNs, this.block.sda)
    }

    /** The bits of a byte that are over by now. */
    private breakOff(timeNs: number): void {
        if (!this.byte) return
        const { startNs, timing } = this.byte
        const over = Math.floor((timeNs - startNs) / timing.periodNs)
        this.tellBits(this.byte, Math.min(over, DATA_BITS))
    }

    private tellBits(of: ByteOnWires, end: number): void {
        for (; of.bits < end; of.bits++)
            this.tellBit(
                of,
                of.bits,
                of.byte === undefined
                    ? 1
                    : (((of.byte >>> (DATA_BITS - 1 - of.bits)) & 1) as Level)
            )
    }

    /** SDA changes in the middle of SCL's low time; SCL is high at the end of the bit's period. */
    private tellBit(
        { startNs, timing: { periodNs, lowNs } }: ByteOnWires,
        index: number,
        level: Level
    ): void {
        const bitNs = startNs + index * periodNs
        this.sda(bitNs + lowNs / 2, level)
        this.scl(bitNs + lowNs, 1)
        this.scl(startNs + (index + 1) * periodNs, 0)
    }

    private scl(timeNs: number, level: Level): void {
        this.block.scl = level
        this.levels.scl(timeNs, (level & this.software.scl) as Level)
    }

    private sda(timeNs: number, level: Level): void {
        this.block.sda = level
        const driven = level & this.software.sda
        this.levels.sda(timeNs, this.sdaHeld ? 0 : (driven as Level))
    }
}

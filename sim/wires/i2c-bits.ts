// SPDX-License-Identifier: MIT
// An I2C bus that is clocked bit by bit: what the targets see on SCL and SDA, and when they pull SDA low (UM10204 §3.1).
// SCCB is the same on the wires, but that its ninth bit means nothing (OmniVision SCCB specification §3.2).

import type { I2cBus } from "./i2c-bus.ts"
import { I2cPort } from "./i2c-port.ts"
import type { Level } from "./parallel-bus.ts"

const DATA_BITS = 8

enum Phase {
    /** Nothing for a target is on the wires until the next START. */
    IDLE,
    ADDRESS,
    WRITE,
    READ,
}

/** The targets' end of two open-drain wires. */
export class I2cBits {
    readonly port: I2cPort
    /** A target pulls SDA low: it acknowledges, or sends a 0. */
    pulled = false
    /** Transfers from START to STOP in whole bytes with an address that a target may have. */
    wholeTransfers = 0
    /** Transfers that are none: a START or STOP in mid-byte. */
    brokenTransfers = 0
    private phase = Phase.IDLE
    private scl: Level = 1
    private sda: Level = 1
    /** SCL pulses of this byte, 0 to 9. */
    private clocks = 0
    private shift = 0
    private acknowledged = false
    /** Since START: bytes with their ninth bit, and the address. */
    private bytes = 0
    private address = 0
    private open = false
    /** The byte that a target sends. */
    private sent = 0

    constructor(bus: I2cBus) {
        this.port = new I2cPort(bus)
    }

    /** How much speaks for I2C: transfers in whole bytes, and one that was left open after its address. */
    get evidence(): number {
        const open = this.open && this.bytes > 0 && isAddress(this.address)
        return this.wholeTransfers + (open ? 1 : 0)
    }

    /** What the controller makes of the wires: 0 where it pulls or drives them low, 1 where it lets go or drives high. */
    drive(scl: Level, sda: Level): void {
        const { scl: sclWas, sda: sdaWas } = this
        this.scl = scl
        if (sclWas === 1 && scl === 0) {
            // Where both change at once, SDA changes while SCL is low.
            this.fall()
            this.sda = sda
        } else if (sclWas === 0 && scl === 1) {
            this.sda = sda
            this.rise()
        } else {
            this.sda = sda
            if (scl === 1 && sda !== sdaWas && !this.pulled)
                if (sda === 0) this.start()
                else this.stop()
        }
    }

    private start(): void {
        this.judge(false)
        this.open = true
        this.phase = Phase.ADDRESS
        this.clocks = this.bytes = 0
    }

    private stop(): void {
        this.judge(true)
        this.open = false
        this.clocks = this.bytes = 0
        this.phase = Phase.IDLE
        this.port.stop()
    }

    /** A transfer or its first half is over. The pulse in which SDA changes for START and STOP is no bit. */
    private judge(ended: boolean): void {
        if (!this.open) return
        if (this.clocks > 1) this.brokenTransfers++
        else if (ended && this.bytes > 0)
            if (isAddress(this.address)) this.wholeTransfers++
            else this.brokenTransfers++
    }

    private rise(): void {
        this.clocks++
        if (this.clocks <= DATA_BITS)
            this.shift = ((this.shift << 1) | this.sda) & 0xff
        else if (this.phase === Phase.READ) this.acknowledged = this.sda === 0
    }

    private fall(): void {
        if (this.clocks > DATA_BITS) this.endByte()
        else if (this.clocks === DATA_BITS) this.endBits()
        else if (this.phase === Phase.READ && this.clocks > 0) this.sendBit()
    }

    /** Eight bits are over: whoever receives acknowledges. */
    private endBits(): void {
        switch (this.phase) {
            case Phase.ADDRESS:
                this.address = this.shift >>> 1
                this.acknowledged = this.port.start(
                    this.address,
                    (this.shift & 1) === 1
                )
                this.pulled = this.acknowledged
                break
            case Phase.WRITE:
                this.pulled = this.port.write(this.shift)
                break
            default:
                this.pulled = false
        }
    }

    /** The ninth bit is over. */
    private endByte(): void {
        const { phase } = this
        this.pulled = false
        this.clocks = 0
        this.bytes++
        if (phase === Phase.ADDRESS) this.endAddress()
        else if (phase === Phase.READ)
            if (this.acknowledged && !this.port.readsSingleBytes)
                this.beginRead()
            else this.phase = Phase.IDLE
    }

    private endAddress(): void {
        if (!this.acknowledged) this.phase = Phase.IDLE
        else if ((this.shift & 1) === 0) this.phase = Phase.WRITE
        else this.beginRead()
    }

    private beginRead(): void {
        this.phase = Phase.READ
        this.sent = this.port.read()
        this.sendBit()
    }

    private sendBit(): void {
        this.pulled = ((this.sent >>> (DATA_BITS - 1 - this.clocks)) & 1) === 0
    }
}

/** UM10204 §3.1.12: the others are reserved. */
function isAddress(address: number): boolean {
    return address >= 0x08 && address <= 0x77
}

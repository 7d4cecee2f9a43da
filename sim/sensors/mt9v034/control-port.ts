// SPDX-License-Identifier: MIT
// The two-wire control port of the MT9V034: register address, 16-bit words, byte-wise transfers through R0xF0.

import type { Rules } from "../../rules.ts"
import { BLOCK, type RegisterFile } from "./register-file.ts"
import { Reg } from "./register-addresses.ts"
import { registerAt } from "./registers.ts"

/** A first byte that waits for its second, which comes by another transaction to R0xF0. */
interface HalfWord {
    readonly address: number
    readonly byte: number
}

/**
 * Protocol (MT9V034 DS, two-wire serial interface): 8-bit register address, then data high byte first; the address
 * goes up by one after each word; a register takes its value when both bytes have arrived. Byte-wise: one byte to or
 * from the register, then one to or from R0xF0; no other register may come between the two.
 */
export class ControlPort {
    private pointer = 0
    private addressed = false
    /** Bytes since the register address or the (repeated) START. */
    private bytes = 0
    private highByte = 0
    private readWord = 0
    private reading = false
    private writtenHalf: HalfWord | undefined
    private readHalf: HalfWord | undefined

    constructor(
        private readonly registers: RegisterFile,
        private readonly rules: Rules
    ) {}

    start(read: boolean): void {
        this.finish()
        this.reading = read
        this.addressed = read
        this.bytes = 0
    }

    write(byte: number): void {
        if (!this.addressed) return this.setPointer(byte)
        const isHigh = this.bytes++ % 2 === 0
        if (this.pointer === Reg.BYTEWISE_ADDRESS)
            return this.writeSecondByte(byte)
        if (isHigh) {
            this.highByte = byte
            return
        }
        const address = this.pointer
        this.advance()
        this.registers.write(address, (this.highByte << 8) | byte)
    }

    read(): number {
        if (this.pointer === Reg.BYTEWISE_ADDRESS) return this.readSecondByte()
        const isHigh = this.bytes++ % 2 === 0
        if (isHigh) {
            this.readWord = this.registers.read(this.pointer)
            return this.readWord >> 8
        }
        this.advance()
        return this.readWord & 0xff
    }

    stop(): void {
        this.finish()
        this.addressed = false
        this.bytes = 0
    }

    /** RESET_BAR: whatever was under way is forgotten. */
    reset(): void {
        this.addressed = false
        this.bytes = 0
        this.pointer = 0
        this.writtenHalf = undefined
        this.readHalf = undefined
    }

    private setPointer(address: number): void {
        this.addressed = true
        this.pointer = address
        if (address === Reg.BYTEWISE_ADDRESS) return
        const half = this.writtenHalf
        this.writtenHalf = undefined
        this.readHalf = undefined
        if (half === undefined) return
        const name = registerAt(half.address)?.name
        const rule = `its first byte 0x${half.byte.toString(16)} is lost: the second must follow at R0xF0, not R0x${address.toString(16)}`
        this.rules.violated(BLOCK, rule, name)
    }

    /** The end of a transaction: an odd byte may be the first half of a byte-wise transfer. */
    private finish(): void {
        if (!this.addressed || this.bytes % 2 === 0) return
        if (this.pointer === Reg.BYTEWISE_ADDRESS) return
        if (this.reading)
            this.readHalf = { address: this.pointer, byte: this.readWord }
        else this.writtenHalf = { address: this.pointer, byte: this.highByte }
    }

    private writeSecondByte(byte: number): void {
        const half = this.writtenHalf
        this.writtenHalf = undefined
        if (half === undefined) {
            const rule =
                "a second byte without a first: write the high byte to its register before"
            return this.rules.violated(BLOCK, rule, "BYTEWISE_ADDRESS", byte)
        }
        this.registers.write(half.address, (half.byte << 8) | byte)
    }

    private readSecondByte(): number {
        const half = this.readHalf
        this.readHalf = undefined
        if (half === undefined) {
            const rule =
                "a second byte without a first: read the high byte from its register before"
            this.rules.violated(BLOCK, rule, "BYTEWISE_ADDRESS")
            return 0
        }
        return half.byte & 0xff
    }

    private advance(): void {
        this.pointer = (this.pointer + 1) & 0xff
    }
}

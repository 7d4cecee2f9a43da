// SPDX-License-Identifier: MIT
// CRC calculation unit (RM0090 §4, RM0390 §4): CRC-32 of Ethernet over words, most significant bit first, not inverted.

import type { Rules } from "../rules.ts"
import type { Peripheral } from "./peripheral.ts"
import { RegisterRules, sectionsInOrder } from "./register-rules.ts"

export const CRC_BASE = 0x40023000
export const CRC_SIZE_BYTES = 0x400

export enum CrcRegister {
    DR = 0x00,
    IDR = 0x04,
    CR = 0x08,
}

const POLYNOMIAL = 0x04c11db7
const INITIAL = 0xffffffff

export class Crc implements Peripheral {
    readonly name = "CRC"
    private dr = INITIAL
    private idr = 0
    private readonly check: RegisterRules

    constructor(rules: Rules) {
        this.check = new RegisterRules(
            rules,
            this,
            sectionsInOrder("RM0090 4.4", CrcRegister)
        )
    }

    /** RCC or system reset. */
    reset(): void {
        this.dr = INITIAL
        this.idr = 0
    }

    registerName(offset: number): string | undefined {
        return CrcRegister[offset]
    }

    readUint32(offset: number): number {
        switch (offset) {
            case CrcRegister.DR:
                return this.dr
            case CrcRegister.IDR:
                return this.idr
            case CrcRegister.CR:
                return 0
        }
        return this.check.unknownRead(offset)
    }

    writeUint32(offset: number, value: number): void {
        switch (offset) {
            case CrcRegister.DR:
                return this.add(value)
            case CrcRegister.IDR:
                this.idr = this.check.ignoreReserved(offset, value, 0xff)
                return
            case CrcRegister.CR:
                // IDR keeps its byte (RM0090 §4.4.3).
                if (this.check.ignoreReserved(offset, value, 1) === 1)
                    this.dr = INITIAL
                return
        }
        this.check.refusedWrite(offset, value)
    }

    private add(word: number): void {
        let crc = this.dr ^ word
        for (let bit = 0; bit < 32; bit++)
            crc = crc < 0 ? (crc << 1) ^ POLYNOMIAL : crc << 1
        this.dr = crc >>> 0
    }
}

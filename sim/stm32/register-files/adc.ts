// SPDX-License-Identifier: MIT
// ADC1 to ADC3 (RM0090 §13.13, RM0390 §13.13): a conversion is complete when it is started, and gives 0.
// Kept, not modelled: inputs, time, triggers, DMA, interrupts.

import {
    plainRegisters,
    type KeptBehaviour,
    type KeptBlock,
    type RegisterFile,
} from "./register-file.ts"

const SR = 0x00
const CR2 = 0x08
const DR = 0x4c

const SR_EOC = 1 << 1
const SR_JEOC = 1 << 2
const SR_JSTRT = 1 << 3
const SR_STRT = 1 << 4
const SR_FLAGS = 0x3f
const CR2_ADON = 1 << 0
const CR2_CONT = 1 << 1
const CR2_JSWSTART = 1 << 22
const CR2_SWSTART = 1 << 30

/** @param number 1 to 3 */
export function adcBlock(number: number): KeptBlock {
    return {
        name: `ADC${number}`,
        base: 0x40012000 + (number - 1) * 0x100,
        sizeBytes: 0x100,
        gate: `ADC${number}`,
        registers: [
            { name: "SR", offset: SR, writable: 0, clearedBy0: SR_FLAGS },
            { name: "CR1", offset: 0x04 },
            {
                name: "CR2",
                offset: CR2,
                selfClearing: CR2_SWSTART | CR2_JSWSTART,
            },
            ...plainRegisters("SMPR1 SMPR2 JOFR1 JOFR2 JOFR3 JOFR4", 0x0c),
            { name: "HTR", offset: 0x24, reset: 0xfff },
            ...plainRegisters("LTR SQR1 SQR2 SQR3 JSQR", 0x28),
            ...plainRegisters("JDR1 JDR2 JDR3 JDR4 DR", 0x3c).map(register => ({
                ...register,
                writable: 0,
            })),
        ],
    }
}

/** The registers that the three share. */
export const ADC_COMMON: KeptBlock = {
    name: "ADC common",
    base: 0x40012300,
    sizeBytes: 0x100,
    gate: "ADC1",
    registers: [
        { name: "CSR", offset: 0x00, writable: 0 },
        { name: "CCR", offset: 0x04 },
        { name: "CDR", offset: 0x08, writable: 0 },
    ],
}

export class AdcBehaviour implements KeptBehaviour {
    constructor(private readonly file: RegisterFile) {}

    wrote(offset: number, value: number): void {
        if (offset !== CR2 || (value & CR2_ADON) === 0) return
        if ((value & CR2_SWSTART) !== 0) this.set(SR_STRT | SR_EOC)
        if ((value & CR2_JSWSTART) !== 0) this.set(SR_JSTRT | SR_JEOC)
    }

    read(offset: number, value: number): number {
        const continuous = (this.file.peek(CR2) & CR2_CONT) !== 0
        if (offset === DR && !continuous)
            this.file.poke(SR, this.file.peek(SR) & ~SR_EOC)
        return value
    }

    private set(flags: number): void {
        this.file.poke(SR, this.file.peek(SR) | flags)
    }
}

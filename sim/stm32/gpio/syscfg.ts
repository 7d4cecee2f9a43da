// SPDX-License-Identifier: MIT
// System configuration (RM0090 §9, RM0390 §8): which port each EXTI line hears.
// Not modelled, and refused: remapping of the memory at 0, the compensation cell is ready at once.

import type { Rules } from "../../rules.ts"
import type { Peripheral } from "../peripheral.ts"
import { RegisterRules, sectionsInOrder } from "../register-rules.ts"

export const SYSCFG_BASE = 0x40013800
export const SYSCFG_SIZE_BYTES = 0x400

export enum SyscfgRegister {
    MEMRM = 0x00,
    PMC = 0x04,
    EXTICR1 = 0x08,
    EXTICR2 = 0x0c,
    EXTICR3 = 0x10,
    EXTICR4 = 0x14,
    CMPCR = 0x20,
}

const CMP_PD = 1 << 0
const CMP_READY = 1 << 8

/** Bits that the manual has of registers that are not modelled. */
const DOCUMENTED: Readonly<Record<number, number>> = {
    [SyscfgRegister.MEMRM]: 0xd07,
    [SyscfgRegister.PMC]: 0x870000,
}

export class Syscfg implements Peripheral {
    readonly name = "SYSCFG"
    private readonly exticr = [0, 0, 0, 0]
    private cmpcr = 0
    private readonly check: RegisterRules

    /** @param ports the chip's ports, "ABCDEFGH" */
    constructor(
        private readonly ports: string,
        rules: Rules,
        /** EXTICRx changed. */
        private readonly selected: () => void
    ) {
        this.check = new RegisterRules(
            rules,
            this,
            sectionsInOrder("RM0090 9.2", SyscfgRegister)
        )
    }

    /** RCC or system reset. */
    reset(): void {
        this.exticr.fill(0)
        this.cmpcr = 0
    }

    /** The pin that an EXTI line hears: "PC13". */
    pinOf(line: number): string {
        const port = (this.exticr[line >>> 2]! >>> ((line & 3) * 4)) & 0xf
        return `P${this.ports.charAt(port)}${line}`
    }

    registerName(offset: number): string | undefined {
        return SyscfgRegister[offset]
    }

    readUint32(offset: number): number {
        switch (offset) {
            case SyscfgRegister.MEMRM:
            case SyscfgRegister.PMC:
                return 0
            case SyscfgRegister.CMPCR:
                return this.cmpcr | (this.cmpcr === CMP_PD ? CMP_READY : 0)
        }
        const index = (offset - SyscfgRegister.EXTICR1) >>> 2
        return this.exticr[index] ?? this.check.unknownRead(offset)
    }

    writeUint32(offset: number, value: number): void {
        switch (offset) {
            case SyscfgRegister.MEMRM:
            case SyscfgRegister.PMC:
                this.check.defined(offset, value, 0, DOCUMENTED[offset])
                return
            case SyscfgRegister.CMPCR:
                this.cmpcr = this.check.ignoreReserved(
                    offset,
                    value & ~CMP_READY,
                    CMP_PD
                )
                return
        }
        const index = (offset - SyscfgRegister.EXTICR1) >>> 2
        if (this.exticr[index] === undefined)
            return this.check.refusedWrite(offset, value)
        const bits = this.check.ignoreReserved(offset, value, 0xffff)
        for (let field = 0; field < 4; field++) {
            const port = (bits >>> (field * 4)) & 0xf
            if (port >= this.ports.length)
                this.check.broken(
                    offset,
                    `EXTI${index * 4 + field} selects port ${port}, the chip has ${this.ports}`,
                    value
                )
        }
        this.exticr[index] = bits
        this.selected()
    }
}

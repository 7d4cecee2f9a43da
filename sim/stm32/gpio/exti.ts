// SPDX-License-Identifier: MIT
// External interrupts (RM0090 §12, RM0390 §10): edges of the pins that SYSCFG selects, and software, to the NVIC.
// Not modelled: events (EMR is stored), lines 16 to 22 of other blocks but by software.

import type { Rules } from "../../rules.ts"
import { Irq } from "../nvic/irq.ts"
import type { Peripheral } from "../peripheral.ts"
import { RegisterRules, sectionsInOrder } from "../register-rules.ts"

export const EXTI_BASE = 0x40013c00
export const EXTI_SIZE_BYTES = 0x400
export const EXTI_PIN_LINES = 16

export enum ExtiRegister {
    IMR = 0x00,
    EMR = 0x04,
    RTSR = 0x08,
    FTSR = 0x0c,
    SWIER = 0x10,
    PR = 0x14,
}

/** Lines 0 to 22. */
const LINES = 0x7fffff
const IRQ_LINES: readonly (readonly [irq: Irq, lines: number])[] = [
    [Irq.EXTI0, 1 << 0],
    [Irq.EXTI1, 1 << 1],
    [Irq.EXTI2, 1 << 2],
    [Irq.EXTI3, 1 << 3],
    [Irq.EXTI4, 1 << 4],
    [Irq.EXTI9_5, 0x03e0],
    [Irq.EXTI15_10, 0xfc00],
]

export interface ExtiWiring {
    readonly rules: Rules
    readonly irq: (irq: Irq, active: boolean) => void
    /** An edge of these lines is waited for from now on. */
    readonly watch: (lines: number) => void
}

export class Exti implements Peripheral {
    readonly name = "EXTI"
    private imr = 0
    private emr = 0
    private rtsr = 0
    private ftsr = 0
    private swier = 0
    private pr = 0
    private readonly check: RegisterRules

    constructor(private readonly wiring: ExtiWiring) {
        this.check = new RegisterRules(
            wiring.rules,
            this,
            sectionsInOrder("RM0090 12.3", ExtiRegister)
        )
    }

    /** System reset. */
    reset(): void {
        this.imr = this.emr = this.rtsr = this.ftsr = this.swier = this.pr = 0
        this.update()
    }

    /** The level of a line's pin has changed. */
    edge(line: number, rising: boolean): void {
        const bit = 1 << line
        if (((rising ? this.rtsr : this.ftsr) & bit) === 0) return
        // RM0090 §12.2.5: PR is set by the edge of a line whose interrupt is not masked.
        this.pr |= bit & this.imr
        this.update()
    }

    registerName(offset: number): string | undefined {
        return ExtiRegister[offset]
    }

    readUint32(offset: number): number {
        switch (offset) {
            case ExtiRegister.IMR:
                return this.imr
            case ExtiRegister.EMR:
                return this.emr
            case ExtiRegister.RTSR:
                return this.rtsr
            case ExtiRegister.FTSR:
                return this.ftsr
            case ExtiRegister.SWIER:
                return this.swier
            case ExtiRegister.PR:
                return this.pr
        }
        return this.check.unknownRead(offset)
    }

    writeUint32(offset: number, value: number): void {
        if (this.registerName(offset) === undefined)
            return this.check.refusedWrite(offset, value)
        const bits = this.check.ignoreReserved(offset, value, LINES)
        switch (offset) {
            case ExtiRegister.IMR:
                this.imr = bits
                break
            case ExtiRegister.EMR:
                this.emr = bits
                break
            case ExtiRegister.RTSR:
                this.rtsr = bits
                break
            case ExtiRegister.FTSR:
                this.ftsr = bits
                break
            case ExtiRegister.SWIER:
                // A bit that rises makes its line pending; PR clears both (RM0090 §12.3.5).
                this.pr |= bits & ~this.swier & this.imr
                this.swier |= bits
                break
            case ExtiRegister.PR:
                this.pr &= ~bits
                this.swier &= ~bits
                break
        }
        this.wiring.watch(this.imr & (this.rtsr | this.ftsr))
        this.update()
    }

    private update(): void {
        for (const [irq, lines] of IRQ_LINES)
            this.wiring.irq(irq, (this.pr & this.imr & lines) !== 0)
    }
}

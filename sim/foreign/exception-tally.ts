// SPDX-License-Identifier: MIT
// Counts exceptions as they are entered, by number, and names them.

import type { Mcu } from "../cortex-m/mcu.ts"
import { Irq } from "../stm32/nvic/irq.ts"

/** Exceptions of the core (PM0214 table 16). */
const CORE_NAMES: Readonly<Record<number, string>> = {
    2: "NMI",
    3: "HardFault",
    4: "MemManage",
    5: "BusFault",
    6: "UsageFault",
    11: "SVCall",
    12: "DebugMonitor",
    14: "PendSV",
    15: "SysTick",
}

const FIRST_INTERRUPT = 16

/** One exception over a run. */
export interface ExceptionCount {
    readonly name: string
    /** 16 and more: interrupts. */
    readonly exception: number
    readonly entries: number
    /** Executed in its handler, and not in those that pre-empted it. */
    readonly instructions: number
}

/** Watches a core from its reset on. */
export class ExceptionTally {
    private readonly entries = new Map<number, number>()

    constructor(private readonly mcu: Mcu) {
        mcu.onEntry = exception =>
            this.entries.set(exception, (this.entries.get(exception) ?? 0) + 1)
    }

    /** By number. */
    counts(): readonly ExceptionCount[] {
        const { byException } = this.mcu.instructions
        return [...this.entries]
            .sort(([a], [b]) => a - b)
            .map(([exception, entries]) => ({
                name: exceptionName(exception),
                exception,
                entries,
                instructions: byException.get(exception) ?? 0,
            }))
    }
}

/** "DMA2_Stream1", "SysTick"; "IRQ 99" for an interrupt without a model. */
export function exceptionName(exception: number): string {
    if (exception < FIRST_INTERRUPT)
        return CORE_NAMES[exception] ?? `exception ${exception}`
    const irq = exception - FIRST_INTERRUPT
    return Irq[irq] ?? `IRQ ${irq}`
}

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

/** Interrupts of the DCMI and of the streams that its request reaches (RM0090 table 43). */
export const CAPTURE_HANDLERS: readonly string[] = [
    "DCMI",
    "DMA2_Stream1",
    "DMA2_Stream7",
]

/** One exception over a run. */
export interface ExceptionCount {
    readonly name: string
    /** 16 and more: interrupts. */
    readonly exception: number
    readonly entries: number
    /** Executed in its handler, and not in those that pre-empted it. */
    readonly instructions: number
    /** Longest time from an entry to its return, with all that pre-empted it, ns. */
    readonly longestNs: number
    /** Captured frames that began while it ran. */
    readonly frameStarts: number
}

interface Entry {
    entries: number
    longestNs: number
    frameStarts: number
}

/** Watches a core from its reset on. */
export class ExceptionTally {
    private readonly entries = new Map<number, Entry>()
    /** Those that run, and since when, the innermost last. */
    private readonly running: { exception: number; sinceNs: number }[] = []

    constructor(private readonly mcu: Mcu) {
        mcu.onEntry = exception => {
            // The one that is entered is active already; one that follows itself has returned before.
            this.leave(mcu.activeExceptions.length - 1)
            this.entry(exception).entries++
            this.running.push({ exception, sinceNs: mcu.nowNs })
        }
        const { onException } = mcu
        mcu.onException = exception => {
            onException?.(exception)
            this.leave(mcu.activeExceptions.length)
        }
    }

    /** A frame begins. */
    frameStarts(): void {
        for (const { exception } of this.running)
            this.entry(exception).frameStarts++
    }

    /** A handler of the DCMI or of the streams that can serve it runs, or was pre-empted. */
    get captureHandlerRuns(): boolean {
        return this.running.some(({ exception }) =>
            CAPTURE_HANDLERS.includes(exceptionName(exception))
        )
    }

    /** By number. */
    counts(): readonly ExceptionCount[] {
        const { byException } = this.mcu.instructions
        return [...this.entries]
            .sort(([a], [b]) => a - b)
            .map(([exception, rest]) => ({
                name: exceptionName(exception),
                exception,
                ...rest,
                instructions: byException.get(exception) ?? 0,
            }))
    }

    /** Those that are not among the first `depth` active ones any more have returned. */
    private leave(depth: number): void {
        const { running, mcu } = this
        const active = mcu.activeExceptions
        const left = running.findIndex(
            ({ exception }, index) =>
                index >= depth || active[index] !== exception
        )
        if (left < 0) return
        for (const { exception, sinceNs } of running.splice(left)) {
            const entry = this.entry(exception)
            entry.longestNs = Math.max(entry.longestNs, mcu.nowNs - sinceNs)
        }
    }

    private entry(exception: number): Entry {
        let entry = this.entries.get(exception)
        if (entry === undefined) {
            entry = { entries: 0, longestNs: 0, frameStarts: 0 }
            this.entries.set(exception, entry)
        }
        return entry
    }
}

/** "DMA2_Stream1", "SysTick"; "IRQ 99" for an interrupt without a model. */
export function exceptionName(exception: number): string {
    if (exception < FIRST_INTERRUPT)
        return CORE_NAMES[exception] ?? `exception ${exception}`
    const irq = exception - FIRST_INTERRUPT
    return Irq[irq] ?? `IRQ ${irq}`
}

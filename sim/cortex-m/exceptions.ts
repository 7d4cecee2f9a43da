// SPDX-License-Identifier: MIT
// Exceptions of the Cortex-M4: which are pending and active, and which one pre-empts (ARMv7-M ARM B1.5, PM0214 §2.3).

import type { Nvic } from "../stm32/nvic/nvic.ts"

/** Exception numbers (PM0214 table 17). An interrupt n is exception 16 + n. */
export enum Exception {
    RESET = 1,
    NMI = 2,
    HARD_FAULT = 3,
    MEM_MANAGE = 4,
    BUS_FAULT = 5,
    USAGE_FAULT = 6,
    SV_CALL = 11,
    DEBUG_MONITOR = 12,
    PEND_SV = 14,
    SYS_TICK = 15,
    IRQ0 = 16,
}

/** Priority of thread mode without masks: everything pre-empts. */
export const THREAD_PRIORITY = 256
const NMI_PRIORITY = -2
export const HARD_FAULT_PRIORITY = -1

/** Exceptions of the core whose pending state is kept here. */
const SYSTEM_EXCEPTIONS = [2, 3, 4, 5, 6, 11, 12, 14, 15] as const

/** PRIMASK, BASEPRI, FAULTMASK as the CPU has them. */
export interface Masks {
    readonly primask: boolean
    /** 0: off. */
    readonly basepri: number
    readonly faultmask: boolean
}

/** An exception that wants to be taken, with its priority. */
export interface Candidate {
    readonly exception: number
    readonly priority: number
}

/** Pending, active and priority of all exceptions; interrupts are the NVIC's. */
export class Exceptions {
    /** AIRCR.PRIGROUP. */
    priorityGroup = 0
    /** SHCSR.MEMFAULTENA, BUSFAULTENA, USGFAULTENA: bits 16 to 18. */
    faultEnables = 0
    /** SHPR1 to SHPR3, a byte for each of the exceptions 4 to 15. */
    readonly systemPriorities = new Uint8Array(12)
    private readonly pending = new Set<number>()
    /** Active exceptions, the innermost last. */
    private readonly stack: number[] = []

    constructor(private readonly nvic: Nvic) {}

    reset(): void {
        this.priorityGroup = 0
        this.faultEnables = 0
        this.systemPriorities.fill(0)
        this.pending.clear()
        this.stack.length = 0
        this.nvic.reset()
    }

    setPending(exception: number, pending: boolean): void {
        if (pending) this.pending.add(exception)
        else this.pending.delete(exception)
    }

    isPending(exception: number): boolean {
        return this.pending.has(exception)
    }

    isActive(exception: number): boolean {
        return this.stack.includes(exception)
    }

    /** Number of active exceptions: 0 in thread mode outside all handlers. */
    get depth(): number {
        return this.stack.length
    }

    /** All that is active, the outermost first. */
    get active(): readonly number[] {
        return this.stack
    }

    /** An exception's priority, -2 to 255; the lower the more urgent. */
    priorityOf(exception: number): number {
        if (exception === Exception.NMI) return NMI_PRIORITY
        if (exception === Exception.HARD_FAULT) return HARD_FAULT_PRIORITY
        if (exception >= Exception.IRQ0)
            return this.nvic.priorityOf(exception - Exception.IRQ0)
        return this.systemPriorities[exception - 4] ?? 0
    }

    /** The part of a priority that pre-empts: bits above those of PRIGROUP. */
    groupOf(priority: number): number {
        return priority < 0
            ? priority
            : priority & ~((2 << this.priorityGroup) - 1)
    }

    /** The priority at which the CPU runs. */
    executionPriority(masks: Masks): number {
        let least = this.activePriority()
        if (masks.basepri !== 0)
            least = Math.min(least, this.groupOf(masks.basepri))
        if (masks.primask) least = Math.min(least, 0)
        if (masks.faultmask) least = Math.min(least, HARD_FAULT_PRIORITY)
        return least
    }

    /** The same without the masks. */
    activePriority(): number {
        let least = THREAD_PRIORITY
        for (const exception of this.stack)
            least = Math.min(least, this.groupOf(this.priorityOf(exception)))
        return least
    }

    /** The most urgent exception that is enabled and pending, masked or not. */
    mostUrgent(): Candidate | undefined {
        let best: Candidate | undefined
        // Asked after every register access, when mostly nothing is pending.
        const system = this.pending.size > 0 ? SYSTEM_EXCEPTIONS : []
        for (const exception of system) {
            if (!this.pending.has(exception)) continue
            const priority = this.priorityOf(exception)
            if (best === undefined || priority < best.priority)
                best = { exception, priority }
        }
        const irq = this.nvic.mostUrgent()
        if (irq !== undefined) {
            const priority = this.nvic.priorityOf(irq)
            if (best === undefined || priority < best.priority)
                best = { exception: Exception.IRQ0 + irq, priority }
        }
        return best
    }

    /** The exception that pre-empts what runs at `executionPriority`, if any. */
    next(executionPriority: number): number | undefined {
        const best = this.mostUrgent()
        return best !== undefined &&
            this.groupOf(best.priority) < executionPriority
            ? best.exception
            : undefined
    }

    /** The handler starts: pending becomes active. */
    enter(exception: number): void {
        this.pending.delete(exception)
        this.stack.push(exception)
        if (exception >= Exception.IRQ0)
            this.nvic.enter(exception - Exception.IRQ0)
    }

    /** The handler returned. */
    leave(exception: number): void {
        const at = this.stack.lastIndexOf(exception)
        if (at >= 0) this.stack.splice(at, 1)
        if (exception >= Exception.IRQ0)
            this.nvic.leave(exception - Exception.IRQ0)
    }

    /** A fault's handler is enabled in SHCSR. HardFault and NMI always are. */
    isFaultEnabled(exception: number): boolean {
        if (exception === Exception.MEM_MANAGE)
            return (this.faultEnables & (1 << 16)) !== 0
        if (exception === Exception.BUS_FAULT)
            return (this.faultEnables & (1 << 17)) !== 0
        if (exception === Exception.USAGE_FAULT)
            return (this.faultEnables & (1 << 18)) !== 0
        return true
    }
}

// SPDX-License-Identifier: MIT
// The CPU's own time and its counts. Between two looks of TypeScript the core's hook counts down a budget of cycles, or of
// instructions with --cpi; what it used becomes virtual time here.

import { BusTiming } from "./bus-timing.ts"
import { Word } from "./core-state.ts"
import type { CpuCore } from "./unicorn.ts"

/** Longest run without a look at the clock, cycles or instructions; keeps the budget within 31 bits. */
const LONGEST_RUN = 0x40000000

/** What virtual time is made of: the cycle model of cycles/pipeline.h, or so many cycles for each instruction. */
export type CpuTiming = "cycle model" | "--cpi"

/** Instructions executed, those skipped in IT blocks not counted. */
export interface InstructionCounts {
    readonly total: number
    /** HCLK cycles that they took, with exceptions and the waits of accesses. */
    readonly cycles: number
    /** By exception number: 0 thread mode, 15 SysTick, 16 + n interrupt n. */
    readonly byException: ReadonlyMap<number, number>
}

export interface ExecutionTimeOptions {
    /** Frequency of the core, Hz; may change at every register write. */
    readonly hclkHz: () => number
    /** Clocks of the buses, Hz; left out: as fast as the core. */
    readonly pclk1Hz?: () => number
    readonly pclk2Hz?: () => number
    /** Cycles per instruction; left out: by the cycle model. */
    readonly cpi?: number | undefined
}

export class ExecutionTime {
    /** Virtual time of the CPU as of the last account(), ns. */
    ns = 0
    /** Told of cycles in which nothing is executed. */
    onPassed: ((cycles: number) => void) | undefined
    /** Waits of accesses. */
    readonly buses: BusTiming
    private readonly counts = new Map<number, number>()
    private total = 0
    private cycles = 0
    /** Word.INSTRUCTIONS as of the last look. */
    private instructionsSeen = 0
    /** Length of what Word.BUDGET counts: a cycle, or an instruction of `cpi` cycles. */
    private nsPerUnit = 0
    private readonly cyclesPerUnit: number
    /** What Word.BUDGET started from. */
    private granted = 0

    constructor(
        private readonly core: CpuCore,
        private readonly options: ExecutionTimeOptions
    ) {
        const { hclkHz, pclk1Hz = hclkHz, pclk2Hz = hclkHz, cpi } = options
        this.cyclesPerUnit = cpi ?? 1
        this.buses = new BusTiming({ hclkHz, pclk1Hz, pclk2Hz })
    }

    /** With what has been executed since account(), ns. */
    get nowNs(): number {
        return this.ns + this.consumed() * this.nsPerUnit
    }

    get instructions(): InstructionCounts {
        const { total, cycles, counts } = this
        return { total, cycles, byException: counts }
    }

    get timing(): CpuTiming {
        return this.options.cpi === undefined ? "cycle model" : "--cpi"
    }

    /** Cycles per instruction: as was asked for, or as they came out so far. */
    get cpi(): number {
        return this.options.cpi ?? (this.total ? this.cycles / this.total : 0)
    }

    /** Not before this time, ns. */
    advanceTo(ns: number): void {
        this.ns = Math.max(this.ns, ns)
    }

    /** Cycles pass in which no instruction is executed. */
    pass(cycles: number): void {
        this.cycles += cycles
        this.onPassed?.(cycles)
        this.ns += (cycles * 1e9) / this.options.hclkHz()
        this.core.words[Word.SPENT]! += cycles
    }

    /** An access waits for its bus; with --cpi none does. */
    waitForBus(address: number, bytes: number, writes: boolean): void {
        if (this.options.cpi !== undefined) return
        const cycle = Math.round((this.ns * this.options.hclkHz()) / 1e9)
        const wait = this.buses.waitCycles(address, bytes, writes, cycle)
        if (wait > 0) this.pass(wait)
    }

    /** Book what was executed since the last call. @param exception that it was executed in */
    account(exception: number): void {
        const consumed = this.consumed()
        this.granted = this.core.signed[Word.BUDGET]!
        if (consumed === 0) return
        const seen = this.core.words[Word.INSTRUCTIONS]!
        const instructions = (seen - this.instructionsSeen) >>> 0
        this.instructionsSeen = seen
        this.total += instructions
        this.counts.set(
            exception,
            (this.counts.get(exception) ?? 0) + instructions
        )
        this.cycles += consumed * this.cyclesPerUnit
        this.ns += consumed * this.nsPerUnit
    }

    /**
     * Let the core execute until something happens; at least one instruction before the end.
     * @param nextNs when that is
     * @param untilNs the end
     * @returns whether it may execute anything
     */
    grant(nextNs: number, untilNs: number): boolean {
        this.nsPerUnit = (this.cyclesPerUnit * 1e9) / this.options.hclkHz()
        const limitNs = Math.min(untilNs, nextNs)
        const count = Math.ceil((limitNs - this.ns) / this.nsPerUnit)
        const least = this.ns < untilNs ? 1 : 0
        this.setBudget(Math.min(LONGEST_RUN, Math.max(least, count)))
        return this.granted > 0
    }

    /** The core stops before its next instruction; account() first. */
    withhold(): void {
        this.setBudget(0)
    }

    /** So many instructions of a debugger's call, of which forget() leaves no trace. */
    lend(instructions: number): void {
        this.setBudget(instructions)
    }

    /** What was executed since account() is none of the program's. */
    forget(): void {
        this.instructionsSeen = this.core.words[Word.INSTRUCTIONS]!
        this.setBudget(0)
    }

    private setBudget(units: number): void {
        this.granted = this.core.signed[Word.BUDGET] = units
    }

    private consumed(): number {
        return this.granted - this.core.signed[Word.BUDGET]!
    }
}

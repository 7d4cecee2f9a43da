// SPDX-License-Identifier: MIT
// Exception entry and return of the Cortex-M4 (ARMv7-M ARM B1.5.6 to B1.5.8), done on the emulated CPU's registers.
// Not modelled: lazy stacking of FP registers (they are stacked at entry, at the cost of lazy stacking).

import { CamscriptError } from "../../protocol/errors.ts"
import { Core, Word } from "./core-state.ts"
import type { CpuMemory } from "./cpu-memory.ts"
import type { FpuControl } from "./core-peripherals/debug-blocks.ts"
import {
    Exception,
    type Exceptions,
    HARD_FAULT_PRIORITY,
    type Masks,
} from "./exceptions.ts"
import { Ccr, Cfsr, Hfsr, type Scb } from "./core-peripherals/system-control.ts"
import type { CpuCore } from "./unicorn.ts"

/**
 * Cortex-M4 TRM 3.9.1 with zero wait states: entry 12, return 10, tail-chain 6 cycles; 17 more words for the FPU. What
 * vector and first instruction wait for flash is added where they are fetched.
 */
const ENTRY_CYCLES = 12
const RETURN_CYCLES = 10
const TAIL_CHAIN_CYCLES = 6
const FP_WORDS_CYCLES = 17

const XPSR_T = 1 << 24
/** IT and ICI bits of EPSR. */
const XPSR_IT = 0x0600fc00
const XPSR_ALIGNED = 1 << 9
const IPSR_BITS = 0x1ff
const CONTROL_NPRIV = 1 << 0
const CONTROL_SPSEL = 1 << 1
const CONTROL_FPCA = 1 << 2

const FRAME_WORDS = 8
const FP_FRAME_WORDS = 26

export interface ExceptionUnitOptions {
    readonly core: CpuCore
    readonly memory: CpuMemory
    /** The MPU, at the priority that the core has now, denies a load or store of stacking. */
    readonly denies: (
        address: number,
        bytes: number,
        writes: boolean,
        privileged: boolean
    ) => boolean
    readonly exceptions: Exceptions
    readonly scb: Scb
    readonly fpu: FpuControl
    /** Let HCLK cycles pass in which no instruction is executed. */
    readonly spend: (cycles: number) => void
    /** Called with the new number in IPSR whenever it changes. */
    readonly served: (exception: number) => void
    /** A handler is entered, not returned to. */
    readonly entered: (exception: number) => void
    /** A fault is about to be taken; registers are still those of the instruction. */
    readonly faulted: (fault: TakenFault) => void
    /** One paragraph about where the program is. */
    readonly where: () => string
    /** Where the vector table is at the reset: the boot memory at 0, or where a boot loader would jump to. */
    readonly vectorTable: number
}

/** Why a fault comes: its exception and the bits of CFSR. */
export interface Fault {
    readonly exception:
        Exception.MEM_MANAGE | Exception.BUS_FAULT | Exception.USAGE_FAULT
    readonly status: number
    readonly address?: number
}

/** A fault as it was taken. */
export interface TakenFault extends Fault {
    /** Of the instruction. */
    readonly pc: number
    /** It became a HardFault: its own exception is not enabled, or not urgent enough (PM0214 §2.4.2). */
    readonly escalated: boolean
}

export class ExceptionUnit {
    /** Set by exception entry, return and SEV: WFE does not sleep then. */
    event = false
    /** Exception being served, 0 in thread mode. */
    ipsr = 0
    /** FAULTMASK, as of the last readMode(). */
    private faultmask = false
    /** CONTROL.nPRIV, as of the last readMode(). */
    private unprivilegedThread = false

    constructor(private readonly options: ExceptionUnitOptions) {}

    /** Start at the reset vector. */
    reset(): void {
        const { core, memory } = this.options
        const registers = core.change()
        registers.fill(0)
        registers[Core.LR] = 0xffffffff
        const { vectorTable } = this.options
        registers[Core.MSP] = (memory.read32(vectorTable) ?? 0) & ~3
        const vector = memory.read32(vectorTable + 4) ?? 0
        registers[Core.PC] = vector & ~1
        registers[Core.XPSR] = vector & 1 ? XPSR_T : 0
        core.fpRegisters.fill(0)
        core.storeFp()
        this.serve(0)
        this.event = false
        this.readMode()
    }

    /** CONTROL or FAULTMASK may have been written. */
    readMode(): void {
        const registers = this.options.core.current()
        this.faultmask = (registers[Core.FAULTMASK]! & 1) !== 0
        this.unprivilegedThread =
            (registers[Core.CONTROL]! & CONTROL_NPRIV) !== 0
    }

    /** Handlers always are; a thread is by CONTROL.nPRIV. */
    get privileged(): boolean {
        return this.ipsr !== 0 || !this.unprivilegedThread
    }

    /** HardFault, NMI or what runs with FAULTMASK set: the MPU is not in force without HFNMIENA (ARMv7-M ARM B3.5.3). */
    get hasNegativePriority(): boolean {
        return this.faultmask || this.options.exceptions.activePriority() < 0
    }

    masks(): Masks {
        const registers = this.options.core.current()
        return {
            primask: (registers[Core.PRIMASK]! & 1) !== 0,
            basepri: registers[Core.BASEPRI]! & 0xf0,
            faultmask: (registers[Core.FAULTMASK]! & 1) !== 0,
        }
    }

    /**
     * Take the most urgent pending exception, if one may pre-empt.
     * @returns whether one is pending and masked: look again when PRIMASK, BASEPRI or FAULTMASK changes
     */
    takePending(): boolean {
        const { exceptions, core } = this.options
        const best = exceptions.mostUrgent()
        if (
            best === undefined ||
            exceptions.groupOf(best.priority) >= exceptions.activePriority()
        )
            return false
        const priority = exceptions.executionPriority(this.masks())
        const exception = exceptions.next(priority)
        if (exception === undefined) return true
        this.enter(exception, core.current()[Core.PC]!, priority)
        return false
    }

    /**
     * A fault of the instruction at `pc`.
     * @throws CamscriptError when the core locks up
     */
    fault(fault: Fault, pc: number): void {
        const { exceptions, scb } = this.options
        this.note(fault)
        const priority = exceptions.executionPriority(this.masks())
        const escalated = this.escalates(fault.exception, priority)
        this.options.faulted({ ...fault, pc, escalated })
        if (!escalated) return this.enter(fault.exception, pc, priority)
        this.lockupAt(priority, fault)
        scb.hfsr = (scb.hfsr | Hfsr.FORCED) >>> 0
        this.enter(Exception.HARD_FAULT, pc, priority)
    }

    /** SVC at `pc`, which returns to `next`. */
    supervisorCall(pc: number, next: number): void {
        const { exceptions, scb } = this.options
        const priority = exceptions.executionPriority(this.masks())
        if (
            exceptions.groupOf(exceptions.priorityOf(Exception.SV_CALL)) <
            priority
        )
            return this.enter(Exception.SV_CALL, next, priority)
        this.lockupAt(priority)
        scb.hfsr = (scb.hfsr | Hfsr.FORCED) >>> 0
        this.enter(Exception.HARD_FAULT, pc, priority)
    }

    /**
     * EXC_RETURN was loaded into the PC.
     * @returns whether the program is in thread mode again
     */
    return(excReturn: number): boolean {
        const { exceptions, core } = this.options
        const registers = core.change()
        const leaving = this.ipsr
        exceptions.leave(leaving)
        this.event = true
        if (leaving !== Exception.NMI) {
            registers[Core.FAULTMASK] = 0
            this.faultmask = false
        }
        const toThread = (excReturn & 8) !== 0
        if (!isExcReturn(excReturn) || toThread !== (exceptions.depth === 0)) {
            // ARMv7-M ARM B1.5.8: the fault is taken with the return value in LR.
            registers[Core.LR] = excReturn
            this.serve(exceptions.active.at(-1) ?? 0)
            registers[Core.XPSR] = XPSR_T | this.ipsr
            this.fault(
                { exception: Exception.USAGE_FAULT, status: Cfsr.INVPC },
                excReturn
            )
            return false
        }
        const priority = exceptions.executionPriority(this.masks())
        const next = exceptions.next(priority)
        if (next !== undefined) {
            this.options.spend(TAIL_CHAIN_CYCLES)
            this.start(exceptions.next(priority) ?? next, excReturn)
            return false
        }
        this.options.spend(RETURN_CYCLES)
        return this.unstack(excReturn) && toThread
    }

    private note(fault: Fault): void {
        const { scb } = this.options
        scb.cfsr = (scb.cfsr | fault.status) >>> 0
        if (fault.address === undefined) return
        if (fault.exception === Exception.MEM_MANAGE) {
            scb.mmfar = fault.address
            scb.cfsr = (scb.cfsr | Cfsr.MMARVALID) >>> 0
        } else {
            scb.bfar = fault.address
            scb.cfsr = (scb.cfsr | Cfsr.BFARVALID) >>> 0
        }
    }

    private lockupAt(priority: number, fault?: Fault): void {
        if (priority > HARD_FAULT_PRIORITY) return
        const { scb } = this.options
        const address =
            fault?.address === undefined ? "" : ` at ${hex(fault.address)}`
        throw new CamscriptError(
            `the CPU is locked up: a fault${address} inside ${exceptionName(this.ipsr)}, ${this.options.where()}; ` +
                `CFSR ${hex(scb.cfsr)}, HFSR ${hex(scb.hfsr)}`
        )
    }

    private enter(exception: number, returnPc: number, priority: number): void {
        const { core, exceptions, fpu, spend } = this.options
        const registers = core.change()
        const control = registers[Core.CONTROL]!
        const thread = this.ipsr === 0
        const onPsp = thread && (control & CONTROL_SPSEL) !== 0
        const withFp = fpu.automatic && (control & CONTROL_FPCA) !== 0
        const failed = this.stack(returnPc, onPsp, withFp)
        spend(ENTRY_CYCLES + (withFp && !fpu.lazy ? FP_WORDS_CYCLES : 0))
        let chosen = exception
        // Late arrival: what became pending during the entry, and is more urgent, comes first.
        const later = exceptions.next(priority)
        if (
            later !== undefined &&
            later !== exception &&
            exceptions.priorityOf(later) < exceptions.priorityOf(exception)
        ) {
            exceptions.setPending(exception, exception < Exception.IRQ0)
            chosen = later
        }
        if (failed !== undefined)
            chosen = this.stackingFailed(failed, chosen, priority, returnPc)
        const mode = thread ? (onPsp ? 0xd : 0x9) : 0x1
        this.start(chosen, ((withFp ? 0xffffffe0 : 0xfffffff0) | mode) >>> 0)
    }

    /**
     * A fault while stacking (ARMv7-M ARM B1.5.11, derived exceptions): the more urgent of the two is taken first.
     * @param priority at which the interrupted code ran
     */
    private stackingFailed(
        why: "bus" | "mpu",
        exception: number,
        priority: number,
        pc: number
    ): number {
        const { exceptions, scb } = this.options
        const fault: Fault =
            why === "bus"
                ? { exception: Exception.BUS_FAULT, status: Cfsr.STKERR }
                : { exception: Exception.MEM_MANAGE, status: Cfsr.MSTKERR }
        this.note(fault)
        let derived: number = fault.exception
        const escalated = this.escalates(derived, priority)
        this.options.faulted({ ...fault, pc, escalated })
        if (escalated) {
            scb.hfsr = (scb.hfsr | Hfsr.FORCED) >>> 0
            derived = Exception.HARD_FAULT
        }
        if (derived === exception) return exception
        const difference =
            exceptions.priorityOf(derived) - exceptions.priorityOf(exception)
        const first =
            difference < 0 || (difference === 0 && derived < exception)
                ? derived
                : exception
        for (const waiting of [derived, exception])
            if (waiting !== first && waiting < Exception.IRQ0)
                exceptions.setPending(waiting, true)
        return first
    }

    private stack(
        returnPc: number,
        onPsp: boolean,
        withFp: boolean
    ): "bus" | "mpu" | undefined {
        const { core, memory, scb, fpu } = this.options
        const registers = core.change()
        const pointer = onPsp ? Core.PSP : Core.MSP
        const before = registers[Core.SP]!
        const words = withFp ? FP_FRAME_WORDS : FRAME_WORDS
        const align = withFp || (scb.ccr & Ccr.STKALIGN) !== 0
        const padded = align && (before & 4) !== 0
        const frame = (before - words * 4 - (padded ? 4 : 0)) >>> 0
        const xpsr =
            (registers[Core.XPSR]! & ~(XPSR_ALIGNED | IPSR_BITS)) |
            this.ipsr |
            (padded ? XPSR_ALIGNED : 0)
        const content = [0, 1, 2, 3, Core.R12, Core.LR].map(
            index => registers[index]!
        )
        content.push(returnPc, xpsr)
        if (withFp) {
            core.loadFp()
            content.push(...core.fpRegisters, 0)
            fpu.frameAddress = frame + FRAME_WORDS * 4
            core.fpRegisters[16] = fpu.defaultFpscr
            core.storeFp()
        }
        const { denies } = this.options
        const denied = denies(frame, words * 4, true, this.privileged)
        let failed: "bus" | "mpu" | undefined
        content.forEach((word, index) => {
            const address = (frame + index * 4) >>> 0
            if (denied && denies(address, 4, true, this.privileged))
                failed = "mpu"
            else if (!memory.write32(address, word)) failed ??= "bus"
        })
        registers[pointer] = frame
        return failed
    }

    /** The handler's first instruction comes next. */
    private start(exception: number, excReturn: number): void {
        const { core, memory, exceptions, scb } = this.options
        const registers = core.change()
        core.words[Word.VECTOR] = scb.vtor + exception * 4
        let vector = memory.read32(scb.vtor + exception * 4)
        if (vector === undefined) {
            scb.hfsr = (scb.hfsr | Hfsr.VECTTBL) >>> 0
            if (
                exception === Exception.HARD_FAULT ||
                exception === Exception.NMI
            )
                this.lockupAt(HARD_FAULT_PRIORITY)
            exceptions.setPending(exception, exception < Exception.IRQ0)
            exception = Exception.HARD_FAULT
            vector = memory.read32(scb.vtor + exception * 4) ?? 0
        }
        exceptions.enter(exception)
        this.options.entered(exception)
        this.serve(exception)
        this.event = true
        registers[Core.LR] = excReturn
        registers[Core.PC] = vector & ~1
        registers[Core.XPSR] =
            (registers[Core.XPSR]! & ~(IPSR_BITS | XPSR_IT | XPSR_T)) |
            exception |
            (vector & 1 ? XPSR_T : 0)
        registers[Core.CONTROL] =
            registers[Core.CONTROL]! & ~(CONTROL_SPSEL | CONTROL_FPCA)
        registers[Core.SP] = registers[Core.MSP]!
    }

    /** @returns false when the frame cannot be read: a fault was taken */
    private unstack(excReturn: number): boolean {
        const { core, memory, exceptions } = this.options
        const registers = core.change()
        const onPsp = (excReturn & 4) !== 0
        const withFp = (excReturn & 0x10) === 0
        const pointer = onPsp ? Core.PSP : Core.MSP
        const frame = registers[pointer]!
        const words = withFp ? FP_FRAME_WORDS : FRAME_WORDS
        const interrupted = exceptions.active.at(-1) ?? 0
        const privileged = interrupted !== 0 || !this.unprivilegedThread
        if (this.options.denies(frame, words * 4, false, privileged))
            return this.unstackingFailed(
                { exception: Exception.MEM_MANAGE, status: Cfsr.MUNSTKERR },
                excReturn
            )
        const content: number[] = []
        for (let index = 0; index < words; index++) {
            const word = memory.read32(frame + index * 4)
            if (word === undefined)
                return this.unstackingFailed(
                    { exception: Exception.BUS_FAULT, status: Cfsr.UNSTKERR },
                    excReturn
                )
            content.push(word)
        }
        const xpsr = content[7]!
        ;[0, 1, 2, 3, Core.R12, Core.LR].forEach((index, at) => {
            registers[index] = content[at]!
        })
        registers[Core.PC] = content[6]! & ~1
        registers[Core.XPSR] = xpsr & ~XPSR_ALIGNED
        registers[pointer] = frame + words * 4 + (xpsr & XPSR_ALIGNED ? 4 : 0)
        registers[Core.CONTROL] =
            (registers[Core.CONTROL]! & ~(CONTROL_SPSEL | CONTROL_FPCA)) |
            (onPsp ? CONTROL_SPSEL : 0) |
            (withFp ? CONTROL_FPCA : 0)
        if (withFp) {
            core.fpRegisters.set(content.slice(FRAME_WORDS, FRAME_WORDS + 17))
            core.storeFp()
        }
        this.serve(xpsr & IPSR_BITS)
        registers[Core.SP] = registers[pointer]!
        return true
    }

    /**
     * A fault while unstacking is chained to the handler: nothing is stacked, SP is as it was, and the handler returns to
     * the same frame (PM0214 §4.4.10, MUNSTKERR and UNSTKERR).
     */
    private unstackingFailed(fault: Fault, excReturn: number): false {
        const { exceptions, scb, core } = this.options
        this.serve(exceptions.active.at(-1) ?? 0)
        this.note(fault)
        const priority = exceptions.executionPriority(this.masks())
        const escalated = this.escalates(fault.exception, priority)
        this.options.faulted({
            ...fault,
            pc: core.current()[Core.PC]!,
            escalated,
        })
        if (escalated) {
            this.lockupAt(priority, fault)
            scb.hfsr = (scb.hfsr | Hfsr.FORCED) >>> 0
        }
        this.options.spend(TAIL_CHAIN_CYCLES)
        this.start(
            escalated ? Exception.HARD_FAULT : fault.exception,
            excReturn
        )
        return false
    }

    private escalates(exception: number, priority: number): boolean {
        const { exceptions } = this.options
        return (
            !exceptions.isFaultEnabled(exception) ||
            exceptions.groupOf(exceptions.priorityOf(exception)) >= priority
        )
    }

    private serve(exception: number): void {
        this.ipsr = exception
        this.options.served(exception)
    }
}

function isExcReturn(value: number): boolean {
    return [0x1, 0x9, 0xd].includes(value & 0xf)
}

/** "HardFault", "interrupt 57". */
export function exceptionName(exception: number): string {
    if (exception === 0) return "thread mode"
    if (exception >= Exception.IRQ0)
        return `interrupt ${exception - Exception.IRQ0}`
    const name = Exception[exception] ?? `exception ${exception}`
    return `the handler of ${name}`
}

export function hex(value: number): string {
    return `0x${(value >>> 0).toString(16).padStart(8, "0")}`
}

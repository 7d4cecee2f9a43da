// SPDX-License-Identifier: MIT
// The emulated microcontroller core: Unicorn's Cortex-M4 with exceptions, sleep, system registers and virtual time.

import type { MemoryRegion } from "../../boards/ram-layout.ts"
import type { Clock } from "../clock.ts"
import { CamscriptError } from "../../protocol/errors.ts"
import type { Rules } from "../rules.ts"
import type { AhbError } from "../stm32/external-memory.ts"
import type { MemoryBus } from "../stm32/memory-bus.ts"
import type { Nvic } from "../stm32/nvic/nvic.ts"
import {
    Core,
    Flag,
    RETURN_ADDRESS,
    Stop,
    UnicornException,
    Word,
} from "./core-state.ts"
import { CoreDebug } from "./core-debug.ts"
import { CpuMemory, FLASH_BASE } from "./cpu-memory.ts"
import {
    ExecutionTime,
    type ExecutionTimeOptions,
    type InstructionCounts,
} from "./execution-time.ts"
import { Exceptions } from "./exceptions.ts"
import { ExceptionUnit, hex, type TakenFault } from "./exception-unit.ts"
import { faultOf, type StopReport } from "./faults.ts"
import { FlashWrites, type FlashWrite } from "./flash-writes.ts"
import { IO_RANGES, IoBus } from "./io-bus.ts"
import type { SymbolTable } from "../../toolchain/elf/symbol-table.ts"
import { callBoth } from "../trace/call-both.ts"
import { SystemSpace } from "./core-peripherals/system-space.ts"
import { Ccr, Scr } from "./core-peripherals/system-control.ts"
import { CoreTally } from "./tally/core-tally.ts"
import { CpuCore, registerIndex } from "./unicorn.ts"

/** A called function may take this many instructions. */
const CALL_LIMIT = 100_000_000

/** Watched addresses this far apart have one mark (WATCH_BITS of hooks.c). */
const MARK_STRIDE = 1 << 21

/** Registers of the FLASH interface: wait states and caches are set there. */
const FLASH_REGISTERS = { start: 0x40023c00, end: 0x40024000 }

/** Why the core starts again at its reset vector; RAM keeps its content but for POWER_ON, whose chip was reset before. */
export type ResetCause =
    "SYSRESETREQ" | "IWDG" | "WWDG" | "NRST" | "LOW_POWER" | "POWER_ON"

export interface McuOptions extends ExecutionTimeOptions {
    /** All memories, indexed by MCU addresses; the buffer of a WebAssembly.Memory. */
    readonly memory: Uint8Array
    readonly flashBytes: number
    /** RAM. */
    readonly memories: readonly MemoryRegion[]
    /** Read-only memory besides flash: unique ID and flash size. */
    readonly systemPage?: { readonly address: number; readonly bytes: number }
    readonly bus: MemoryBus
    readonly nvic: Nvic
    readonly clock: Clock
    readonly rules: Rules
    /** Interrupt lines of the chip. */
    readonly interrupts: number
    /** DBGMCU_IDCODE of the chip. */
    readonly idcode: number
    /** FLASH_ACR: wait states, prefetch, caches; left out: 0. */
    readonly flashAcr?: () => number
    readonly symbols?: SymbolTable
    /**
     * Where the vector table is, as a boot loader that is left out would leave it: the core starts there, with VTOR set.
     * Default: the boot memory at 0, which is flash.
     */
    readonly vectorTable?: number | undefined
}

/** A store into RAM that is about to be done. */
export interface SeenStore {
    readonly by: "instruction" | "exception entry"
    /** Of the instruction, or of that before the exception. */
    readonly pc: number
    readonly address: number
    readonly bytes: number
    /** Its lower 32 bits; of a bit that is written by its alias the bit. */
    readonly value: number
}

/** An access that got an AHB error, and the instruction that made it. */
interface FailedAccess {
    readonly error: AhbError
    readonly pc: number
}

/** One core on its chip. Call `reset` before the first `run`, `close` at the end. */
export class Mcu {
    /** Called before the core restarts: reset the peripherals, note the cause in RCC_CSR. */
    onReset: ((cause: ResetCause) => void) | undefined
    /** A store of the CPU into flash, at an address from 0x08000000 on; 1, 2 or 4 bytes. Memory is unchanged yet. */
    onFlashWrite: FlashWrite | undefined
    /** Called when an exception is entered or left, with the number then in IPSR. */
    onException: ((exception: number) => void) | undefined
    /** Called when an exception's handler is entered, and not when it is returned to. */
    onEntry: ((exception: number) => void) | undefined
    /** A fault is about to be taken; `registers` are those of the instruction. */
    onFault: ((fault: TakenFault) => void) | undefined
    /** The CPU executes nothing before this time, ns: FLASH sets it while a bank is busy. */
    stallUntilNs: () => number = () => 0
    /** Virtual time in which the CPU slept, ns. */
    idleNs = 0
    readonly system: SystemSpace
    /** The CPU's time and counts. */
    readonly time: ExecutionTime
    /** How a debugger holds the core. */
    readonly debug: CoreDebug

    private readonly core: CpuCore
    private readonly memory: CpuMemory
    private readonly io: IoBus
    private readonly exceptions: Exceptions
    private readonly unit: ExceptionUnit
    private readonly flashWrites: FlashWrites
    private readonly watchers = new Map<number, (() => void)[]>()
    private untilNs = 0
    private sleeping: "WFI" | "WFE" | undefined
    private resetCause: ResetCause | undefined
    private stopAsked = false
    private frozen = false
    /** A register is being read or written by an instruction. */
    private accessing = false
    private masked: number | undefined
    private protectionChanged = false
    private failed: FailedAccess | undefined
    private knownTally: CoreTally | undefined
    /** An exception is entered or left. */
    private entering = false

    constructor(private readonly options: McuOptions) {
        const { memory, flashBytes, memories, bus, nvic, rules } = options
        const io = new IoBus(bus, memory, memories)
        this.io = io
        this.core = new CpuCore(memory, {
            read: (address, bytes) => {
                this.beforeAccess(address, bytes, false)
                // A watchdog that has expired by now has reset the chip already: this access never reaches it.
                this.accessing = true
                const value = this.resets() ? 0 : io.read(address, bytes)
                if (bus.error) this.accessFailed()
                this.accessing = false
                this.afterAccess()
                return value
            },
            write: (address, bytes, value) => {
                this.beforeAccess(address, bytes, true)
                this.accessing = true
                if (!this.resets()) io.write(address, bytes, value)
                if (bus.error) this.accessFailed()
                this.accessing = false
                if (
                    address >= FLASH_REGISTERS.start &&
                    address < FLASH_REGISTERS.end
                )
                    this.updateFlash()
                this.afterAccess()
            },
        })
        this.time = new ExecutionTime(this.core, options)
        this.memory = new CpuMemory(memory, flashBytes, memories)
        this.exceptions = new Exceptions(nvic)
        this.system = new SystemSpace({
            bus,
            nvic,
            clock: options.clock,
            rules,
            memories,
            interrupts: options.interrupts,
            idcode: options.idcode,
            exceptions: this.exceptions,
            nowNs: () => this.nowNs,
            hclkHz: options.hclkHz,
            ipsr: () => this.unit.ipsr,
            requestReset: cause => this.requestReset(cause),
            trapsChanged: () => this.updateFlags(),
            protectionChanged: () => (this.protectionChanged = true),
        })
        this.unit = new ExceptionUnit({
            core: this.core,
            memory: this.memory,
            denies: (address, bytes, writes, privileged) =>
                this.mpuInForce &&
                this.core.denies(address, bytes, writes, privileged),
            exceptions: this.exceptions,
            scb: this.system.scb,
            fpu: this.system.fpu,
            spend: cycles => {
                this.entering = true
                this.spend(cycles)
                this.entering = false
            },
            served: exception => {
                this.knownTally?.exceptions(this.exceptions.depth, exception)
                this.onException?.(exception)
            },
            entered: exception => this.onEntry?.(exception),
            faulted: fault => this.onFault?.(fault),
            where: () => this.where(),
            vectorTable: options.vectorTable ?? 0,
        })
        this.flashWrites = new FlashWrites(this.core, memory, rules)
        this.debug = new CoreDebug({
            core: this.core,
            time: this.time,
            stop: () => this.stop(),
            changed: () => this.updateFlags(),
        })
        this.mapMemory()
    }

    /** Virtual time as the CPU has it, ns. */
    get nowNs(): number {
        return Math.max(this.time.nowNs, this.options.clock.nowNs)
    }

    /** PC of the instruction that reads or writes a register now; undefined between two such accesses. */
    get accessPc(): number | undefined {
        return this.accessing ? this.core.words[Word.PC] : undefined
    }

    /** Exceptions whose handlers run or were pre-empted, the innermost last. */
    get activeExceptions(): readonly number[] {
        return this.exceptions.active
    }

    get instructions(): InstructionCounts {
        return this.time.instructions
    }

    /** Put the core at its reset vector, as after power-on; memory and peripherals stay. */
    reset(): void {
        this.time.advanceTo(this.nowNs)
        this.time.withhold()
        this.exceptions.reset()
        this.system.reset()
        this.system.scb.vtor = this.options.vectorTable ?? 0
        this.unit.reset()
        this.time.buses.reset()
        this.core.resetCycles()
        this.knownTally?.reset()
        this.updateFlash()
        this.sleeping = undefined
        this.resetCause = undefined
        this.failed = undefined
        this.updateFlags()
    }

    /** Restart the core and its chip before the next instruction, as a watchdog does. */
    requestReset(cause: ResetCause): void {
        this.resetCause ??= cause
        this.interrupt()
    }

    /** End `run` before the next instruction. */
    stop(): void {
        this.stopAsked = true
        this.interrupt()
    }

    /**
     * Let program and models run together.
     * @param untilNs virtual time at which it stops, ns
     * @throws SiliconError, CamscriptError: BKPT, lockup
     */
    run(untilNs: number): void {
        this.stopAsked = this.accessing = false
        if (this.debug.killed) throw this.debug.killed
        this.untilNs = untilNs
        while (!this.stopAsked && !this.debug.held && this.nowNs < untilNs)
            this.slice()
        // The last instruction may end a little later: the models are then where the CPU is.
        this.catchUp()
    }

    /**
     * Call `stored` for each store of the program, and of exception entries, that reaches into these bytes of RAM, before it is
     * done. At most one range.
     */
    watchStores(
        address: number,
        bytes: number,
        stored: (store: SeenStore) => void
    ): void {
        const tell = (
            by: SeenStore["by"],
            at: number,
            width: number,
            value: number
        ): void => {
            if (this.frozen || at >= address + bytes || at + width <= address)
                return
            const pc = this.core.words[Word.PC]!
            stored({ by, pc, address: at, bytes: width, value: value >>> 0 })
        }
        this.core.watchStores(address, bytes, (at, width, value) =>
            tell("instruction", at, width, value)
        )
        this.memory.onWrite = (at, value) =>
            tell("exception entry", at, 4, value)
        this.io.onBit = (at, bit) => tell("instruction", at, 1, bit)
    }

    /**
     * Keep a tally of what is executed; before the first `run`. Costs about a fifth of the emulator's speed.
     * @param followCalls false: counts by address only
     */
    startTally(followCalls = true): CoreTally {
        const { core, time } = this
        const tally = (this.knownTally = new CoreTally(
            core,
            this.options.symbols,
            this.options.cpi ?? 1,
            followCalls
        ))
        if (followCalls)
            time.onPassed = cycles => tally.passed(cycles, this.entering)
        this.updateFlags()
        return tally
    }

    /** Call `callback` whenever the instruction at an address is about to be executed; without effect on the program. */
    onAddress(address: number, callback: () => void): void {
        const even = address & ~1
        const others = this.watchers.get(even)
        if (others) others.push(callback)
        else this.watchers.set(even, [callback])
        this.core.watch(even, true)
        this.updateFlags()
    }

    /** `callback` is no longer called at an address. */
    offAddress(address: number, callback: () => void): void {
        const even = address & ~1
        const left = (this.watchers.get(even) ?? []).filter(
            other => other !== callback
        )
        if (left.length > 0) {
            this.watchers.set(even, left)
            return
        }
        this.watchers.delete(even)
        // Far apart, two addresses share a mark: to be stopped at one for nothing does no harm.
        const shared = [...this.watchers.keys()].some(
            other => (other - even) % MARK_STRIDE === 0
        )
        if (!shared) this.core.watch(even, false)
        this.updateFlags()
    }

    /**
     * Call a C function in the stopped CPU, as a debugger does: time stands still, no interrupt is taken.
     * @param args at most four words
     * @returns r0
     * @throws CamscriptError when it does not return
     */
    call(address: number, ...args: readonly number[]): number {
        if (args.length > 4) throw new Error("call: only arguments in r0 to r3")
        const registers = this.core.change()
        const saved = registers.slice()
        // A watched address that was told of already is not told of again.
        const skip = this.core.words[Word.SKIP]!
        this.core.loadFp()
        const savedFp = this.core.fpRegisters.slice()
        registers.set(args)
        registers[Core.LR] = RETURN_ADDRESS | 1
        registers[Core.PC] = address & ~1
        registers[Core.XPSR] = registers[Core.XPSR]! & ~0x0600fc00
        // A debugger has all rights.
        registers[Core.CONTROL] = registers[Core.CONTROL]! & ~1
        this.frozen = true
        try {
            return this.runCall(address)
        } finally {
            this.frozen = false
            this.time.forget()
            this.updateFlags()
            this.core.words[Word.SKIP] = skip
            this.core.change().set(saved)
            this.core.fpRegisters.set(savedFp)
            this.core.storeFp()
        }
    }

    /**
     * A register of the stopped CPU.
     * @param name "r0" to "r15", "sp", "lr", "pc", "xpsr", "msp", "psp", "control", "primask", "basepri", "faultmask"
     */
    register(name: string): number {
        const index = registerIndex(name)
        if (index === undefined)
            throw new Error(`the Cortex-M4 has no register ${name}`)
        return this.core.current()[index]!
    }

    /** Change a register of the stopped CPU, by the names of `register`. */
    setRegister(name: string, value: number): void {
        const index = registerIndex(name)
        if (index === undefined)
            throw new Error(`the Cortex-M4 has no register ${name}`)
        this.core.change()[index] = value
    }

    /** s0 to s31 as words, and FPSCR. */
    fpRegisters(): Uint32Array {
        const { core } = this
        core.loadFp()
        return Uint32Array.of(
            ...core.fpRegisters.subarray(0, 16),
            ...core.readHighFp(),
            core.fpRegisters[16]!
        )
    }

    /** Change them: 33 words. */
    setFpRegisters(words: Uint32Array): void {
        const { core } = this
        core.fpRegisters.set(words.subarray(0, 16))
        core.fpRegisters[16] = words[32]!
        core.storeFp()
        core.writeHighFp(words.subarray(16, 32))
    }

    /** Call `stored` for stores that no instruction makes at the address it names: entries of exceptions, and bits by their alias. */
    onIndirectStore(
        stored: (
            by: "exception entry" | "bit-band alias",
            address: number,
            bytes: number
        ) => void
    ): void {
        this.memory.onWrite = callBoth(this.memory.onWrite, at =>
            stored("exception entry", at, 4)
        )
        this.io.onBit = callBoth(this.io.onBit, at =>
            stored("bit-band alias", at, 1)
        )
    }

    /** Code in memory was changed from outside of the CPU. */
    codeChanged(address: number, bytes: number): void {
        this.core.changed(address, bytes)
        if (address >= FLASH_BASE && address < 0x10000000)
            this.core.changed(address - FLASH_BASE, bytes)
    }

    /** Where the program is, for messages: "PC 0x08000123 (main+0x10), LR ...". */
    where(): string {
        const registers = this.core.current()
        return [Core.PC, Core.LR]
            .map(index => {
                const address = registers[index]!
                const symbol = this.options.symbols?.nameOf(address)
                return `${Core[index]} ${hex(address)}${symbol ? ` (${symbol})` : ""}`
            })
            .join(", ")
    }

    /** Free the emulator's memory. */
    close(): void {
        this.core.close()
    }

    private mapMemory(): void {
        const { flashBytes, memories, systemPage } = this.options
        if (systemPage)
            this.core.map(
                systemPage.address,
                systemPage.bytes,
                systemPage.address,
                false
            )
        for (const address of [FLASH_BASE, 0])
            this.core.map(address, flashBytes, FLASH_BASE, false)
        for (const { address, bytes } of memories)
            this.core.map(address, bytes, address, true)
        for (const { address, bytes } of IO_RANGES)
            this.core.mapIo(address, bytes)
    }

    /** One stretch without an interruption. */
    private slice(): void {
        if (this.resetCause !== undefined) {
            this.onReset?.(this.resetCause)
            this.reset()
        }
        this.catchUp()
        if (this.stall()) return
        if (this.sleeping !== undefined && !this.sleep()) return
        if (this.protectionChanged) this.updateProtection()
        if (this.core.words[Word.MODE_CHANGED] !== 0) this.updateMode()
        const masked = this.unit.takePending()
        this.masked = masked
            ? this.exceptions.mostUrgent()?.exception
            : undefined
        this.updateFlags()
        this.catchUp()
        if (this.resets() || this.debug.holds()) return
        if (!this.grant()) return
        this.execute()
        this.account()
        this.stopped()
        this.debug.look()
    }

    private execute(): void {
        const { core } = this
        if (!this.thumbState()) return this.invalidState()
        core.words[Word.EVENT] = this.unit.event ? 1 : 0
        this.debug.prepare()
        core.run()
        this.unit.event = core.words[Word.EVENT] !== 0
    }

    /** After an exception entry or return the T bit is that of the vector or of the frame. */
    private thumbState(): boolean {
        return (
            !this.core.isModified ||
            (this.core.current()[Core.XPSR]! & (1 << 24)) !== 0
        )
    }

    private invalidState(): void {
        this.core.words[Word.STOP] = Stop.BUDGET
        this.raise({ kind: "INVSTATE" }, this.core.current()[Core.PC]!)
    }

    /** Deal with what ended the stretch. */
    private stopped(): void {
        const { core } = this
        this.flashWrites.flush(this.onFlashWrite)
        if (this.failed !== undefined) return this.raiseFailed(this.failed)
        const pc = core.words[Word.PC]!
        switch (core.words[Word.STOP]) {
            case Stop.BUDGET:
            case Stop.UNTIL:
                return
            case Stop.WATCHED:
                return this.callWatchers()
            case Stop.WFI:
                this.skip(pc)
                this.sleeping = "WFI"
                return
            case Stop.WFE:
                this.skip(pc)
                if (this.unit.event) this.unit.event = false
                else this.sleeping = "WFE"
                return
            case Stop.SVC:
                return this.unit.supervisorCall(pc, (pc + 2) >>> 0)
            case Stop.INTERRUPT:
                return this.unicornException()
            default:
                return this.raise(
                    {
                        kind: "stop",
                        stop: core.words[Word.STOP]!,
                        detail: core.words[Word.DETAIL]!,
                        access: core.words[Word.FAULT_KIND]!,
                        address: core.words[Word.FAULT_ADDRESS]!,
                        thumb: (core.current()[Core.XPSR]! & (1 << 24)) !== 0,
                    },
                    pc
                )
        }
    }

    /** An access got an AHB error: the core stops after this instruction. */
    private accessFailed(): void {
        const { bus } = this.options
        // A debugger's call gets 0 and no fault.
        if (!this.frozen)
            this.failed ??= { error: bus.error!, pc: this.core.words[Word.PC]! }
        bus.error = undefined
    }

    private raiseFailed({ error, pc }: FailedAccess): void {
        this.failed = undefined
        // A load is made again when the handler returns; a store is done.
        const at = error.access === "read" ? pc : this.core.current()[Core.PC]!
        this.raise({ kind: "AHB error", error }, at)
    }

    private raise(report: StopReport, pc: number): void {
        const fault = faultOf(report, () => this.where())
        // A fetch fails at the address it was to come from.
        const at = fault.atPc ? this.core.current()[Core.PC]! : pc
        this.unit.fault(fault, at)
    }

    private unicornException(): void {
        const pc = this.core.current()[Core.PC]!
        const number = this.core.words[Word.DETAIL]!
        if (number !== UnicornException.EXIT)
            return this.raise({ kind: "exception", number }, pc)
        const inThread = this.unit.return((pc | 1) >>> 0)
        if (inThread && this.system.scb.scr & Scr.SLEEPONEXIT)
            this.sleeping = "WFI"
    }

    /** Go on after an instruction that the core did not execute. */
    private skip(pc: number): void {
        const registers = this.core.change()
        if (registers[Core.PC] === pc)
            registers[Core.PC] = pc + this.core.words[Word.INSTRUCTION_BYTES]!
    }

    private callWatchers(): void {
        const pc = this.core.current()[Core.PC]!
        this.core.words[Word.SKIP] = pc
        for (const callback of this.watchers.get(pc) ?? []) callback()
    }

    /** @returns whether the CPU is awake */
    private sleep(): boolean {
        const { clock } = this.options
        while (!this.wakes()) {
            const beforeNs = clock.nowNs
            const ran = clock.step(this.untilNs)
            this.idleNs += clock.nowNs - beforeNs
            this.time.advanceTo(clock.nowNs)
            this.system.time.update()
            if (this.resetCause !== undefined || this.stopAsked) return false
            if (!ran && clock.nowNs >= this.untilNs) return false
        }
        this.sleeping = undefined
        return true
    }

    /** WFI wakes by what would be taken with PRIMASK clear (PM0214 §2.5.2), WFE by events, too. */
    private wakes(): boolean {
        const { exceptions, unit, system } = this
        const masks = { ...unit.masks(), primask: false }
        if (exceptions.next(exceptions.executionPriority(masks)) !== undefined)
            return true
        if (this.sleeping !== "WFE") return false
        const pends =
            (system.scb.scr & Scr.SEVONPEND) !== 0 &&
            this.options.nvic.anyPending
        if (!unit.event && !pends) return false
        unit.event = false
        return true
    }

    /** The CPU waits for the flash; models run on. @returns whether `run` has to look at its time again */
    private stall(): boolean {
        const { clock } = this.options
        const endNs = Math.min(this.stallUntilNs(), this.untilNs)
        if (endNs <= this.time.ns) return false
        while (clock.step(endNs));
        this.time.advanceTo(endNs)
        return true
    }

    /** Cycles pass in which no instruction is executed. */
    private spend(cycles: number): void {
        this.time.pass(cycles)
        this.catchUp()
    }

    /** Everything that is due at the CPU's time happens. */
    private catchUp(): void {
        if (this.frozen) return
        const { clock } = this.options
        while (clock.step(Math.floor(this.time.ns)));
        this.time.advanceTo(clock.nowNs)
        this.system.time.update()
    }

    private account(): void {
        if (!this.frozen) this.time.account(this.unit.ipsr)
    }

    private grant(): boolean {
        return this.time.grant(this.options.clock.nextNs(), this.untilNs)
    }

    private beforeAccess(
        address: number,
        bytes: number,
        writes: boolean
    ): void {
        if (this.frozen) return
        this.account()
        this.time.waitForBus(address, bytes, writes)
        this.catchUp()
    }

    private updateFlash(): void {
        this.core.setFlashAcr(this.options.flashAcr?.() ?? 0)
    }

    private afterAccess(): void {
        if (this.frozen) return
        this.system.time.update()
        if (this.mustStop()) this.interrupt()
        else this.grant()
    }

    private mustStop(): boolean {
        if (this.resetCause !== undefined || this.stopAsked) return true
        if (this.failed !== undefined) return true
        if (this.protectionChanged || this.stallUntilNs() > this.time.ns)
            return true
        const best = this.exceptions.mostUrgent()
        return (
            best !== undefined &&
            best.exception !== this.masked &&
            this.exceptions.groupOf(best.priority) <
                this.exceptions.activePriority()
        )
    }

    /** The core starts again with the next stretch, and a debugger's call is none of its own. */
    private resets(): boolean {
        return this.resetCause !== undefined && !this.frozen
    }

    /** The core stops before its next instruction. */
    private interrupt(): void {
        this.account()
        this.time.withhold()
    }

    private updateFlags(): void {
        const { scb, mpu } = this.system
        const { privileged } = this.unit
        let flags = 0
        if (this.masked !== undefined) flags |= Flag.MASKS
        if (scb.ccr & Ccr.DIV_0_TRP) flags |= Flag.DIV_TRAP
        if (scb.ccr & Ccr.UNALIGN_TRP) flags |= Flag.ALIGN
        if (!scb.fpuOn) flags |= Flag.FP_OFF
        if (this.watchers.size > 0) flags |= Flag.WATCHED
        if (this.time.timing === "cycle model") flags |= Flag.CYCLES
        if (this.mpuInForce) flags |= Flag.MPU
        if (this.knownTally) flags |= Flag.TALLIED
        if (this.debug.isWatching) flags |= Flag.DEBUGGED
        if (!privileged) flags |= Flag.UNPRIVILEGED
        if (!privileged || (this.mpuInForce && mpu.checksPrivileged))
            flags |= Flag.CHECKED
        if (scb.ccr & Ccr.USERSETMPEND) flags |= Flag.USERSETMPEND
        this.core.words[Word.FLAGS] = flags
    }

    private get mpuInForce(): boolean {
        const { mpu } = this.system
        return (
            mpu.enabled && (mpu.inHardFault || !this.unit.hasNegativePriority)
        )
    }

    private updateProtection(): void {
        this.protectionChanged = false
        this.system.applyProtection(this.core)
    }

    /** Before anything looks at the priority, or at who runs. */
    private updateMode(): void {
        this.core.words[Word.MODE_CHANGED] = 0
        this.unit.readMode()
    }

    private runCall(address: number): number {
        const { core } = this
        core.words[Word.FLAGS] =
            core.words[Word.FLAGS]! &
            ~(
                Flag.WATCHED |
                Flag.CYCLES |
                Flag.CHECKED |
                Flag.UNPRIVILEGED |
                Flag.TALLIED |
                Flag.DEBUGGED
            )
        this.time.lend(CALL_LIMIT)
        core.run()
        this.flashWrites.flush(this.onFlashWrite)
        const stop = core.words[Word.STOP]
        const symbol = this.options.symbols?.nameOf(address)
        if (stop !== Stop.UNTIL)
            throw new CamscriptError(
                `the call of ${symbol ?? hex(address)} did not return (${Stop[stop!] ?? stop}), ${this.where()}`
            )
        this.updateFlags()
        return core.current()[Core.R0]!
    }
}

// SPDX-License-Identifier: MIT
// The interrupt controller of the Cortex-M4 (PM0214 §4.3): enable, pending, active, priority; level-triggered lines.
// Priority grouping, BASEPRI, FAULTMASK and system exceptions are the emulated core's (sim/cortex-m/exceptions.ts); `take` and
// `complete`, for native code, know none of them: all four bits pre-empt, as after reset.

import type { Rules } from "../../rules.ts"
import type { Peripheral } from "../peripheral.ts"
import { RegisterRules } from "../register-rules.ts"

export const NVIC_BASE = 0xe000e100

/** Offsets from NVIC_BASE of the first register of each bank. */
export enum NvicBank {
    ISER = 0x000, // write 1 enables
    ICER = 0x080, // write 1 disables
    ISPR = 0x100, // write 1 makes pending
    ICPR = 0x180, // write 1 clears pending
    IABR = 0x200, // read only: active
    IPR = 0x300, // one byte per interrupt, the upper four bits count
}

export const NVIC_SIZE_BYTES = 0x400

/** Software Trigger Interrupt Register, in the last page of the system control space (PM0214 §4.3.8). */
export const NVIC_STIR = 0xe000ef00

/** Bits 7:4 of each byte are implemented on STM32F4 (PM0214 §4.3.7). */
const PRIORITY_MASK = 0xf0f0f0f0
const NO_PRIORITY = 256

/** Takes interrupt lines, gives the interrupt to be served next. */
const SECTIONS: Readonly<Record<NvicBank, string>> = {
    [NvicBank.ISER]: "PM0214 4.3.2",
    [NvicBank.ICER]: "PM0214 4.3.3",
    [NvicBank.ISPR]: "PM0214 4.3.4",
    [NvicBank.ICPR]: "PM0214 4.3.5",
    [NvicBank.IABR]: "PM0214 4.3.6",
    [NvicBank.IPR]: "PM0214 4.3.7",
}

export class Nvic implements Peripheral {
    readonly name = "NVIC"
    /** PRIMASK: no interrupt is taken while it is set. */
    masked = false
    /** Called when the level of a line changes, for traces. */
    onLine: ((irq: number, active: boolean) => void) | undefined
    /** Called when a line rises, before its interrupt can be taken: the place to hold it. */
    onRise: ((irq: number) => void) | undefined
    /** Called when a handler begins and when it has returned, for traces. */
    onHandler: ((irq: number, active: boolean) => void) | undefined
    private readonly enabled: Uint32Array
    private readonly pending: Uint32Array
    private readonly active: Uint32Array
    private readonly lines: Uint32Array
    private readonly priority: Uint8Array
    /** Interrupts being served, the innermost last. */
    private readonly stack: number[] = []
    /** Fault: those that wait although they are pending. */
    private readonly held: Uint32Array
    private readonly check: RegisterRules

    /** @param interrupts number of interrupt lines of the chip */
    constructor(
        private readonly interrupts: number,
        rules: Rules
    ) {
        const words = Math.ceil(interrupts / 32)
        this.enabled = new Uint32Array(words)
        this.pending = new Uint32Array(words)
        this.active = new Uint32Array(words)
        this.lines = new Uint32Array(words)
        this.priority = new Uint8Array(words * 32)
        this.held = new Uint32Array(words)
        this.check = new RegisterRules(
            rules,
            this,
            offset => SECTIONS[bankOf(offset)]
        )
    }

    registerName(offset: number): string | undefined {
        const bank = bankOf(offset)
        const index = (offset - bank) >>> 2
        const count =
            bank === NvicBank.IPR
                ? Math.ceil(this.interrupts / 4)
                : this.enabled.length
        return index < count ? `${NvicBank[bank]}${index}` : undefined
    }

    readUint32(offset: number): number {
        if (this.registerName(offset) === undefined)
            return this.check.unknownRead(offset)
        const bank = bankOf(offset)
        const index = (offset - bank) >>> 2
        switch (bank) {
            case NvicBank.ISER:
            case NvicBank.ICER:
                return this.enabled[index]!
            case NvicBank.ISPR:
            case NvicBank.ICPR:
                return this.pending[index]!
            case NvicBank.IABR:
                return this.active[index]!
            case NvicBank.IPR:
                return this.readPriorities(index)
        }
    }

    writeUint32(offset: number, value: number): void {
        if (this.registerName(offset) === undefined)
            return this.check.refusedWrite(offset, value)
        const bank = bankOf(offset)
        const index = (offset - bank) >>> 2
        if (bank === NvicBank.IABR)
            return this.check.readOnlyWrite(offset, value)
        if (bank === NvicBank.IPR)
            return this.writePriorities(offset, index, value)
        const bits = this.check.ignoreReserved(
            offset,
            value,
            this.implemented(index)
        )
        switch (bank) {
            case NvicBank.ISER:
                this.enabled[index]! |= bits
                break
            case NvicBank.ICER:
                this.enabled[index]! &= ~bits
                break
            case NvicBank.ISPR:
                this.pending[index]! |= bits
                break
            case NvicBank.ICPR:
                // A line that is still active makes its interrupt pending again at once.
                this.pending[index]! =
                    (this.pending[index]! & ~bits) |
                    (this.lines[index]! & bits & ~this.active[index]!)
                break
        }
    }

    /** Level of an interrupt line. A rising line stays pending even when it falls before it is served. */
    setLine(irq: number, active: boolean): void {
        const index = irq >>> 5
        const bit = 1 << (irq & 31)
        const was = (this.lines[index]! & bit) !== 0
        if (was === active) return
        if (active) {
            this.lines[index]! |= bit
            this.pending[index]! |= bit
            this.onRise?.(irq)
        } else this.lines[index]! &= ~bit
        this.onLine?.(irq, active)
    }

    /**
     * Take the most urgent interrupt that is enabled, pending and may pre-empt what is being served; of equal
     * priority the lowest number. It becomes active and is no longer pending.
     * @returns its number, or undefined when there is none
     */
    take(): number | undefined {
        if (this.masked) return undefined
        const irq = this.mostUrgent()
        if (irq === undefined || this.priority[irq]! >= this.runningPriority())
            return undefined
        this.enter(irq)
        return irq
    }

    /** The handler of an interrupt returned. A line that is still active makes it pending again. */
    complete(irq: number): void {
        if (this.stack.at(-1) !== irq)
            throw new Error(`interrupt ${irq} is not the innermost active one`)
        this.leave(irq)
    }

    /** The interrupt becomes active and is no longer pending. */
    enter(irq: number): void {
        this.pending[irq >>> 5]! &= ~(1 << (irq & 31))
        this.active[irq >>> 5]! |= 1 << (irq & 31)
        this.stack.push(irq)
        this.onHandler?.(irq, true)
    }

    /** The interrupt is no longer active. A line that is still active makes it pending again. */
    leave(irq: number): void {
        const at = this.stack.lastIndexOf(irq)
        if (at >= 0) this.stack.splice(at, 1)
        const bit = 1 << (irq & 31)
        this.active[irq >>> 5]! &= ~bit
        if (this.lines[irq >>> 5]! & bit) this.pending[irq >>> 5]! |= bit
        this.onHandler?.(irq, false)
    }

    isActive(irq: number): boolean {
        return (this.active[irq >>> 5]! & (1 << (irq & 31))) !== 0
    }

    /** Priority register of an interrupt: 0x00, 0x10 to 0xf0. */
    priorityOf(irq: number): number {
        return this.priority[irq]!
    }

    /** Some interrupt is pending, enabled or not (ICSR.ISRPENDING). */
    get anyPending(): boolean {
        return this.pending.some(bits => bits !== 0)
    }

    /** Fault: an interrupt is not taken while it is held, however pending it is. */
    hold(irq: number, on: boolean): void {
        const bit = 1 << (irq & 31)
        if (on) this.held[irq >>> 5]! |= bit
        else this.held[irq >>> 5]! &= ~bit
    }

    /** STIR: make an interrupt pending by software. */
    trigger(irq: number): void {
        if (irq < this.interrupts) this.pending[irq >>> 5]! |= 1 << (irq & 31)
    }

    /** After a reset: nothing enabled, pending or active; lines keep their level. */
    reset(): void {
        for (const bank of [this.enabled, this.pending, this.active])
            bank.fill(0)
        this.priority.fill(0)
        this.stack.length = 0
        for (let index = 0; index < this.lines.length; index++)
            this.pending[index] = this.lines[index]!
    }

    /** The most urgent interrupt that is enabled and pending, whatever is being served; of equal priority the lowest number. */
    mostUrgent(): number | undefined {
        let best: number | undefined
        let bestPriority = NO_PRIORITY
        for (let index = 0; index < this.pending.length; index++) {
            let ready =
                this.pending[index]! &
                this.enabled[index]! &
                ~this.active[index]! &
                ~this.held[index]!
            while (ready !== 0) {
                const irq = index * 32 + 31 - Math.clz32(ready & -ready)
                if (this.priority[irq]! < bestPriority) {
                    best = irq
                    bestPriority = this.priority[irq]!
                }
                ready &= ready - 1
            }
        }
        return best
    }

    private runningPriority(): number {
        return this.stack.reduce(
            (least, irq) => Math.min(least, this.priority[irq]!),
            NO_PRIORITY
        )
    }

    private implemented(index: number): number {
        const rest = this.interrupts - index * 32
        return rest >= 32 ? 0xffffffff : (1 << rest) - 1
    }

    private readPriorities(index: number): number {
        const at = index * 4
        const bytes = this.priority
        return (
            (bytes[at]! |
                (bytes[at + 1]! << 8) |
                (bytes[at + 2]! << 16) |
                (bytes[at + 3]! << 24)) >>>
            0
        )
    }

    private writePriorities(
        offset: number,
        index: number,
        value: number
    ): void {
        const bits = this.check.ignoreReserved(offset, value, PRIORITY_MASK)
        for (let byte = 0; byte < 4; byte++)
            this.priority[index * 4 + byte] = bits >>> (byte * 8)
    }
}

function bankOf(offset: number): NvicBank {
    return offset >= NvicBank.IPR ? NvicBank.IPR : offset & 0x380
}

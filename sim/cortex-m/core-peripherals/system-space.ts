// SPDX-License-Identifier: MIT
// The core's own registers on the bus: SCB, SysTick, MPU, FPU, DWT, ITM, debug; and what follows from them.

import type { MemoryRegion } from "../../../boards/ram-layout.ts"
import type { Clock } from "../../clock.ts"
import type { Rules } from "../../rules.ts"
import type { MemoryBus } from "../../stm32/memory-bus.ts"
import { NVIC_STIR, type Nvic } from "../../stm32/nvic/nvic.ts"
import type { Peripheral } from "../../stm32/peripheral.ts"
import { Word } from "../core-state.ts"
import { CoreTime } from "../core-time.ts"
import {
    auxiliaryControl,
    CoreDebug,
    Dbgmcu,
    Dwt,
    FpuControl,
    Itm,
    SoftwareTrigger,
    storedTraceBlock,
} from "./debug-blocks.ts"
import { Exception, type Exceptions } from "../exceptions.ts"
import { Mpu, MPU_BASE, MPU_SIZE_BYTES } from "./mpu.ts"
import { Scb, SCB_BASE, SCB_SIZE_BYTES } from "./system-control.ts"
import { SysTick, SYSTICK_BASE, SYSTICK_SIZE_BYTES } from "./systick.ts"
import type { CpuCore } from "../unicorn.ts"

const PAGE_BYTES = 1024

export interface SystemSpaceOptions {
    readonly bus: MemoryBus
    readonly nvic: Nvic
    readonly clock: Clock
    readonly rules: Rules
    readonly memories: readonly MemoryRegion[]
    readonly interrupts: number
    readonly idcode: number
    readonly exceptions: Exceptions
    readonly nowNs: () => number
    readonly hclkHz: () => number
    readonly ipsr: () => number
    readonly requestReset: (cause: "SYSRESETREQ") => void
    /** CCR or CPACR changed. */
    readonly trapsChanged: () => void
    readonly protectionChanged: () => void
}

export class SystemSpace {
    readonly time: CoreTime
    readonly scb: Scb
    readonly sysTick: SysTick
    readonly mpu: Mpu
    readonly fpu = new FpuControl()
    readonly itm = new Itm()
    private readonly debug = new CoreDebug()
    private readonly dwt: Dwt
    private checkedPages = new Set<number>()

    constructor(private readonly options: SystemSpaceOptions) {
        const { nvic, clock, rules, exceptions } = options
        this.time = new CoreTime(options.nowNs, options.hclkHz)
        this.scb = new Scb({
            rules,
            exceptions,
            anyInterruptPending: () => nvic.anyPending,
            ipsr: options.ipsr,
            resetRequested: () => options.requestReset("SYSRESETREQ"),
            changed: options.trapsChanged,
        })
        this.sysTick = new SysTick({
            clock,
            time: this.time,
            rules,
            tick: () => exceptions.setPending(Exception.SYS_TICK, true),
        })
        this.mpu = new Mpu(options.memories, rules, options.protectionChanged)
        this.dwt = new Dwt(this.time, this.debug)
        this.mapBlocks()
    }

    reset(): void {
        this.scb.reset()
        this.sysTick.reset()
        this.mpu.reset()
        this.fpu.reset()
        this.itm.reset()
    }

    /** Let the core check what the MPU denies. */
    applyProtection(core: CpuCore): void {
        core.words.set(this.mpu.words(), Word.MPU)
        core.mpuChanged()
        const pages = this.mpu.guardedPages(PAGE_BYTES)
        for (const page of this.checkedPages)
            if (!pages.has(page)) core.protect(page, false)
        for (const page of pages)
            if (!this.checkedPages.has(page)) core.protect(page, true)
        this.checkedPages = pages
    }

    private mapBlocks(): void {
        const { bus, nvic, interrupts, idcode } = this.options
        const blocks: readonly (readonly [number, number, Peripheral])[] = [
            [0xe0000000, 0x1000, this.itm],
            [0xe0001000, 0x1000, this.dwt],
            [0xe0002000, 0x1000, storedTraceBlock("FPB")],
            [0xe000e004, 0x8, auxiliaryControl(interrupts)],
            [SYSTICK_BASE, SYSTICK_SIZE_BYTES, this.sysTick],
            [SCB_BASE, SCB_SIZE_BYTES, this.scb],
            [MPU_BASE, MPU_SIZE_BYTES, this.mpu],
            [0xe000edf0, 0x10, this.debug],
            [NVIC_STIR, 0x4, new SoftwareTrigger(irq => nvic.trigger(irq))],
            [0xe000ef34, 0x14, this.fpu],
            [0xe0040000, 0x1000, storedTraceBlock("TPIU")],
            [0xe0042000, 0x10, new Dbgmcu(idcode)],
        ]
        for (const [base, bytes, block] of blocks) bus.map(base, bytes, block)
    }
}

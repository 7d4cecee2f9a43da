// SPDX-License-Identifier: MIT
// Reset and clock control (RM0090 §7, RM0390 §6): clock gates and resets of the blocks; the clocks themselves are
// RccClocks, the slow ones and the causes of resets RccBackup.
// Not modelled: what low-power enables do in Sleep, the delay of two cycles between an enable and the block's first access
// (ES0206 §2.1.6).

import type { Rules } from "../../rules.ts"
import type { ChipKind } from "../chip-kind.ts"
import type { IrqLine, Peripheral } from "../peripheral.ts"
import { RccBackup, type ResetCause } from "./rcc-backup.ts"
import { RccClocks, type ComputedClocks } from "./rcc-clocks.ts"
import {
    CLOCK_GATES,
    NOT_RESETTABLE,
    RCC_STORED,
    RccRegister,
    type ClockGates,
    type ClockGroup,
} from "./rcc-registers.ts"
import { RegisterRules, sectionsInOrder } from "../register-rules.ts"

const GROUPS: readonly ClockGroup[] = ["AHB1", "AHB2", "AHB3", "APB1", "APB2"]
const CHAPTERS: Readonly<Record<ChipKind, string>> = {
    stm32f407: "RM0090 7.3",
    stm32f429: "RM0090 6.3",
    stm32f446: "RM0390 6.3",
}
/** Not on every chip. */
const CHIPS_WITH: Readonly<Record<number, readonly ChipKind[]>> = {
    [RccRegister.PLLSAICFGR]: ["stm32f429", "stm32f446"],
    [RccRegister.DCKCFGR]: ["stm32f429", "stm32f446"],
    [RccRegister.CKGATENR]: ["stm32f446"],
    [RccRegister.DCKCFGR2]: ["stm32f446"],
}

/** What RCC needs of the chip beyond a reset line; each has a harmless default. */
export interface RccWiring {
    /** Called with the block's name when software pulses its reset bit. */
    readonly onReset?: (block: string) => void
    readonly irq?: IrqLine
    /** PWR_CR_DBP. */
    readonly backupWritable?: () => boolean
    /** Left out: oscillators are ready at once and the board file states the frequencies. */
    readonly clocks?: Omit<ComputedClocks, "dckcfgr">
}

interface Gate {
    readonly name: string
    readonly group: number
    readonly bit: number
}

/** Which blocks run. */
export class Rcc implements Peripheral {
    readonly name = "RCC"
    readonly clocks: RccClocks
    readonly backup: RccBackup
    private readonly stored = new Map<number, number>()
    private readonly enabled = new Uint32Array(GROUPS.length)
    private readonly held = new Uint32Array(GROUPS.length)
    private readonly gates = new Map<string, Gate>()
    private readonly enableMask: readonly number[]
    private readonly resetMask: readonly number[]
    private readonly check: RegisterRules

    constructor(
        private readonly chip: ChipKind,
        rules: Rules,
        private readonly wiring: RccWiring = {}
    ) {
        this.check = new RegisterRules(
            rules,
            this,
            sectionsInOrder(CHAPTERS[chip], RccRegister)
        )
        const { clocks } = wiring
        this.clocks = new RccClocks(
            chip,
            this.check,
            flag => this.backup.becameReady(flag),
            clocks && {
                ...clocks,
                dckcfgr: () => this.stored.get(RccRegister.DCKCFGR) ?? 0,
            }
        )
        this.backup = new RccBackup(
            chip,
            this.check,
            clocks?.clock,
            wiring.irq ?? (() => {}),
            wiring.backupWritable ?? (() => true)
        )
        const map = CLOCK_GATES[chip]
        this.enableMask = GROUPS.map(group => maskOf(map, group, () => true))
        this.resetMask = GROUPS.map(group =>
            maskOf(map, group, name => !NOT_RESETTABLE.includes(name))
        )
        GROUPS.forEach((group, index) => {
            for (const [name, position] of Object.entries(map[group]))
                this.gates.set(name, {
                    name,
                    group: index,
                    bit: (1 << position) >>> 0,
                })
        })
        this.resetGates()
    }

    /** System reset. */
    reset(cause: ResetCause): void {
        this.resetGates()
        this.clocks.reset()
        this.backup.reset(cause)
    }

    registerName(offset: number): string | undefined {
        return CHIPS_WITH[offset]?.includes(this.chip) === false
            ? undefined
            : RccRegister[offset]
    }

    /** True when the block's clock runs and its reset is not held. Names as in the enable bit: "DCMI", "GPIOA". */
    isEnabled(block: string): boolean {
        const gate = this.gates.get(block)
        if (gate === undefined)
            throw new Error(
                `RCC of ${this.chip} has no enable bit for ${block}`
            )
        return (
            (this.enabled[gate.group]! & gate.bit) !== 0 &&
            (this.held[gate.group]! & gate.bit) === 0
        )
    }

    readUint32(offset: number): number {
        switch (offset) {
            case RccRegister.CR:
                return this.clocks.readCr()
            case RccRegister.PLLCFGR:
                return this.clocks.readPllcfgr()
            case RccRegister.CFGR:
                return this.clocks.readCfgr()
            case RccRegister.CIR:
                return this.backup.readCir()
            case RccRegister.BDCR:
                return this.backup.readBdcr()
            case RccRegister.CSR:
                return this.backup.readCsr()
        }
        const stored = this.stored.get(offset)
        if (stored !== undefined) return stored
        const group = groupOf(offset)
        if (group < 0) return this.check.unknownRead(offset)
        return isEnable(offset) ? this.enabled[group]! : this.held[group]!
    }

    writeUint32(offset: number, value: number): void {
        switch (offset) {
            case RccRegister.CR:
                return this.clocks.writeCr(value)
            case RccRegister.PLLCFGR:
                return this.clocks.writePllcfgr(value)
            case RccRegister.CFGR:
                return this.clocks.writeCfgr(value)
            case RccRegister.CIR:
                return this.backup.writeCir(value)
            case RccRegister.BDCR:
                return this.backup.writeBdcr(value)
            case RccRegister.CSR:
                return this.backup.writeCsr(value)
        }
        if (this.stored.has(offset)) {
            // TIMPRE in DCKCFGR is a factor of the timers' clock.
            this.wiring.clocks?.changing()
            this.stored.set(offset, value)
            this.clocks.factorChanged()
            this.wiring.clocks?.changed()
            return
        }
        const group = groupOf(offset)
        if (group < 0) return this.check.refusedWrite(offset, value)
        if (isEnable(offset))
            this.enabled[group] = this.check.ignoreReserved(
                offset,
                value,
                this.enableMask[group]!
            )
        else this.writeReset(offset, group, value)
    }

    private writeReset(offset: number, group: number, value: number): void {
        const held = this.check.ignoreReserved(
            offset,
            value,
            this.resetMask[group]!
        )
        const rising = held & ~this.held[group]!
        this.held[group] = held
        for (const gate of this.gates.values())
            if (gate.group === group && (rising & gate.bit) !== 0)
                this.wiring.onReset?.(gate.name)
    }

    private resetGates(): void {
        this.enabled.fill(0)
        this.held.fill(0)
        // CCM runs after reset (RM0090 §7.3.10); the F446 has none.
        const ccm = CLOCK_GATES[this.chip].AHB1["CCMDATARAM"]
        if (ccm !== undefined) this.enabled[0] = 1 << ccm
        for (const [offset, value] of Object.entries(RCC_STORED))
            if (this.registerName(Number(offset)) !== undefined)
                this.stored.set(Number(offset), value)
    }
}

function maskOf(
    map: ClockGates,
    group: ClockGroup,
    wanted: (name: string) => boolean
): number {
    return Object.entries(map[group]).reduce(
        (mask, [name, position]) =>
            wanted(name) ? mask | (1 << position) : mask,
        0
    )
}

function isEnable(offset: number): boolean {
    return offset >= RccRegister.AHB1ENR
}

/** Index in GROUPS of an enable or reset register, -1 for another register. */
function groupOf(offset: number): number {
    const name = RccRegister[offset]
    return name === undefined
        ? -1
        : GROUPS.findIndex(
              group => name === `${group}ENR` || name === `${group}RSTR`
          )
}

// SPDX-License-Identifier: MIT
// Reset and clock control (RM0090 §7, RM0390 §6): clock gates and resets of the blocks, and a start-up that never waits.
// Not modelled: frequencies (the board file states HCLK and PCLK), oscillator start-up times, clock security, interrupts,
// low-power enables, reset causes, the delay of two cycles between an enable and the block's first access (ES0206 §2.1.6).

import type { Rules } from "../rules.ts"
import type { ChipKind } from "./chip-kind.ts"
import type { Peripheral } from "./peripheral.ts"
import {
    CLOCK_GATES,
    NOT_RESETTABLE,
    RccCfgr,
    RccCr,
    RccPllcfgr,
    RccRegister,
    type ClockGates,
    type ClockGroup,
} from "./rcc-registers.ts"
import { RegisterRules } from "./register-rules.ts"

const GROUPS: readonly ClockGroup[] = ["AHB1", "AHB2", "AHB3", "APB1", "APB2"]
const CR_RESET = 0x00000083
const PLLCFGR_RESET = 0x24003010
const CR_WRITABLE =
    RccCr.HSION |
    RccCr.HSITRIM |
    RccCr.HSEON |
    RccCr.HSEBYP |
    RccCr.CSSON |
    RccCr.PLLON |
    RccCr.PLLI2SON
const CR_READ_ONLY =
    RccCr.HSIRDY | RccCr.HSICAL | RccCr.HSERDY | RccCr.PLLRDY | RccCr.PLLI2SRDY
const CR_OSCILLATORS = RccCr.HSION | RccCr.HSEON | RccCr.PLLON | RccCr.PLLI2SON
const CFGR_SWS_SHIFT = 2

interface Gate {
    readonly name: string
    readonly group: number
    readonly bit: number
}

/** Which blocks run. */
export class Rcc implements Peripheral {
    readonly name = "RCC"
    private cr = CR_RESET
    private pllcfgr = PLLCFGR_RESET
    private cfgr = 0
    private readonly enabled = new Uint32Array(GROUPS.length)
    private readonly held = new Uint32Array(GROUPS.length)
    private readonly gates = new Map<string, Gate>()
    private readonly enableMask: readonly number[]
    private readonly resetMask: readonly number[]
    private readonly check: RegisterRules

    /** @param onReset called with the block's name when software pulses its reset bit */
    constructor(
        private readonly chip: ChipKind,
        rules: Rules,
        private readonly onReset: (block: string) => void = () => {}
    ) {
        this.check = new RegisterRules(rules, this)
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
        // CCM runs after reset (RM0090 §7.3.10); the F446 has none.
        const ccm = map.AHB1["CCMDATARAM"]
        if (ccm !== undefined) this.enabled[0] = 1 << ccm
    }

    registerName(offset: number): string | undefined {
        return RccRegister[offset]
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
                // Each ready bit stands above its enable bit; oscillators and PLLs lock at once.
                return this.cr | ((this.cr & CR_OSCILLATORS) << 1)
            case RccRegister.PLLCFGR:
                return this.pllcfgr
            case RccRegister.CFGR:
                return this.cfgr | ((this.cfgr & RccCfgr.SW) << CFGR_SWS_SHIFT)
        }
        const group = groupOf(offset)
        if (group < 0) return this.check.unknownRead(offset)
        return isEnable(offset) ? this.enabled[group]! : this.held[group]!
    }

    writeUint32(offset: number, value: number): void {
        switch (offset) {
            case RccRegister.CR:
                this.cr =
                    this.check.defined(
                        offset,
                        value,
                        CR_WRITABLE | CR_READ_ONLY
                    ) & CR_WRITABLE
                return
            case RccRegister.PLLCFGR:
                this.pllcfgr = this.check.defined(
                    offset,
                    value,
                    this.pllcfgrMask()
                )
                return
            case RccRegister.CFGR:
                this.cfgr =
                    this.check.defined(offset, value, CFGR_MASK) & ~RccCfgr.SWS
                return
        }
        const group = groupOf(offset)
        if (group < 0) return this.check.refusedWrite(offset, value)
        if (isEnable(offset))
            this.enabled[group] = this.check.defined(
                offset,
                value,
                this.enableMask[group]!
            )
        else this.writeReset(offset, group, value)
    }

    private writeReset(offset: number, group: number, value: number): void {
        const held = this.check.defined(offset, value, this.resetMask[group]!)
        const rising = held & ~this.held[group]!
        this.held[group] = held
        for (const gate of this.gates.values())
            if (gate.group === group && (rising & gate.bit) !== 0)
                this.onReset(gate.name)
    }

    private pllcfgrMask(): number {
        const common =
            RccPllcfgr.PLLM |
            RccPllcfgr.PLLN |
            RccPllcfgr.PLLP |
            RccPllcfgr.PLLSRC |
            RccPllcfgr.PLLQ
        // Bit 29 is reserved on F407 and F429 but reads 1 after reset, so that it comes back in a read-modify-write.
        return (
            common |
            (this.chip === "stm32f446" ? RccPllcfgr.PLLR : PLLCFGR_RESET)
        )
    }
}

const CFGR_MASK =
    RccCfgr.SW |
    RccCfgr.SWS |
    RccCfgr.HPRE |
    RccCfgr.PPRE1 |
    RccCfgr.PPRE2 |
    RccCfgr.RTCPRE |
    RccCfgr.MCO1 |
    RccCfgr.I2SSRC |
    RccCfgr.MCO1PRE |
    RccCfgr.MCO2PRE |
    RccCfgr.MCO2

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

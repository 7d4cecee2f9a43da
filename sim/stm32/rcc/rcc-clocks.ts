// SPDX-License-Identifier: MIT
// The part of RCC that makes frequencies (RM0090 §7.3.1 to §7.3.3): oscillators and PLLs with their start-up times, the
// system clock and its rules. With `clocks: "board"` everything is ready at once and the board file states the frequencies.
// Not modelled: spread spectrum, failures of the HSE (clock security never fires), PLLI2S and PLLSAI frequencies.

import type { Clock, Timer } from "../../clock.ts"
import type { ChipKind } from "../chip-kind.ts"
import {
    frequencies,
    limitProblem,
    pllProblem,
    SystemClock,
    type ClockProblem,
    type ClockRegisters,
    type Frequencies,
    type PowerState,
} from "./clock-tree.ts"
import {
    RccCfgr,
    RccCir,
    RccCr,
    RccPllcfgr,
    RccRegister,
} from "./rcc-registers.ts"
import type { RegisterRules } from "../register-rules.ts"

const CR_RESET = 0x83
const PLLCFGR_RESET = 0x24003010
const CFGR_SWS_SHIFT = 2
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

/** An oscillator's clock input on the board. */
export interface HseWiring {
    readonly hz: number
    /** The clock comes ready-made, from another chip; false: a crystal. */
    readonly bypass: boolean
    /** From HSEON to HSERDY; default 2 ms, 10 us with bypass. */
    readonly startUpNs?: number
}

/** What the chip's clocks come from, as they stand. */
export interface ClockState {
    readonly sysclkSource: keyof typeof SystemClock
    /** What feeds the PLL, whether it runs or not. */
    readonly pllSource: "HSI" | "HSE"
    readonly hseReady: boolean
    readonly hclkHz: number
    readonly pclk1Hz: number
    readonly pclk2Hz: number
}

/** Frequencies from the registers, with start-up times. */
export interface ComputedClocks {
    readonly clock: Clock
    /** Left out: nothing is connected to OSC_IN. */
    readonly hse?: HseWiring
    readonly power: () => PowerState
    readonly dckcfgr: () => number
    /** HCLK is about to change. */
    readonly changing: () => void
    /** HCLK has changed. */
    readonly changed: () => void
}

interface Source {
    readonly name: string
    readonly on: RccCr
    readonly flag: RccCir
    /**
     * DS8626 tables 31 to 36: HSI 2.2 us typical, HSE 2 ms typical (crystals on boards take 0.5 to 2 ms, HseWiring), PLLs
     * 300 us at most. Bypass: no figure, 10 us.
     */
    readonly startUpNs: number
}

const SOURCES: readonly Source[] = [
    { name: "HSI", on: RccCr.HSION, flag: RccCir.HSIRDYF, startUpNs: 2_200 },
    { name: "HSE", on: RccCr.HSEON, flag: RccCir.HSERDYF, startUpNs: 2e6 },
    { name: "PLL", on: RccCr.PLLON, flag: RccCir.PLLRDYF, startUpNs: 3e5 },
    {
        name: "PLLI2S",
        on: RccCr.PLLI2SON,
        flag: RccCir.PLLI2SRDYF,
        startUpNs: 3e5,
    },
    {
        name: "PLLSAI",
        on: RccCr.PLLSAION,
        flag: RccCir.PLLSAIRDYF,
        startUpNs: 3e5,
    },
]
const HSE_BYPASS_NS = 10_000
const ALL_ON =
    RccCr.HSION | RccCr.HSEON | RccCr.PLLON | RccCr.PLLI2SON | RccCr.PLLSAION

export class RccClocks {
    private cr = CR_RESET & ~RccCr.HSIRDY
    private pllcfgr = PLLCFGR_RESET
    private cfgr = 0
    /** ON bits of the sources that are ready. */
    private ready: number = RccCr.HSION
    private readonly starting = new Map<Source, Timer>()
    private known: Frequencies | undefined

    /**
     * @param becameReady called with the CIR flag of a source
     * @param computed left out: ready at once, no frequencies and no rules
     */
    constructor(
        private readonly chip: ChipKind,
        private readonly check: RegisterRules,
        private readonly becameReady: (flag: RccCir) => void,
        private readonly computed: ComputedClocks | undefined
    ) {}

    reset(): void {
        this.computed?.changing()
        for (const timer of this.starting.values())
            this.computed?.clock.cancel(timer)
        this.starting.clear()
        this.cr = CR_RESET & ~RccCr.HSIRDY
        this.pllcfgr = PLLCFGR_RESET
        this.cfgr = 0
        this.ready = RccCr.HSION
        this.known = undefined
        this.computed?.changed()
    }

    /** Undefined with `clocks: "board"`. */
    get frequencies(): Frequencies | undefined {
        if (this.computed === undefined) return undefined
        this.known ??= frequencies(this.registers)
        return this.known
    }

    /** A register outside has changed a factor. */
    factorChanged(): void {
        this.known = undefined
    }

    get registers(): ClockRegisters {
        const { pllcfgr, cfgr, computed } = this
        return {
            pllcfgr,
            cfgr,
            dckcfgr: computed?.dckcfgr() ?? 0,
            hseHz: computed?.hse?.hz ?? 0,
        }
    }

    /** PLL is on, so that the voltage scale cannot change. */
    get pllOn(): boolean {
        return (this.cr & RccCr.PLLON) !== 0
    }

    get pllReady(): boolean {
        return (this.readyBits & RccCr.PLLON) !== 0
    }

    get runsOnPll(): boolean {
        return (this.cfgr & RccCfgr.SW) >= SystemClock.PLL
    }

    get hseReady(): boolean {
        return (this.readyBits & RccCr.HSEON) !== 0
    }

    /** HSEON is set, and what is fitted is not ready yet. */
    get hseStarts(): boolean {
        return [...this.starting.keys()].some(({ on }) => on === RccCr.HSEON)
    }

    get sysclkSource(): ClockState["sysclkSource"] {
        return SystemClock[this.cfgr & RccCfgr.SW] as ClockState["sysclkSource"]
    }

    get pllSource(): ClockState["pllSource"] {
        return (this.pllcfgr & RccPllcfgr.PLLSRC) !== 0 ? "HSE" : "HSI"
    }

    readCr(): number {
        // Each ready bit stands above its enable bit.
        return (this.cr | (this.readyBits << 1)) >>> 0
    }

    readPllcfgr(): number {
        return this.pllcfgr
    }

    readCfgr(): number {
        return (this.cfgr | ((this.cfgr & RccCfgr.SW) << CFGR_SWS_SHIFT)) >>> 0
    }

    writeCr(value: number): void {
        const bits = this.check.ignoreReserved(
            RccRegister.CR,
            value,
            this.crMask()
        )
        const was = this.cr
        this.cr = bits & ~((ALL_ON << 1) | RccCr.HSICAL)
        if (this.computed === undefined) return
        this.checkBypass(was)
        for (const source of SOURCES) {
            if ((was & ~this.cr & source.on) !== 0) this.stop(source)
            if ((this.cr & ~was & source.on) !== 0) this.start(source)
        }
    }

    writePllcfgr(value: number): void {
        const bits = this.check.ignoreReserved(
            RccRegister.PLLCFGR,
            value,
            this.pllcfgrMask()
        )
        if (this.computed && this.pllOn && bits !== this.pllcfgr)
            return this.check.broken(
                RccRegister.PLLCFGR,
                "is written while PLLON is 1: the factors can change only while the PLL is off",
                value
            )
        this.pllcfgr = bits
        this.known = undefined
    }

    writeCfgr(value: number): void {
        const bits =
            this.check.ignoreReserved(RccRegister.CFGR, value, CFGR_MASK) &
            ~RccCfgr.SWS
        if (this.computed === undefined) {
            this.cfgr = bits
            return
        }
        if (!this.canSelect(bits & RccCfgr.SW, value)) return
        this.computed.changing()
        this.cfgr = bits
        this.known = undefined
        this.checkLimits()
        this.computed.changed()
    }

    /** A limit depends on PWR, too. */
    checkLimits(): void {
        if (this.computed === undefined) return
        this.report(
            limitProblem(this.chip, this.registers, this.computed.power())
        )
    }

    private get readyBits(): number {
        return this.computed === undefined ? this.cr & ALL_ON : this.ready
    }

    private report(problem: ClockProblem | undefined): boolean {
        if (problem !== undefined)
            this.check.broken(problem.register, problem.rule)
        return problem === undefined
    }

    private start(source: Source): void {
        const { clock, hse } = this.computed!
        if (source.on === RccCr.HSEON && hse === undefined) return
        if (source.on === RccCr.PLLON && !this.pllCanStart()) return
        const timer = clock.after(this.startUpNs(source), () => {
            this.starting.delete(source)
            this.ready |= source.on
            this.becameReady(source.flag)
        })
        this.starting.set(source, timer)
    }

    private startUpNs({ on, startUpNs }: Source): number {
        if (on !== RccCr.HSEON) return startUpNs
        const bypass = (this.cr & RccCr.HSEBYP) !== 0
        return (
            this.computed!.hse!.startUpNs ??
            (bypass ? HSE_BYPASS_NS : startUpNs)
        )
    }

    private stop(source: Source): void {
        if (this.uses(source.on)) {
            this.check.broken(
                RccRegister.CR,
                `${source.name} is switched off while the system clock runs on it`
            )
            this.cr |= source.on
            return
        }
        const timer = this.starting.get(source)
        if (timer !== undefined) this.computed!.clock.cancel(timer)
        this.starting.delete(source)
        this.ready &= ~source.on
    }

    /** Directly, or as the source of the PLL. */
    private uses(on: RccCr): boolean {
        const fromHse = (this.pllcfgr & RccPllcfgr.PLLSRC) !== 0
        if (this.runsOnPll)
            return (
                on === RccCr.PLLON ||
                on === (fromHse ? RccCr.HSEON : RccCr.HSION)
            )
        const selected = this.cfgr & RccCfgr.SW
        return on === (selected === SystemClock.HSE ? RccCr.HSEON : RccCr.HSION)
    }

    private pllCanStart(): boolean {
        const fromHse = (this.pllcfgr & RccPllcfgr.PLLSRC) !== 0
        const source = fromHse ? RccCr.HSEON : RccCr.HSION
        if ((this.ready & source) === 0) {
            this.check.broken(
                RccRegister.CR,
                `PLLON is set while its source ${fromHse ? "HSE" : "HSI"} is not ready`
            )
            return false
        }
        return this.report(pllProblem(this.chip, this.registers))
    }

    private checkBypass(was: number): void {
        const { hse } = this.computed!
        if ((this.cr & RccCr.HSEON) === 0) return
        if (((this.cr ^ was) & RccCr.HSEBYP) !== 0 && (was & RccCr.HSEON) !== 0)
            this.check.broken(
                RccRegister.CR,
                "HSEBYP changes while HSEON is 1",
                this.cr
            )
        const bypass = (this.cr & RccCr.HSEBYP) !== 0
        if (hse !== undefined && hse.bypass !== bypass)
            this.check.broken(
                RccRegister.CR,
                hse.bypass
                    ? `HSEBYP is 0, but the board feeds OSC_IN with a ready-made clock (emulate --hse ${hse.hz}: a crystal)`
                    : `HSEBYP is 1, but the board has a crystal (emulate --hse ${hse.hz}:bypass: a ready-made clock, as from the ST-Link of a Nucleo)`,
                this.cr
            )
    }

    private canSelect(select: number, value: number): boolean {
        if (select === (this.cfgr & RccCfgr.SW)) return true
        if (select === SystemClock.PLL_R && this.chip !== "stm32f446") {
            this.check.broken(RccRegister.CFGR, "SW 3 is not allowed", value)
            return false
        }
        const needed = [RccCr.HSION, RccCr.HSEON, RccCr.PLLON, RccCr.PLLON][
            select
        ]!
        if ((this.ready & needed) !== 0) return true
        this.check.broken(
            RccRegister.CFGR,
            `SW selects ${SystemClock[select]}, which is not ready`,
            value
        )
        return false
    }

    private crMask(): number {
        const sai =
            this.chip === "stm32f407" ? 0 : RccCr.PLLSAION | RccCr.PLLSAIRDY
        return (
            RccCr.HSION |
            RccCr.HSIRDY |
            RccCr.HSITRIM |
            RccCr.HSICAL |
            RccCr.HSEON |
            RccCr.HSERDY |
            RccCr.HSEBYP |
            RccCr.CSSON |
            RccCr.PLLON |
            RccCr.PLLRDY |
            RccCr.PLLI2SON |
            RccCr.PLLI2SRDY |
            sai
        )
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

// SPDX-License-Identifier: MIT
// Power control (RM0090 §5.4 and §5.5, RM0390 §5.4): voltage scale, over-drive, write protection of the backup domain.
// Not modelled: Stop and Standby, the voltage detector, the backup regulator, under-drive (their bits are stored or refused).

import type { Clock, Timer } from "../../clock.ts"
import type { Rules } from "../../rules.ts"
import type { ChipKind } from "../chip-kind.ts"
import type { PowerState } from "./clock-tree.ts"
import type { Peripheral } from "../peripheral.ts"
import { RegisterRules, sectionsInOrder } from "../register-rules.ts"

export const PWR_BASE = 0x40007000
export const PWR_SIZE_BYTES = 0x400

export enum PwrRegister {
    CR = 0x00,
    CSR = 0x04,
}

export enum PwrCr {
    LPDS = 1 << 0,
    PDDS = 1 << 1,
    CWUF = 1 << 2,
    CSBF = 1 << 3,
    PVDE = 1 << 4,
    PLS = 7 << 5,
    DBP = 1 << 8,
    FPDS = 1 << 9,
    LPLVDS = 1 << 10, // F42x and F446, as what follows
    MRLVDS = 1 << 11,
    ADCDC1 = 1 << 13, // not on F407
    VOS = 3 << 14, // F407: bit 14 only
    ODEN = 1 << 16,
    ODSWEN = 1 << 17,
    UDEN = 3 << 18,
    FMSSR = 1 << 20, // F446 only
    FISSR = 1 << 21,
}

export enum PwrCsr {
    WUF = 1 << 0,
    SBF = 1 << 1,
    PVDO = 1 << 2,
    BRR = 1 << 3,
    EWUP2 = 1 << 7, // F446 only
    EWUP = 1 << 8,
    BRE = 1 << 9,
    VOSRDY = 1 << 14,
    ODRDY = 1 << 16, // F42x and F446, as what follows
    ODSWRDY = 1 << 17,
    UDRDY = 3 << 18,
}

const VOS_F407 = 1 << 14
/** RM0090 §5.4.1 and §5.5.1. */
const CR_RESET: Readonly<Record<ChipKind, number>> = {
    stm32f407: 0x4000,
    stm32f429: 0xc000,
    stm32f446: 0xc000,
}
/** Bits of CR that the manual describes (RM0090 §5.4.1, §5.5.1, RM0390 §5.4.1). */
const CR_DOCUMENTED: Readonly<Record<ChipKind, number>> = {
    stm32f407: 0x43ff,
    stm32f429: 0xfefff,
    stm32f446: 0x3fefff,
}
/** DS9405 table 20, DS10693 table 20: 45 us typical for the switch with the HSI; taken for each of the two steps. */
const OVER_DRIVE_NS = 45_000

export interface PwrWiring {
    readonly chip: ChipKind
    readonly rules: Rules
    /** Left out: ready at once. */
    readonly clock?: Clock
    /** What the clocks do; left out: their rules do not apply. */
    readonly clocks?: {
        readonly pllOn: () => boolean
        readonly pllReady: () => boolean
        readonly runsOnPll: () => boolean
    }
    /** What power allows has changed. */
    readonly changed: () => void
}

export class Pwr implements Peripheral {
    readonly name = "PWR"
    private cr: number
    private csr = 0
    private overDriveReady = 0
    private pending: Timer | undefined
    private readonly check: RegisterRules

    constructor(private readonly wiring: PwrWiring) {
        this.check = new RegisterRules(
            wiring.rules,
            this,
            sectionsInOrder("RM0090 5.4", PwrRegister)
        )
        this.cr = CR_RESET[wiring.chip]
    }

    /** RCC or system reset. */
    reset(): void {
        this.cr = CR_RESET[this.wiring.chip]
        this.csr = this.overDriveReady = 0
        this.cancel()
    }

    /** DBP: the backup domain can be written. */
    get backupWritable(): boolean {
        return (this.cr & PwrCr.DBP) !== 0
    }

    get state(): PowerState {
        const vos = (this.cr & PwrCr.VOS) >>> 14
        const overDrive = (this.overDriveReady & PwrCsr.ODSWRDY) !== 0
        if (this.wiring.chip === "stm32f407")
            return { scale: vos === 1 ? 1 : 2, overDrive: false }
        return { scale: Math.min(4 - vos, 3), overDrive }
    }

    registerName(offset: number): string | undefined {
        return PwrRegister[offset]
    }

    readUint32(offset: number): number {
        if (offset === PwrRegister.CR) return this.cr
        if (offset !== PwrRegister.CSR) return this.check.unknownRead(offset)
        const { clocks } = this.wiring
        const scaled = clocks === undefined || clocks.pllReady()
        return this.csr | this.overDriveReady | (scaled ? PwrCsr.VOSRDY : 0)
    }

    writeUint32(offset: number, value: number): void {
        if (offset === PwrRegister.CR) return this.writeCr(value)
        if (offset !== PwrRegister.CSR)
            return this.check.refusedWrite(offset, value)
        const status =
            PwrCsr.WUF |
            PwrCsr.SBF |
            PwrCsr.PVDO |
            PwrCsr.BRR |
            PwrCsr.VOSRDY |
            PwrCsr.ODRDY |
            PwrCsr.ODSWRDY
        // The status bits come back in a read-modify-write.
        this.csr = this.check.defined(
            offset,
            value & ~status,
            PwrCsr.EWUP,
            PwrCsr.EWUP | PwrCsr.BRE
        )
    }

    private writeCr(value: number): void {
        const offset = PwrRegister.CR
        const was = this.cr
        const bits = this.check.defined(
            offset,
            value,
            this.mask(),
            CR_DOCUMENTED[this.wiring.chip]
        )
        const vos = (bits & PwrCr.VOS) >>> 14
        const f407 = this.wiring.chip === "stm32f407"
        if (!f407 && vos === 0)
            this.check.doubtful(
                offset,
                "VOS 0 is reserved: the scale is 3",
                value
            )
        if (((bits ^ was) & PwrCr.VOS) !== 0 && this.wiring.clocks?.pllOn())
            return this.check.broken(
                offset,
                "VOS changes while the PLL is on",
                value
            )
        if (
            (bits & ~was & PwrCr.ODSWEN) !== 0 &&
            (this.overDriveReady & PwrCsr.ODRDY) === 0
        )
            return this.check.broken(
                offset,
                "ODSWEN is set while CSR_ODRDY is 0",
                value
            )
        if (
            ((bits ^ was) & PwrCr.ODSWEN) !== 0 &&
            this.wiring.clocks?.runsOnPll()
        )
            this.check.broken(
                offset,
                "ODSWEN changes while the system clock is the PLL: select HSI or HSE first",
                value
            )
        this.cr = bits & ~(PwrCr.CWUF | PwrCr.CSBF)
        this.step(PwrCr.ODEN, PwrCsr.ODRDY, was)
        this.step(PwrCr.ODSWEN, PwrCsr.ODSWRDY, was)
        this.wiring.changed()
    }

    /** One step of the over-drive: its ready bit follows its enable. */
    private step(enable: PwrCr, ready: PwrCsr, was: number): void {
        if ((was & ~this.cr & enable) !== 0) {
            this.cancel()
            this.overDriveReady &= ~ready
        }
        if ((this.cr & ~was & enable) === 0) return
        const done = (): void => {
            this.pending = undefined
            this.overDriveReady |= ready
        }
        if (this.wiring.clock === undefined) done()
        else this.pending = this.wiring.clock.after(OVER_DRIVE_NS, done)
    }

    private cancel(): void {
        if (this.pending !== undefined) this.wiring.clock!.cancel(this.pending)
        this.pending = undefined
    }

    private mask(): number {
        const common =
            PwrCr.LPDS |
            PwrCr.PDDS |
            PwrCr.CWUF |
            PwrCr.CSBF |
            PwrCr.PLS |
            PwrCr.DBP |
            PwrCr.FPDS
        if (this.wiring.chip === "stm32f407") return common | VOS_F407
        return (
            common |
            PwrCr.VOS |
            PwrCr.ODEN |
            PwrCr.ODSWEN |
            PwrCr.LPLVDS |
            PwrCr.MRLVDS |
            PwrCr.ADCDC1
        )
    }
}

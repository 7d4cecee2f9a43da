// SPDX-License-Identifier: MIT
// The slow side of RCC (RM0090 §7.3.4, §7.3.20, §7.3.21): interrupts of ready clocks, LSE and LSI, causes of the last reset.
// Not modelled: the RTC that BDCR clocks.

import type { Clock, Timer } from "../../clock.ts"
import type { ChipKind } from "../chip-kind.ts"
import type { IrqLine } from "../peripheral.ts"
import { RccBdcr, RccCir, RccCsr, RccRegister } from "./rcc-registers.ts"
import type { RegisterRules } from "../register-rules.ts"

/** DS8626 table 34: 15 us typical. */
const LSI_START_NS = 15_000
const CSR_FLAGS =
    RccCsr.BORRSTF |
    RccCsr.PADRSTF |
    RccCsr.PORRSTF |
    RccCsr.SFTRSTF |
    RccCsr.WDGRSTF |
    RccCsr.WWDGRSTF |
    RccCsr.LPWRRSTF
const CIR_FLAGS = 0xff
const CIR_ENABLES = 0x7f00

/** Why the chip was reset. */
export type ResetCause = "power-on" | "pin" | "software" | "iwdg" | "wwdg"

const CAUSES: Readonly<Record<ResetCause, number>> = {
    "power-on": RccCsr.PORRSTF | RccCsr.BORRSTF | RccCsr.PADRSTF,
    // Every reset pulls NRST (RM0090 §7.1.1).
    pin: RccCsr.PADRSTF,
    software: RccCsr.SFTRSTF | RccCsr.PADRSTF,
    iwdg: RccCsr.WDGRSTF | RccCsr.PADRSTF,
    wwdg: RccCsr.WWDGRSTF | RccCsr.PADRSTF,
}

export class RccBackup {
    private bdcr = 0
    private csr: number = CAUSES["power-on"]
    private cir = 0
    private lsi: Timer | undefined

    /** @param clock left out: oscillators are ready at once */
    constructor(
        private readonly chip: ChipKind,
        private readonly check: RegisterRules,
        private readonly clock: Clock | undefined,
        private readonly irq: IrqLine,
        /** PWR_CR_DBP: the backup domain can be written. */
        private readonly writable: () => boolean
    ) {}

    /** System reset: the backup domain stays, the cause is added. */
    reset(cause: ResetCause): void {
        if (cause === "power-on") this.csr = this.bdcr = 0
        this.stopLsi()
        this.csr |= CAUSES[cause]
        this.cir = 0
        this.irq(false)
    }

    /** A clock became ready: its flag rises when its interrupt is enabled. */
    becameReady(flag: RccCir): void {
        if ((this.cir & (flag << 8)) !== 0) this.cir |= flag
        this.updateIrq()
    }

    readBdcr(): number {
        return this.bdcr
    }

    readCsr(): number {
        return this.csr >>> 0
    }

    readCir(): number {
        return this.cir
    }

    writeBdcr(value: number): void {
        const mode = this.chip === "stm32f446" ? RccBdcr.LSEMOD : 0
        const all =
            RccBdcr.LSEON |
            RccBdcr.LSERDY |
            RccBdcr.LSEBYP |
            RccBdcr.RTCSEL |
            RccBdcr.RTCEN |
            RccBdcr.BDRST |
            mode
        const bits = this.check.ignoreReserved(RccRegister.BDCR, value, all)
        if (!this.writable())
            return this.check.broken(
                RccRegister.BDCR,
                "is written while PWR_CR_DBP is 0",
                value
            )
        if ((bits & RccBdcr.BDRST) !== 0) {
            this.bdcr = RccBdcr.BDRST
            return
        }
        const select = this.bdcr & RccBdcr.RTCSEL
        if (select !== 0 && select !== (bits & RccBdcr.RTCSEL))
            this.check.broken(
                RccRegister.BDCR,
                "RTCSEL is written a second time: only BDRST lets it change",
                value
            )
        // No board here has a crystal at the LSE: LSERDY never comes.
        this.bdcr = bits & ~RccBdcr.LSERDY
    }

    writeCsr(value: number): void {
        const bits = this.check.ignoreReserved(
            RccRegister.CSR,
            value,
            RccCsr.LSION | RccCsr.LSIRDY | RccCsr.RMVF | CSR_FLAGS
        )
        if ((bits & RccCsr.RMVF) !== 0) this.csr &= ~CSR_FLAGS
        const on = (bits & RccCsr.LSION) !== 0
        if (on && (this.csr & RccCsr.LSION) === 0) this.startLsi()
        else if (!on) this.stopLsi()
    }

    writeCir(value: number): void {
        const sai =
            this.chip === "stm32f407"
                ? RccCir.PLLSAIRDYF | RccCir.PLLSAIRDYIE | RccCir.PLLSAIRDYC
                : 0
        const bits = this.check.ignoreReserved(
            RccRegister.CIR,
            value,
            0x00ff7fff & ~sai
        )
        const cleared = (bits >>> 16) & CIR_FLAGS
        this.cir = (this.cir & CIR_FLAGS & ~cleared) | (bits & CIR_ENABLES)
        this.updateIrq()
    }

    private startLsi(): void {
        this.csr |= RccCsr.LSION
        const ready = (): void => {
            this.lsi = undefined
            this.csr |= RccCsr.LSIRDY
            this.becameReady(RccCir.LSIRDYF)
        }
        if (this.clock === undefined) ready()
        else this.lsi = this.clock.after(LSI_START_NS, ready)
    }

    private stopLsi(): void {
        if (this.lsi !== undefined) this.clock!.cancel(this.lsi)
        this.lsi = undefined
        this.csr &= ~(RccCsr.LSION | RccCsr.LSIRDY)
    }

    private updateIrq(): void {
        this.irq((this.cir & (this.cir >>> 8) & CIR_FLAGS) !== 0)
    }
}

// SPDX-License-Identifier: MIT
// Option bytes (RM0090 §3.6.5 and §3.9, RM0390 §3.5): OPTKEYR, OPTCR, OPTCR1. Write protection works; other options are
// kept as they are.
// Not modelled, and refused: changes of RDP, PCROP, dual boot, DB1M.

import {
    FlashOptcr,
    FlashRegister,
    OPTION_KEYS,
    type FlashSector,
} from "./flash-registers.ts"
import { KeyLock } from "./key-lock.ts"
import type { RegisterRules } from "../register-rules.ts"

/** As delivered: no protection, BOR off, watchdog by software (RM0090 §3.9.10). Bit 0 is the lock. */
const OPTCR_DELIVERED = 0x0fffaaec
const OPTCR1_DELIVERED = 0x0fff0000
/** Bits that can change here. */
const CHANGEABLE =
    FlashOptcr.BOR_LEV |
    FlashOptcr.nRST_STOP |
    FlashOptcr.nRST_STDBY |
    FlashOptcr.WDG_SW |
    FlashOptcr.nWRP
/** No source gives a time for option bytes; that of a 16 KB sector is taken. */
const OPTIONS_NS = 250e6

export class FlashOptions {
    readonly lock = new KeyLock(OPTION_KEYS)
    /** What the chip obeys. */
    private active = OPTCR_DELIVERED
    private active1 = OPTCR1_DELIVERED
    /** What OPTCR shows. */
    private shown = OPTCR_DELIVERED
    private shown1 = OPTCR1_DELIVERED

    /** @param operate keeps the flash busy for a time */
    constructor(
        private readonly check: RegisterRules,
        private readonly operate: (ns: number, whole: () => void) => void
    ) {}

    /** A reset locks the register and shows what is stored. */
    reset(): void {
        this.lock.reset()
        this.shown = this.active
        this.shown1 = this.active1
    }

    /** True when nWRP protects the sector. */
    protects({ number }: FlashSector): boolean {
        const bits = number < 12 ? this.active : this.active1
        return ((bits >>> (16 + (number % 12))) & 1) === 0
    }

    get optcr(): number {
        return (this.shown | (this.lock.locked ? FlashOptcr.OPTLOCK : 0)) >>> 0
    }

    get optcr1(): number {
        return this.shown1
    }

    writeOptcr(value: number): void {
        const offset = FlashRegister.OPTCR
        if (this.lock.locked) {
            if (value !== this.optcr)
                this.check.broken(
                    offset,
                    "is written while OPTLOCK is 1: write the keys to OPTKEYR first",
                    value
                )
            return
        }
        const changes = (value ^ this.shown) & ~CHANGEABLE
        if ((changes & ~(FlashOptcr.OPTLOCK | FlashOptcr.OPTSTRT)) !== 0)
            this.check.broken(
                offset,
                "only BOR_LEV, WDG_SW, nRST_STOP, nRST_STDBY and nWRP can change in this model",
                value
            )
        this.shown = (this.shown & ~CHANGEABLE) | (value & CHANGEABLE)
        if ((value & FlashOptcr.OPTLOCK) !== 0) this.lock.reset()
        else if ((value & FlashOptcr.OPTSTRT) !== 0) this.start()
    }

    writeOptcr1(value: number): void {
        if (this.lock.locked)
            return this.check.broken(
                FlashRegister.OPTCR1,
                "is written while OPTLOCK is 1: write the keys to OPTKEYR first",
                value
            )
        this.shown1 = this.check.ignoreReserved(
            FlashRegister.OPTCR1,
            value,
            FlashOptcr.nWRP
        )
    }

    private start(): void {
        this.operate(OPTIONS_NS, () => {
            this.active = this.shown
            this.active1 = this.shown1
        })
    }
}

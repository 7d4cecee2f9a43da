// SPDX-License-Identifier: MIT
// Independent watchdog (RM0090 §21, RM0390 §19): keys, prescaler, reload, reset. Once started it stops only by a reset.
// Not modelled: the spread of the LSI (17 to 47 kHz; 32 kHz here), the hardware start by the option WDG_SW, freezing by
// DBGMCU.

import type { Clock, Timer } from "../../clock.ts"
import type { Rules } from "../../rules.ts"
import { LSI_HZ } from "../rcc/clock-tree.ts"
import type { Peripheral } from "../peripheral.ts"
import { RegisterRules, sectionsInOrder } from "../register-rules.ts"

export const IWDG_BASE = 0x40003000
export const IWDG_SIZE_BYTES = 0x400

export enum IwdgRegister {
    KR = 0x00,
    PR = 0x04,
    RLR = 0x08,
    SR = 0x0c,
}

export enum IwdgSr {
    PVU = 1 << 0,
    RVU = 1 << 1,
}

const KEY_RELOAD = 0xaaaa
const KEY_ACCESS = 0x5555
const KEY_START = 0xcccc
const RLR_RESET = 0xfff
/** RM0090 §21.4.4: an update takes up to five cycles of the LSI. */
const UPDATE_NS = (5 * 1e9) / LSI_HZ

export interface IwdgWiring {
    readonly clock: Clock
    readonly rules: Rules
    /** The counter has reached 0. */
    readonly expired: () => void
}

export class Iwdg implements Peripheral {
    readonly name = "IWDG"
    private pr = 0
    private rlr = RLR_RESET
    private unlocked = false
    private readonly updatedNs = { pr: 0, rlr: 0 }
    private alarm: Timer | undefined
    private running = false
    private readonly check: RegisterRules

    constructor(private readonly wiring: IwdgWiring) {
        this.check = new RegisterRules(
            wiring.rules,
            this,
            sectionsInOrder("RM0090 21.4", IwdgRegister)
        )
    }

    /** System reset: it stands still. */
    reset(): void {
        this.pr = 0
        this.rlr = RLR_RESET
        this.unlocked = this.running = false
        this.updatedNs.pr = this.updatedNs.rlr = 0
        if (this.alarm !== undefined) this.wiring.clock.cancel(this.alarm)
        this.alarm = undefined
    }

    /** When it will reset the chip, ns; Infinity while it stands still. */
    get expiresNs(): number {
        return this.alarm?.timeNs ?? Infinity
    }

    registerName(offset: number): string | undefined {
        return IwdgRegister[offset]
    }

    readUint32(offset: number): number {
        switch (offset) {
            case IwdgRegister.KR:
                return 0
            case IwdgRegister.PR:
                return this.pr
            case IwdgRegister.RLR:
                return this.rlr
            case IwdgRegister.SR:
                return (
                    (this.updating("pr") ? IwdgSr.PVU : 0) |
                    (this.updating("rlr") ? IwdgSr.RVU : 0)
                )
        }
        return this.check.unknownRead(offset)
    }

    writeUint32(offset: number, value: number): void {
        switch (offset) {
            case IwdgRegister.KR:
                return this.writeKey(value)
            case IwdgRegister.PR:
                if (this.accepts(offset, value, "pr"))
                    this.pr = this.check.ignoreReserved(offset, value, 7)
                return
            case IwdgRegister.RLR:
                if (this.accepts(offset, value, "rlr"))
                    this.rlr = this.check.ignoreReserved(offset, value, 0xfff)
                return
        }
        if (offset === IwdgRegister.SR)
            return this.check.readOnlyWrite(offset, value)
        this.check.refusedWrite(offset, value)
    }

    private updating(register: "pr" | "rlr"): boolean {
        return this.updatedNs[register] > this.wiring.clock.nowNs
    }

    private accepts(
        offset: number,
        value: number,
        register: "pr" | "rlr"
    ): boolean {
        if (!this.unlocked) {
            this.check.broken(
                offset,
                "is written without the key 0x5555 in KR",
                value
            )
            return false
        }
        if (this.updating(register)) {
            this.check.broken(
                offset,
                `is written while SR_${register === "pr" ? "PVU" : "RVU"} is 1`,
                value
            )
            return false
        }
        this.updatedNs[register] = this.wiring.clock.nowNs + UPDATE_NS
        return true
    }

    private writeKey(value: number): void {
        const key = this.check.ignoreReserved(IwdgRegister.KR, value, 0xffff)
        // Any other key protects PR and RLR again (RM0090 §21.3.2).
        this.unlocked = key === KEY_ACCESS
        if (key === KEY_START) this.running = true
        if (key === KEY_RELOAD || key === KEY_START) this.reload()
    }

    private reload(): void {
        if (!this.running) return
        const { clock } = this.wiring
        if (this.alarm !== undefined) clock.cancel(this.alarm)
        const divider = 4 << Math.min(this.pr, 6)
        const ns = ((this.rlr + 1) * divider * 1e9) / LSI_HZ
        this.alarm = clock.after(ns, () => {
            this.alarm = undefined
            this.wiring.expired()
        })
    }
}

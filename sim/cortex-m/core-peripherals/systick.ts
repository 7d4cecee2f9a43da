// SPDX-License-Identifier: MIT
// The system timer (PM0214 §4.5): counts HCLK or HCLK/8 down from LOAD, the exception is made at 0.

import type { Clock, Timer } from "../../clock.ts"
import type { Rules } from "../../rules.ts"
import type { Peripheral } from "../../stm32/peripheral.ts"
import { RegisterRules } from "../../stm32/register-rules.ts"
import type { CoreTime } from "../core-time.ts"

export const SYSTICK_BASE = 0xe000e010
export const SYSTICK_SIZE_BYTES = 0x10

enum Register {
    CTRL = 0x0,
    LOAD = 0x4,
    VAL = 0x8,
    CALIB = 0xc,
}

const ENABLE = 1 << 0
const TICKINT = 1 << 1
const CLKSOURCE = 1 << 2
const COUNTFLAG = 1 << 16
const COUNTER_BITS = 0xffffff
/** PM0214 §4.5.4: 1 ms with HCLK/8 at 168 MHz would be 20999; the reset value is 18750, NOREF set. */
const CALIBRATION = 0x40000000 | 18750

export interface SysTickOptions {
    readonly clock: Clock
    readonly time: CoreTime
    readonly rules: Rules
    /** The counter reached 0 with TICKINT set. */
    readonly tick: () => void
}

export class SysTick implements Peripheral {
    readonly name = "STK"
    private control = 0
    private load = 0
    /** Counter while it does not run. */
    private stopped = 0
    /** Counter clocks (in HCLK cycles since power-on) at which it reaches 0; undefined: it does not run. */
    private zeroCycles: number | undefined
    private flag = false
    private timer: Timer | undefined
    private readonly check: RegisterRules

    constructor(private readonly options: SysTickOptions) {
        this.check = new RegisterRules(options.rules, this)
        options.time.onChange(() => this.schedule())
    }

    reset(): void {
        this.control = 0
        this.zeroCycles = undefined
        this.flag = false
        this.schedule()
    }

    registerName(offset: number): string | undefined {
        return Register[offset]
    }

    readUint32(offset: number): number {
        switch (offset) {
            case Register.CTRL: {
                const value = this.control | (this.flag ? COUNTFLAG : 0)
                this.flag = false
                return value
            }
            case Register.LOAD:
                return this.load
            case Register.VAL:
                return this.value()
            case Register.CALIB:
                return CALIBRATION
            default:
                return this.check.unknownRead(offset)
        }
    }

    writeUint32(offset: number, value: number): void {
        switch (offset) {
            case Register.CTRL:
                return this.writeControl(value)
            case Register.LOAD:
                this.load = this.check.defined(offset, value, COUNTER_BITS)
                return
            case Register.VAL:
                // Any value clears the counter; it loads at its next clock.
                this.flag = false
                this.stopped = 0
                if (this.control & ENABLE) this.start()
                return
            default:
                return this.check.refusedWrite(offset, value, "is read only")
        }
    }

    private writeControl(value: number): void {
        this.stopped = this.value()
        this.control = this.check.defined(
            Register.CTRL,
            value & ~COUNTFLAG,
            ENABLE | TICKINT | CLKSOURCE
        )
        if (this.control & ENABLE) this.start()
        else {
            this.zeroCycles = undefined
            this.schedule()
        }
    }

    private get divider(): number {
        return this.control & CLKSOURCE ? 1 : 8
    }

    /** From 0 the counter loads first; with LOAD = 0 it stays there. */
    private start(): void {
        const counts = this.stopped > 0 ? this.stopped : this.load + 1
        this.zeroCycles =
            this.stopped === 0 && this.load === 0
                ? undefined
                : this.options.time.cycles + counts * this.divider
        this.schedule()
    }

    private value(): number {
        if (this.zeroCycles === undefined) return this.stopped
        const left = (this.zeroCycles - this.options.time.cycles) / this.divider
        const counts = Math.max(0, Math.ceil(left - 1e-6))
        // Right after the load was ordered the counter still reads 0.
        return counts > this.load && this.stopped === 0 ? 0 : counts
    }

    private schedule(): void {
        const { clock, time } = this.options
        if (this.timer) clock.cancel(this.timer)
        this.timer = undefined
        if (this.zeroCycles === undefined) return
        const ns = ((this.zeroCycles - time.cycles) * 1e9) / time.hclkHz
        this.timer = clock.at(time.nowNs + ns, () => this.reachZero())
    }

    private reachZero(): void {
        this.flag = true
        this.stopped = 0
        this.zeroCycles =
            this.load === 0
                ? undefined
                : this.zeroCycles! + (this.load + 1) * this.divider
        this.schedule()
        if (this.control & TICKINT) this.options.tick()
    }
}

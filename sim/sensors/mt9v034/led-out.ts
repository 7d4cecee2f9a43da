// SPDX-License-Identifier: MIT
// LED_OUT of the MT9V034: high while the array collects light (MT9V034 DS, pin list and R0x1B).

import type { Clock, Timer } from "../../clock.ts"
import type { Level } from "../../wires/parallel-bus.ts"

const DISABLE = 1 << 0
const INVERT = 1 << 1

export class LedOut {
    /** The pin changes to `level`. */
    onLevel: ((level: Level) => void) | undefined

    private pin: Level = 0
    private exposing = false
    private control = 0
    private timers: Timer[] = []

    constructor(private readonly clock: Clock) {}

    /** R0x1B acts at once. */
    configure(control: number): void {
        this.control = control
        this.drive()
    }

    /** The next exposure, ns. One that is still scheduled or under way goes on. */
    expose(startNs: number, endNs: number): void {
        this.timers = this.timers.filter(
            timer => !timer.cancelled && timer.timeNs >= this.clock.nowNs
        )
        this.timers.push(
            this.clock.at(startNs, () => this.light(true)),
            this.clock.at(endNs, () => this.light(false))
        )
    }

    /** Nothing is exposed any more. */
    abort(): void {
        for (const timer of this.timers) this.clock.cancel(timer)
        this.timers = []
        this.light(false)
    }

    private light(on: boolean): void {
        this.exposing = on
        this.drive()
    }

    private drive(): void {
        const lit = this.exposing && !(this.control & DISABLE)
        const level: Level = lit !== Boolean(this.control & INVERT) ? 1 : 0
        if (level !== this.pin) this.onLevel?.((this.pin = level))
    }
}

// SPDX-License-Identifier: MIT
// The pins of a sensor on a board that nobody described: reset, power-down, and its clock from the chip.

import type { Clock } from "../clock.ts"
import type { SensorModel } from "../sensors/sensor-model.ts"
import type { Stm32F4 } from "../stm32/chip.ts"
import type { I2cTarget } from "../wires/i2c-bus.ts"
import type { Level } from "../wires/parallel-bus.ts"

/** Pins of the chip, named "PC9"; what is left out is not wired: no reset, no power-down, a clock of the module's own. */
export interface SensorPins {
    readonly reset?: string | undefined
    readonly powerDown?: string | undefined
    readonly xclk?: string | undefined
}

/** Between two looks at the clock that the chip gives, ns: a change is seen so much later. */
const LOOK_NS = 1e6

/** Moves a sensor's pins as the firmware does. It is the sensor on the bus: a transfer looks at the clock first. */
export class PinnedSensor implements I2cTarget {
    readonly name: string
    readonly address: number
    /** As the firmware drives them; undefined: it does not. */
    private resetLevel: Level | undefined
    private powerDownLevel: Level | undefined

    constructor(
        private readonly chip: Stm32F4,
        private readonly sensor: SensorModel,
        private readonly clock: Clock,
        private readonly pins: SensorPins
    ) {
        this.name = sensor.name
        this.address = sensor.address
        const { reset, powerDown, xclk } = pins
        if (reset !== undefined)
            chip.onPin(reset, level =>
                sensor.setReset((this.resetLevel = level))
            )
        if (powerDown !== undefined)
            chip.onPin(powerDown, level =>
                sensor.setStandby((this.powerDownLevel = level))
            )
        if (xclk !== undefined) this.lookAgain()
    }

    /** Which of its pins keep it from answering now; undefined: none does. */
    get silentBecause(): string | undefined {
        const { reset, powerDown, xclk } = this.pins
        const reasons: string[] = []
        if (this.resetLevel === 0) reasons.push(`its reset at ${reset} is low`)
        if (this.powerDownLevel === 1)
            reasons.push(`its power-down at ${powerDown} is high`)
        if (xclk !== undefined && this.chip.clockOutputHz(xclk) === 0)
            reasons.push(`no clock comes from ${xclk}`)
        return reasons.length > 0 ? reasons.join(", ") : undefined
    }

    start(read: boolean): boolean {
        this.look()
        return this.sensor.start(read)
    }

    write(byte: number): boolean {
        return this.sensor.write(byte)
    }

    read(): number {
        return this.sensor.read()
    }

    stop(): void {
        this.sensor.stop()
    }

    private look(): void {
        const { xclk } = this.pins
        if (xclk !== undefined)
            this.sensor.setXclk(this.chip.clockOutputHz(xclk))
    }

    private lookAgain(): void {
        this.look()
        this.clock.after(LOOK_NS, () => this.lookAgain())
    }
}

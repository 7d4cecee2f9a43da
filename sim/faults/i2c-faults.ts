// SPDX-License-Identifier: MIT
// The faults of the sensor's I2C bus.

import type { I2cBus } from "../wires/i2c-bus.ts"
import type { I2c } from "../stm32/i2c/i2c.ts"
import type { Effect, Injectors } from "./effect.ts"

type I2cFaultName =
    "i2c-nack" | "i2c-sda-low" | "i2c-stretch" | "i2c-wrong-value"

/** @param controller the block that the sensor hangs on */
export function i2cFaults(
    bus: I2cBus,
    controller: I2c
): Injectors<I2cFaultName> {
    /** Holds of SDA that no clock ends. */
    let holds = 0
    /** What hits the bytes to come, the next one first. */
    const wrong: {
        readonly bits: number
        readonly effect: Effect
        left: number
    }[] = []
    bus.alter = byte => {
        const [first] = wrong
        if (first === undefined) return byte
        first.effect.happened()
        if (--first.left === 0) {
            first.effect.over()
            wrong.shift()
        }
        return byte ^ first.bits
    }
    return {
        "i2c-nack": ({ count, byte }, effect) => {
            let left = count
            const taken = (): void => {
                effect.happened()
                if (--left === 0) effect.over()
                else controller.inject({ kind: "nack", byte, taken })
            }
            controller.inject({ kind: "nack", byte, taken })
        },
        "i2c-sda-low": ({ clocks }) => {
            if (clocks > 0) {
                bus.holdSda(clocks)
                return () => bus.holdSda(0)
            }
            holds++
            bus.holdSda(Infinity)
            return () => {
                if (--holds === 0) bus.holdSda(0)
            }
        },
        "i2c-stretch": () => {
            bus.holdScl()
            return () => bus.releaseScl()
        },
        "i2c-wrong-value": ({ count, mask }, effect) => {
            const bits = mask ?? effect.choice.whole(1, 0xff)
            wrong.push({ bits, effect, left: count })
        },
    }
}

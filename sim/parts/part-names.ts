// SPDX-License-Identifier: MIT
// Parts that a command line can plug in by their names.

import type { Part } from "./part.ts"
import { shtc3 } from "./shtc3.ts"

/** A part, and what may be said of it. */
export interface NamedPart {
    /** On the sensor's I2C bus, 7 bits. */
    readonly address: number
    /** Its values, in order, with their limits and what they are when nothing is said. */
    readonly values: readonly {
        readonly name: string
        readonly min: number
        readonly max: number
        readonly value: number
    }[]
    readonly create: (values: readonly number[]) => Part
}

export const NAMED_PARTS: Readonly<Record<string, NamedPart>> = {
    shtc3: {
        address: 0x70,
        values: [
            { name: "temperature in C", min: -45, max: 130, value: 25 },
            { name: "humidity in percent", min: 0, max: 100, value: 50 },
        ],
        create: ([temperatureC, humidityPercent]) =>
            shtc3({
                temperatureC: temperatureC!,
                humidityPercent: humidityPercent!,
            }),
    },
}

// SPDX-License-Identifier: MIT
// The faults of the sensor itself: its supply, its reset pin, and another chip in its place.

import type { Clock } from "../clock.ts"
import type { SensorName } from "../../protocol/names.ts"
import type { SensorModel } from "../sensors/sensor-model.ts"
import type { Injectors } from "./effect.ts"

const US = 1000

type SensorFaultName =
    "sensor-unplug" | "sensor-reset" | "sensor-brown-out" | "sensor-wrong-chip"

/** What a module that looks the same has on it: MT9V032 (R0x00 = 0x1313); OV7725 (PID 0x77, VER 0x21). */
const OTHER_CHIP: Readonly<Record<SensorName, number>> = {
    mt9v034: 0x1313,
    ov2640: 0x7721,
}

/** A sensor's supply: it is there while nobody holds it off. */
export class SensorSupply {
    private offs = 0

    constructor(private readonly sensor: SensorModel) {}

    off(): void {
        if (this.offs++ === 0) this.sensor.setPower(false)
    }

    on(): void {
        if (--this.offs === 0) this.sensor.setPower(true)
    }
}

export function sensorFaults(
    clock: Clock,
    sensor: SensorModel,
    name: SensorName,
    supply: SensorSupply
): Injectors<SensorFaultName> {
    return {
        "sensor-unplug": () => {
            supply.off()
            return () => supply.on()
        },
        "sensor-reset": ({ us }, effect) => {
            effect.happened()
            supply.off()
            clock.after(us * US, () => {
                supply.on()
                effect.over()
            })
        },
        "sensor-brown-out": (_, effect) => {
            sensor.brownOut()
            effect.happenedOnce()
        },
        "sensor-wrong-chip": ({ id }) => {
            const swap = (chipId: number | undefined): void => {
                supply.off()
                sensor.chipId = chipId
                supply.on()
            }
            swap(id ?? OTHER_CHIP[name])
            return () => swap(undefined)
        },
    }
}

// SPDX-License-Identifier: MIT
// The sensor modules that can be plugged in, without their models.

import type { Size } from "../../protocol/capture.ts"
import type { SensorName } from "../../protocol/names.ts"

export interface SensorModule {
    /** Active pixels: the size of the scene that it looks at. */
    readonly field: Size
    /** 7-bit I2C address on an ordinary module. */
    readonly address: number
}

export const SENSOR_MODULES: Readonly<Record<SensorName, SensorModule>> = {
    mt9v034: { field: { width: 752, height: 480 }, address: 0x48 },
    ov2640: { field: { width: 1600, height: 1200 }, address: 0x30 },
}

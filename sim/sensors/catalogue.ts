// SPDX-License-Identifier: MIT
// The sensors that can be plugged into a simulated board.

import { Mt9v034Model } from "./mt9v034/mt9v034-model.ts"
import { Ov2640Model } from "./ov2640/ov2640-model.ts"
import type { SensorModel, SensorWiring } from "./sensor-model.ts"
import type { SensorName } from "../../protocol/names.ts"
import type { Size } from "../../protocol/capture.ts"

interface CatalogueEntry {
    /** Active pixels: the size of the scene that it looks at. */
    readonly field: Size
    /** 7-bit I2C address on an ordinary module. */
    readonly address: number
    readonly create: (wiring: SensorWiring) => SensorModel
}

export const SENSOR_CATALOGUE: Readonly<Record<SensorName, CatalogueEntry>> = {
    mt9v034: {
        field: { width: 752, height: 480 },
        address: 0x48,
        create: wiring => new Mt9v034Model(wiring),
    },
    ov2640: {
        field: { width: 1600, height: 1200 },
        address: 0x30,
        create: wiring => new Ov2640Model(wiring),
    },
}

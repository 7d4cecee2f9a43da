// SPDX-License-Identifier: MIT
// The sensors that can be plugged into a simulated board.

import { SENSOR_MODULES, type SensorModule } from "./modules.ts"
import { Mt9v034Model } from "./mt9v034/mt9v034-model.ts"
import { Ov2640Model } from "./ov2640/ov2640-model.ts"
import type { SensorModel, SensorWiring } from "./sensor-model.ts"
import type { SensorName } from "../../protocol/names.ts"

/** A sensor module with its model. */
export interface CatalogueEntry extends SensorModule {
    /** The model at its pins, as after power-up. */
    readonly create: (wiring: SensorWiring) => SensorModel
}

export const SENSOR_CATALOGUE: Readonly<Record<SensorName, CatalogueEntry>> = {
    mt9v034: {
        ...SENSOR_MODULES.mt9v034,
        create: wiring => new Mt9v034Model(wiring),
    },
    ov2640: {
        ...SENSOR_MODULES.ov2640,
        create: wiring => new Ov2640Model(wiring),
    },
}

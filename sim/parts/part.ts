// SPDX-License-Identifier: MIT
// Another part on the sensor's I2C bus.

import type { Clock } from "../clock.ts"
import type { I2cTarget } from "../wires/i2c-bus.ts"

/** Makes the part's model when the board is wired. */
export type Part = (clock: Clock) => I2cTarget

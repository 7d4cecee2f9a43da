// SPDX-License-Identifier: MIT
// What an OV2640 may be connected to.

import type { Rules } from "../../rules.ts"
import type { SensorWiring } from "../sensor-model.ts"
import { XVCLK_MAX_HZ, XVCLK_MIN_HZ } from "./clocks.ts"
import { BLOCK } from "./register-file.ts"
import { FIELD_HEIGHT, FIELD_WIDTH } from "./sensor-mode.ts"

/** 0x60 and 0x61 as 8-bit addresses; the chip has no address pins. */
export const I2C_ADDRESS = 0x30

/**
 * Address and clock are rules of the chip; the scene's size is a matter of the simulator.
 * @throws RangeError for a scene of another size than the field
 */
export function checkWiring(wiring: SensorWiring): void {
    const { i2cAddress, xclkHz, scene, clock, rules } = wiring
    if (i2cAddress !== I2C_ADDRESS)
        rules.violated(
            BLOCK,
            `its address is 0x30 and cannot be set, not 0x${i2cAddress.toString(16)}`
        )
    checkClock(xclkHz, rules)
    const { width, height } = scene.at(clock.nowNs)
    if (width !== FIELD_WIDTH || height !== FIELD_HEIGHT)
        throw new RangeError(
            `OV2640: the scene "${scene.name}" has ${width}x${height} pixels, the chip's field ${FIELD_WIDTH}x${FIELD_HEIGHT}`
        )
}

/** DS, table of electrical characteristics. */
export function checkClock(xclkHz: number, rules: Rules): void {
    if (xclkHz < XVCLK_MIN_HZ || xclkHz > XVCLK_MAX_HZ)
        rules.violated(
            BLOCK,
            `XVCLK must be 6 to 24 MHz, not ${xclkHz / 1e6} MHz`
        )
}

// SPDX-License-Identifier: MIT
// What a debugger needs of the machine that it holds.

import type { Mcu } from "../../sim/cortex-m/mcu.ts"
import type { SensorModel } from "../../sim/sensors/sensor-model.ts"
import type { Stm32F4 } from "../../sim/stm32/chip.ts"

export interface Debuggee {
    readonly mcu: Mcu
    readonly chip: Pick<Stm32F4, "dma1" | "dma2" | "bus">
    readonly sensor: Pick<SensorModel, "onFrame">
    /** Memory itself; undefined where the chip has none. */
    memoryAt(address: number, bytes: number): Uint8Array | undefined
    /** Virtual time since power-on, s. */
    readonly seconds: number
    /** Run to this virtual time, or until the debugger holds the core. */
    runTo(seconds: number): void
    close(): void
}

// SPDX-License-Identifier: MIT
// No power on an emulated board: the core stands still, peripherals and sensor are off, RAM forgets.

import type { BoardFile } from "../../boards/board-file.ts"
import type { Mcu } from "../cortex-m/mcu.ts"
import type { Stm32F4 } from "../stm32/chip.ts"
import type { Injectors } from "./effect.ts"
import type { SensorSupply } from "./sensor-faults.ts"
import type { Clock } from "../clock.ts"
import { fillRandom } from "../scene/random.ts"

export interface PoweredBoard {
    readonly board: BoardFile
    readonly clock: Clock
    readonly chip: Stm32F4
    readonly mcu: Mcu
    readonly supply: SensorSupply
    /** The MCU's memory, indexed by its addresses. */
    readonly bytes: Uint8Array
    /** The power goes, now. */
    readonly off: () => void
}

export function powerFaults(powered: PoweredBoard): Injectors<"power-cut"> {
    const { board, clock, chip, mcu, supply, bytes } = powered
    let backNs = 0
    const stallUntilNs = mcu.stallUntilNs
    mcu.stallUntilNs = () => Math.max(stallUntilNs(), backNs)
    return {
        "power-cut": ({ for: seconds = Infinity }, { choice }) => {
            backNs = clock.nowNs + Math.round(seconds * 1e9)
            powered.off()
            supply.off()
            chip.reset("power-on")
            // The core stands still before its next instruction, also when it sleeps.
            mcu.stop()
            return () => {
                // What the cells of an SRAM hold after power-on is chance.
                for (const { address, bytes: size } of board.memories)
                    fillRandom(
                        bytes.subarray(address, address + size),
                        choice.whole(0, 0xffffffff)
                    )
                supply.on()
                chip.reset("power-on")
                mcu.requestReset("POWER_ON")
            }
        },
    }
}

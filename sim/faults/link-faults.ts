// SPDX-License-Identifier: MIT
// Noise on the serial link of an emulated board: characters that nobody sent, in the midst of those that the host sends.

import type { BoardFile } from "../../boards/board-file.ts"
import type { Clock } from "../clock.ts"
import type { Stm32F4 } from "../stm32/chip.ts"
import type { Injectors } from "./effect.ts"

/** Start bit, eight data bits, stop bit. */
const CHARACTER_BITS = 10

export function linkFaults(
    clock: Clock,
    chip: Stm32F4,
    { console: { instance, baud } }: BoardFile
): Injectors<"link-noise"> {
    const usart = chip.usart(Number(instance.at(-1)))
    return {
        "link-noise": ({ count }, effect) => {
            effect.happened()
            for (let left = count; left > 0; left--) {
                const value = effect.choice.whole(0, 0xff)
                // One of four has no stop bit in its place.
                const broken = effect.choice.whole(0, 3) === 0
                usart.receive([value], broken ? "framing" : undefined)
            }
            clock.after((count * CHARACTER_BITS * 1e9) / baud, () =>
                effect.over()
            )
        },
    }
}

// SPDX-License-Identifier: MIT
// What a board file may say about clocks besides their frequencies: the external oscillator, the sensor's clock.

import type { BoardFile } from "../../../boards/board-file.ts"
import type { HseWiring } from "./rcc-clocks.ts"

/** What makes the sensor's clock. */
export type XclkWiring =
    | { readonly source: "module"; readonly hz: number }
    | {
          readonly source: "mco1" | "mco2"
          readonly pin: string
          readonly af: number
      }
    | {
          readonly source: "timer"
          readonly timer: string
          readonly channel: number
          readonly pin: string
          readonly af: number
      }

/** The board's external clock; undefined when it has none. */
export function hseOf(board: BoardFile): HseWiring | undefined {
    return (board as { readonly hse?: HseWiring }).hse
}

/** The source of the sensor's clock; a module's own oscillator when the board file names none. */
export function xclkOf({ sensor }: BoardFile): XclkWiring {
    const { xclk } = sensor as { readonly xclk?: XclkWiring }
    return xclk ?? { source: "module", hz: sensor.xclkHz }
}

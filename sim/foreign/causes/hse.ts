// SPDX-License-Identifier: MIT

import { RccCr } from "../../stm32/rcc/rcc-registers.ts"
import type { Cause } from "./cause.ts"

/** Of a crystal, from HSEON to HSERDY. */
const START_MS = "0.5 to 2 ms (data sheet, HSE oscillator characteristics)"

export const hse: Cause = {
    name: "hse",
    what: "the crystal did not start, or not within the firmware's time-out",
    evidence: "HSEON was set, and HSERDY is 0, or SYSCLK still comes from HSI",
    find({ clocks, written }) {
        const asked = (written("RCC_CR")?.bits ?? 0) & RccCr.HSEON
        const onHse =
            clocks.source === "HSE" || clocks.source === "PLL from HSE"
        if (asked === 0 || onHse) return undefined
        const mhz = (clocks.hclkHz / 1e6).toFixed(1)
        const now = `HCLK is ${mhz} MHz (${clocks.source})`
        if (clocks.hseStarts)
            return `RCC_CR_HSEON was set, and the oscillator was still starting at the end of the run (--hse HZ:MS says how long it takes; crystals take ${START_MS}): ${now}. Either the run is too short, or the firmware's time-out was.`
        if (!clocks.hseReady && clocks.hseOn)
            return `RCC_CR_HSEON was set and HSERDY never came: no crystal or clock is at OSC_IN, or it is another than the firmware expects (--hse says what is fitted). ${now}, and all that is computed from the wanted clock is wrong: bus speeds, time-outs, the ratio to PIXCLK.`
        return `RCC_CR_HSEON was set, and the firmware went on without it: ${now}. A crystal takes ${START_MS} to start; the time-out was shorter, or the PLL was never selected afterwards.`
    },
}

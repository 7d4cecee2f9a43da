// SPDX-License-Identifier: MIT

import { DcmiCr } from "../../stm32/dcmi/dcmi-registers.ts"
import type { Cause } from "./cause.ts"

const PINS = [
    { pin: "HSYNC", bit: "HSPOL", mask: DcmiCr.HSPOL, level: "hsync" },
    { pin: "VSYNC", bit: "VSPOL", mask: DcmiCr.VSPOL, level: "vsync" },
] as const

export const syncPolarity: Cause = {
    name: "sync-polarity",
    what: "HSPOL or VSPOL is the wrong way round",
    evidence: "the level of the pin while pixels come, and DCMI_CR",
    find({ bus, dcmi: { cr, crNow } }) {
        if (bus === undefined || ((cr | crNow) & DcmiCr.ENABLE) === 0)
            return undefined
        const wrong = PINS.filter(
            ({ mask, level }) => bus[level] === ((cr & mask) !== 0 ? 1 : 0)
        )
        if (wrong.length === 0) return undefined
        return wrong
            .map(({ pin, bit, level }) => {
                const right = bus[level] === 1 ? 0 : 1
                return `The sensor's pixels come while ${pin} is ${bus[level] === 1 ? "high" : "low"}, and DCMI_CR_${bit} = ${bus[level]} says that this is the level without data (RM0090 §15.8.1: the bit is the inactive level). ${bit} = ${right} is right, or invert the pin in the sensor.`
            })
            .join(" ")
    },
}

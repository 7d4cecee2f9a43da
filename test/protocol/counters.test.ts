// SPDX-License-Identifier: MIT

import { describe, expect, it } from "vitest"
import {
    CAPTURE_COUNTERS,
    COUNTER_NAMES,
    COUNTER_REGISTERS,
    eachCounter,
} from "../../protocol/counters.ts"
import { GrabberBytes, GrabberReg } from "../../protocol/grabber-page.ts"

/** "shortFrames" as SHORT_FRAMES. */
function registerName(name: string): string {
    return name.replace(/[A-Z]/g, letter => `_${letter}`).toUpperCase()
}

describe("the table of counters", () => {
    it("has each counter at the register of its name", () => {
        for (const name of COUNTER_NAMES)
            expect(GrabberReg[COUNTER_REGISTERS[name]]).toBe(registerName(name))
    })

    it("has those of a capture one after another, as they are read", () => {
        const registers = CAPTURE_COUNTERS.map(name => COUNTER_REGISTERS[name])

        expect(registers).toEqual(
            Array.from(
                { length: GrabberBytes.COUNTERS / 4 },
                (_, i) => GrabberReg.FRAMES + 4 * i
            )
        )
    })

    it("makes an object in its own order", () => {
        const registers = eachCounter(name => COUNTER_REGISTERS[name])

        expect(Object.entries(registers)).toEqual(
            Object.entries(COUNTER_REGISTERS)
        )
    })
})

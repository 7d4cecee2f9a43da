// SPDX-License-Identifier: MIT
// What the options of `camscript emulate` mean, and what they refuse.

import { describe, expect, it } from "vitest"
import {
    parseClockPin,
    parseHse,
} from "../../../../host/commands/emulate/emulate-options.ts"

describe("--xclk-pin", () => {
    it("reads a pin at which the chip can put out a clock", () => {
        expect(["pc8", "PA8", "PC9"].map(parseClockPin)).toEqual([
            "PC8",
            "PA8",
            "PC9",
        ])
    })

    it.each([
        ["PC13", "channel of a timer"],
        ["PZ1", "not a pin"],
        ["8", "not a pin"],
    ])("refuses %s", (text, why) => {
        expect(() => parseClockPin(text)).toThrow(why)
    })
})

describe("--hse", () => {
    it.each([
        ["none", "none"],
        ["8000000", { hz: 8e6, bypass: false }],
        ["8000000:bypass", { hz: 8e6, bypass: true }],
        ["25000000:0.5", { hz: 25e6, bypass: false, startUpNs: 0.5e6 }],
        ["8000000:bypass:1", { hz: 8e6, bypass: true, startUpNs: 1e6 }],
    ])("reads %s", (text, hse) => {
        expect(parseHse(text)).toEqual(hse)
    })

    it.each(["1000000", "8000000:", "8000000:0", "8000000:slow", ":bypass"])(
        "refuses %s",
        text => {
            expect(() => parseHse(text)).toThrow("--hse")
        }
    )
})

// SPDX-License-Identifier: MIT
// CFSR in words.

import { describe, expect, it } from "vitest"
import { Cfsr } from "../../../sim/cortex-m/core-peripherals/system-control.ts"
import { cfsrWords } from "../../../sim/foreign/fault-tally.ts"

const VALID_BITS: readonly Cfsr[] = [Cfsr.MMARVALID, Cfsr.BFARVALID]

describe("CFSR in words", () => {
    it("names each bit that the core can set, and not those that only say that an address is valid", () => {
        const bits = Object.values(Cfsr).filter(
            (bit): bit is Cfsr => typeof bit === "number"
        )
        for (const bit of bits) {
            const words = cfsrWords(bit)
            if (VALID_BITS.includes(bit)) expect(words).toEqual([])
            else expect(words[0]).toMatch(new RegExp(`^${Cfsr[bit]}: `))
        }
    })

    it("names several together", () => {
        expect(cfsrWords(Cfsr.NOCP | Cfsr.STKERR)).toHaveLength(2)
    })
})

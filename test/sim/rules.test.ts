// SPDX-License-Identifier: MIT
// Errors stop a strict simulation; warnings never do; both are counted per rule.

import { describe, expect, it } from "vitest"
import { SiliconError } from "../../protocol/errors.ts"
import { Rules } from "../../sim/rules.ts"

describe("rules of the models", () => {
    it("throw for an error in strict mode, and keep none", () => {
        const rules = new Rules(() => 0)

        expect(() => rules.violated("DMA2", "is locked", "S1PAR", 4)).toThrow(
            new SiliconError("DMA2", "is locked", "S1PAR", 4)
        )
        expect(rules.violations).toEqual([])
    })

    it.each([false, true])(
        "count warnings and go on (permissive: %s)",
        permissive => {
            let nowNs = 100
            const rules = new Rules(() => nowNs, permissive)
            rules.warned("DMA2", "bits 0x80 are reserved", "LIFCR", 0xfc0)
            nowNs = 200
            rules.warned("DMA2", "bits 0x2 are reserved", "LIFCR", 0x3f)
            rules.warned("DMA2", "bits 0x2 are reserved", "HIFCR", 0x3f)

            expect(rules.warnings).toEqual([
                {
                    message: "DMA2_LIFCR = 0x00000fc0: bits 0x80 are reserved",
                    firstNs: 100,
                    count: 2,
                },
                {
                    message: "DMA2_HIFCR = 0x0000003f: bits 0x2 are reserved",
                    firstNs: 200,
                    count: 1,
                },
            ])
            expect(rules.violations).toEqual([])
        }
    )

    it("count errors in permissive mode, apart from warnings", () => {
        const rules = new Rules(() => 7, true)
        rules.violated("DCMI", "is read only", "SR", 1)
        rules.violated("DCMI", "is read only", "SR", 2)

        expect(rules.violations).toEqual([
            {
                message: "DCMI_SR = 0x00000001: is read only",
                firstNs: 7,
                count: 2,
            },
        ])
        expect(rules.warnings).toEqual([])
    })
})

// SPDX-License-Identifier: MIT
// Errors stop a strict simulation; warnings never do; both are counted per rule.

import { describe, expect, it } from "vitest"
import { SiliconError } from "../../protocol/errors.ts"
import { Rules } from "../../sim/rules.ts"
import { RegisterRules } from "../../sim/stm32/register-rules.ts"

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

    it("count the instructions that broke them, hardware's own doing apart", () => {
        let pc: number | undefined = 0x08000100
        const rules = new Rules(() => 0, true)
        rules.accessPc = () => pc
        rules.violated("DCMI", "is read only", "SR", 1)
        rules.violated("DCMI", "is read only", "SR", 1)
        pc = 0x08000200
        rules.violated("DCMI", "is read only", "SR", 2)
        pc = undefined
        rules.violated("DCMI", "is read only", "SR", 3)
        rules.warned("DCMI", "has a doubt")

        expect(rules.violations[0]).toMatchObject({
            count: 4,
            places: [
                { pc: 0x08000100, count: 2 },
                { pc: 0x08000200, count: 1 },
            ],
        })
        expect(rules.warnings[0]!.places).toBeUndefined()
    })

    it("keep the instruction that ends a strict simulation", () => {
        const rules = new Rules(() => 0)
        rules.accessPc = () => 0x08000300

        expect(() => rules.violated("DCMI", "is read only")).toThrow()
        expect(rules.stoppedAt).toBe(0x08000300)
    })

    it("end with the manual's section, and keep it apart", () => {
        const rules = new Rules(() => 5, true)
        rules.violated("DMA2", "is locked", "S1FCR", 0x21, "RM0090 10.5.10")
        rules.warned("DMA2", "is odd", "S1CR", 1, "RM0090 10.5.5")

        expect(rules.violations).toEqual([
            {
                message: "DMA2_S1FCR = 0x00000021: is locked (RM0090 10.5.10)",
                section: "RM0090 10.5.10",
                firstNs: 5,
                count: 1,
            },
        ])
        expect(rules.warnings[0]?.section).toBe("RM0090 10.5.5")
    })
})

describe("rules of a register block", () => {
    const block = { name: "DMA2", registerName: () => "S1CR" }

    it("carry the register's section unless they name another", () => {
        const rules = new Rules(() => 0, true)
        const check = new RegisterRules(rules, block, () => "RM0090 10.5.5")
        check.broken(0x28, "is locked", 1)
        check.broken(0x28, "is too fast", 1, "RM0090 10.3.11")
        check.doubtful(0x28, "is doubtful")

        expect(rules.violations.map(({ section }) => section)).toEqual([
            "RM0090 10.5.5",
            "RM0090 10.3.11",
        ])
        expect(rules.warnings[0]?.message).toBe(
            "DMA2_S1CR: is doubtful (RM0090 10.5.5)"
        )
    })
})

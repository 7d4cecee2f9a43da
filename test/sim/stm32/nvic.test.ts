// SPDX-License-Identifier: MIT
// The interrupt controller: enable, pending, pre-emption, level-triggered lines.

import { beforeEach, describe, expect, it } from "vitest"
import { Rules } from "../../../sim/rules.ts"
import { Nvic } from "../../../sim/stm32/nvic/nvic.ts"

// PM0214: offsets from 0xE000E100.
const ISER = 0x000
const ICER = 0x080
const ISPR = 0x100
const ICPR = 0x180
const IABR = 0x200
const IPR = 0x300
const DMA2_STREAM1 = 57 // ISER1 bit 25
const DCMI = 78 // ISER2 bit 14

describe("NVIC", () => {
    let rules: Rules
    let nvic: Nvic

    beforeEach(() => {
        rules = new Rules(() => 0)
        nvic = new Nvic(97, rules)
    })

    it("takes nothing while the interrupt is not enabled, and takes it when it is", () => {
        nvic.setLine(DCMI, true)
        expect(nvic.take()).toBeUndefined()

        nvic.writeUint32(ISER + 8, 1 << 14)

        expect(nvic.take()).toBe(DCMI)
    })

    it("shows enabled interrupts in ISER and ICER, and ICER disables", () => {
        nvic.writeUint32(ISER + 4, 1 << 25)
        expect(nvic.readUint32(ISER + 4)).toBe(1 << 25)
        expect(nvic.readUint32(ICER + 4)).toBe(1 << 25)

        nvic.writeUint32(ICER + 4, 1 << 25)

        expect(nvic.readUint32(ISER + 4)).toBe(0)
    })

    it("keeps an interrupt pending whose line fell before it was taken", () => {
        nvic.writeUint32(ISER + 8, 1 << 14)
        nvic.setLine(DCMI, true)
        nvic.setLine(DCMI, false)

        expect(nvic.readUint32(ISPR + 8)).toBe(1 << 14)
        expect(nvic.take()).toBe(DCMI)
        nvic.complete(DCMI)
        expect(nvic.take()).toBeUndefined()
    })

    it("takes an interrupt again whose line is still active when the handler returns", () => {
        nvic.writeUint32(ISER + 8, 1 << 14)
        nvic.setLine(DCMI, true)
        nvic.take()
        expect(nvic.take()).toBeUndefined()

        nvic.complete(DCMI)

        expect(nvic.take()).toBe(DCMI)
    })

    it("shows the interrupt being served in IABR, no longer in ISPR", () => {
        nvic.writeUint32(ISER + 8, 1 << 14)
        nvic.setLine(DCMI, true)
        nvic.take()

        expect(nvic.readUint32(IABR + 8)).toBe(1 << 14)
        expect(nvic.readUint32(ISPR + 8)).toBe(0)
    })

    it("makes an interrupt pending by ISPR and forgets it by ICPR", () => {
        nvic.writeUint32(ISER + 4, 1 << 25)
        nvic.writeUint32(ISPR + 4, 1 << 25)
        nvic.writeUint32(ICPR + 4, 1 << 25)
        expect(nvic.take()).toBeUndefined()

        nvic.writeUint32(ISPR + 4, 1 << 25)

        expect(nvic.take()).toBe(DMA2_STREAM1)
    })

    it("does not forget by ICPR an interrupt whose line is active", () => {
        nvic.writeUint32(ISER + 4, 1 << 25)
        nvic.setLine(DMA2_STREAM1, true)
        nvic.writeUint32(ICPR + 4, 1 << 25)

        expect(nvic.take()).toBe(DMA2_STREAM1)
    })

    it("takes the lower number of two with the same priority", () => {
        enableBoth(nvic)

        expect(nvic.take()).toBe(DMA2_STREAM1)
    })

    it("takes the lower priority value first, and lets it pre-empt the higher", () => {
        enableBoth(nvic)
        setPriority(nvic, DMA2_STREAM1, 0x20)
        setPriority(nvic, DCMI, 0x10)
        expect(nvic.take()).toBe(DCMI)
        expect(nvic.take()).toBeUndefined() // 0x20 may not interrupt 0x10
        nvic.setLine(DCMI, false)
        nvic.complete(DCMI)
        expect(nvic.take()).toBe(DMA2_STREAM1)

        nvic.setLine(DCMI, true)

        expect(nvic.take()).toBe(DCMI) // 0x10 interrupts 0x20
    })

    it("takes nothing while PRIMASK is set", () => {
        enableBoth(nvic)
        nvic.masked = true
        expect(nvic.take()).toBeUndefined()

        nvic.masked = false

        expect(nvic.take()).toBe(DMA2_STREAM1)
    })

    it("keeps the upper four bits of a priority and warns of the lower", () => {
        setPriority(nvic, DCMI, 0xf0)
        expect(nvic.readUint32(IPR + 76)).toBe(0xf0 << 16)

        setPriority(nvic, DCMI, 5)
        expect(nvic.readUint32(IPR + 76)).toBe(0)
        expect(rules.warnings[0]?.message).toMatch(
            /^NVIC_IPR19 = 0x00050000: reserved .*PM0214 4\.3\.7/
        )
    })

    it("has no interrupts that the chip does not have", () => {
        nvic.writeUint32(ISER + 12, 1 << 1)
        expect(nvic.readUint32(ISER + 12)).toBe(0)
        expect(rules.warnings[0]?.message).toContain("NVIC_ISER3")
        nvic.writeUint32(ISER + 12, 1 << 0) // number 96, the last of the F446
        expect(() => nvic.readUint32(ISER + 16)).toThrow("no model")
    })

    it("ignores a write to IABR, with a warning", () => {
        nvic.writeUint32(IABR, 1)
        expect(nvic.readUint32(IABR)).toBe(0)
        expect(rules.warnings[0]?.message).toContain("read only")
    })

    it("names the most urgent interrupt whatever is being served", () => {
        nvic.writeUint32(ISER + 8, 1 << 14)
        nvic.writeUint32(ISER + 4, 1 << 25)
        setPriority(nvic, DMA2_STREAM1, 0x40)
        nvic.setLine(DMA2_STREAM1, true)
        nvic.take()
        setPriority(nvic, DCMI, 0x80)
        nvic.setLine(DCMI, true)

        expect(nvic.take()).toBeUndefined()
        expect(nvic.mostUrgent()).toBe(DCMI)
        expect(nvic.priorityOf(DCMI)).toBe(0x80)
        expect(nvic.isActive(DMA2_STREAM1)).toBe(true)
    })

    it("makes an interrupt pending by STIR, enabled or not", () => {
        nvic.trigger(DCMI)

        expect(nvic.readUint32(ISPR + 8)).toBe(1 << 14)
        expect(nvic.anyPending).toBe(true)
    })

    it("is as after power-on after a reset, but for lines that are active", () => {
        nvic.writeUint32(ISER + 4, 1 << 25)
        setPriority(nvic, DMA2_STREAM1, 0x40)
        nvic.setLine(DMA2_STREAM1, true)
        nvic.take()

        nvic.reset()

        expect(nvic.readUint32(ISER + 4)).toBe(0)
        expect(nvic.readUint32(IABR + 4)).toBe(0)
        expect(nvic.priorityOf(DMA2_STREAM1)).toBe(0)
        expect(nvic.readUint32(ISPR + 4)).toBe(1 << 25)
    })
})

function enableBoth(nvic: Nvic): void {
    nvic.writeUint32(ISER + 4, 1 << 25)
    nvic.writeUint32(ISER + 8, 1 << 14)
    nvic.setLine(DMA2_STREAM1, true)
    nvic.setLine(DCMI, true)
}

function setPriority(nvic: Nvic, irq: number, priority: number): void {
    const offset = IPR + (irq & ~3)
    const shift = (irq & 3) * 8
    nvic.writeUint32(offset, (priority << shift) >>> 0)
}

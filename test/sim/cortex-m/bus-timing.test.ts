// SPDX-License-Identifier: MIT

import { beforeEach, describe, expect, it } from "vitest"
import { BusTiming } from "../../../sim/cortex-m/bus-timing.ts"

const TIM2 = 0x40000000
const USART1 = 0x40011000
const GPIOA = 0x40020000
const SYSTICK = 0xe000e018

describe("HCLK cycles that an access waits, at 180, 45 and 90 MHz", () => {
    let timing: BusTiming

    beforeEach(() => {
        timing = new BusTiming({
            hclkHz: () => 180e6,
            pclk1Hz: () => 45e6,
            pclk2Hz: () => 90e6,
        })
    })

    const read = (address: number, cycle: number): number =>
        timing.waitCycles(address, 4, false, cycle)
    const write = (address: number, cycle: number): number =>
        timing.waitCycles(address, 4, true, cycle)

    it("are none on AHB and in the core", () => {
        expect(read(GPIOA, 3)).toBe(0)
        expect(write(GPIOA, 3)).toBe(0)
        expect(read(SYSTICK, 3)).toBe(0)
    })

    it("of a read on APB are those to the next edge of PCLK, and two of its clocks", () => {
        expect(read(TIM2, 100)).toBe(8)
        expect(read(TIM2, 201)).toBe(3 + 8)
        expect(read(USART1, 100)).toBe(4)
        expect(read(USART1, 201)).toBe(1 + 4)
    })

    it("of a write on APB are none, and the next access waits for it", () => {
        expect(write(TIM2, 100)).toBe(0)
        expect(write(TIM2, 101)).toBe(7)
        // The second one takes from 108 to 116.
        expect(read(TIM2, 110)).toBe(6 + 8)
    })

    it("of one bus do not depend on the other", () => {
        write(TIM2, 100)

        expect(read(USART1, 100)).toBe(4)
    })

    it("of a store to a bit's alias are those of a read, and of the write behind it none", () => {
        const bit5 = 0x42000000 + (TIM2 - 0x40000000) * 32 + 5 * 4

        expect(write(bit5, 100)).toBe(8)
        // The write takes from 108 to 116.
        expect(read(TIM2, 110)).toBe(6 + 8)
        expect(write(0x42000000 + (GPIOA - 0x40000000) * 32, 200)).toBe(0)
    })

    it("of external memory are those that its controller says", () => {
        expect(read(0x60000000, 0)).toBe(0)
        timing.externalCycles = (address, bytes, writes) =>
            address - 0x60000000 + bytes + (writes ? 100 : 0)

        expect(timing.waitCycles(0x60000002, 2, false, 0)).toBe(4)
        expect(timing.waitCycles(0x60000002, 2, true, 0)).toBe(104)
        expect(read(0xa0000000, 0)).toBe(0)
    })

    it("are forgotten by a reset", () => {
        write(TIM2, 100)
        timing.reset()

        expect(read(TIM2, 100)).toBe(8)
    })
})

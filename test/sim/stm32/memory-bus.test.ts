// SPDX-License-Identifier: MIT
// The memory bus: decoding, clock gates, log.

import { beforeEach, describe, expect, it } from "vitest"
import { Rules } from "../../../sim/rules.ts"
import { MemoryBus } from "../../../sim/stm32/memory-bus.ts"
import type { Peripheral } from "../../../sim/stm32/peripheral.ts"
import { RegisterLog } from "../../../sim/trace/register-log.ts"

class TwoRegisters implements Peripheral {
    readonly name: string = "TWO"
    readonly values = [0x11, 0x22]

    registerName(offset: number): string | undefined {
        return ["ONE", "OTHER"][offset / 4]
    }

    readUint32(offset: number): number {
        return this.values[offset / 4]!
    }

    writeUint32(offset: number, value: number): void {
        this.values[offset / 4] = value
    }
}

function makeBus(permissive = false): {
    bus: MemoryBus
    log: RegisterLog
    rules: Rules
    block: TwoRegisters
} {
    const rules = new Rules(() => 0, permissive)
    const log = new RegisterLog(() => 7, true)
    return {
        bus: new MemoryBus(rules, log),
        log,
        rules,
        block: new TwoRegisters(),
    }
}

describe("memory bus", () => {
    let made: ReturnType<typeof makeBus>

    beforeEach(() => {
        made = makeBus()
        made.bus.map(0x40001000, 8, made.block)
    })

    it("reads and writes the register at base plus offset", () => {
        made.bus.write32(0x40001004, 0x99)

        expect(made.bus.read32(0x40001000)).toBe(0x11)
        expect(made.bus.read32(0x40001004)).toBe(0x99)
    })

    it("logs block, register, value and time of each access", () => {
        made.bus.write32(0x40001004, 0x99)
        made.bus.read32(0x40001000)

        expect(made.log.entries).toEqual([
            {
                timeNs: 7,
                block: "TWO",
                register: "OTHER",
                access: "write",
                value: 0x99,
            },
            {
                timeNs: 7,
                block: "TWO",
                register: "ONE",
                access: "read",
                value: 0x11,
            },
        ])
    })

    it("gives unsigned values", () => {
        made.block.values[0] = -1

        expect(made.bus.read32(0x40001000)).toBe(0xffffffff)
    })

    it.each([0x40001008, 0x40000ffc, 0x40002000, 0])(
        "refuses address %i, where no block is, by its hexadecimal number",
        address => {
            const hex = address.toString(16).padStart(8, "0")

            expect(() => made.bus.read32(address)).toThrow(`read at 0x${hex}`)
            expect(() => made.bus.write32(address, 1)).toThrow(
                `write at 0x${hex}`
            )
        }
    )

    it("refuses an address that is not aligned", () => {
        expect(() => made.bus.read32(0x40001002)).toThrow("not aligned")
    })

    it("refuses two blocks that overlap", () => {
        expect(() => made.bus.map(0x40001004, 8, made.block)).toThrow(
            "overlaps TWO"
        )
    })
})

describe("memory bus with a clock gate", () => {
    it("refuses a block whose clock is off and names block and register", () => {
        const { bus, block } = makeBus()
        let on = false
        bus.map(0x40001000, 8, block, () => on)

        expect(() => bus.read32(0x40001004)).toThrow(
            /^TWO_OTHER: read while RCC/
        )
        on = true
        expect(bus.read32(0x40001004)).toBe(0x22)
    })

    it("notes it in permissive mode, reads 0 and loses the write", () => {
        const { bus, block, rules } = makeBus(true)
        bus.map(0x40001000, 8, block, () => false)

        bus.write32(0x40001000, 5)

        expect(bus.read32(0x40001000)).toBe(0)
        expect(block.values[0]).toBe(0x11)
        expect(rules.violations).toHaveLength(2)
    })
})

/** A block that knows a register whose 1s clear flags. */
class ClearedByOnes extends TwoRegisters {
    otherLanes(): number {
        return 0
    }
}

class Named extends TwoRegisters {
    constructor(override readonly name: string) {
        super()
    }
}

describe("accesses of 8 and 16 bits", () => {
    it("read their part of the word", () => {
        const { bus } = makeBus()
        const gpio = new Named("GPIOA")
        gpio.values[1] = 0x44332211
        bus.map(0x40020000, 8, gpio)

        expect(bus.read(0x40020004, 2)).toBe(0x2211)
        expect(bus.read(0x40020006, 2)).toBe(0x4433)
        expect(bus.read(0x40020007, 1)).toBe(0x44)
    })

    it("leave the other bits of a word on AHB alone", () => {
        const { bus } = makeBus()
        const gpio = new Named("GPIOA")
        gpio.values[1] = 0x44332211
        bus.map(0x40020000, 8, gpio)

        bus.write(0x40020005, 1, 0xaa)
        bus.write(0x40020006, 2, 0xbbcc)

        expect(gpio.values[1]?.toString(16)).toBe("bbccaa11")
    })

    it("write what the block says into the other bits", () => {
        const { bus } = makeBus()
        class Status extends ClearedByOnes {
            override readonly name = "FLASH"
        }
        const flash = new Status()
        flash.values[0] = 0xffff
        bus.map(0x40023c00, 8, flash)

        bus.write(0x40023c00, 1, 0x20)

        expect(flash.values[0]).toBe(0x20)
    })

    it("write a whole register on APB, and only from its bit 0 on", () => {
        const { bus } = makeBus()
        const usart = new Named("USART2")
        usart.values[0] = 0x55aa
        bus.map(0x40004400, 8, usart)

        bus.write(0x40004400, 2, 0x1234)

        expect(usart.values[0]).toBe(0x1234)
        expect(() => bus.write(0x40004402, 2, 1)).toThrow(/APB/)
    })

    it("are refused by blocks that take wider ones only, with block and register", () => {
        const { bus, block } = makeBus()
        bus.map(0x40026400, 8, block)
        const usart = new Named("USART2")
        bus.map(0x40004400, 8, usart)

        expect(() => bus.write(0x40026404, 2, 1)).toThrow(
            "TWO_OTHER = 0x00000001: write of 16 bits: the block takes accesses of 32 bits"
        )
        expect(() => bus.read(0x40004400, 1)).toThrow(
            "USART2_ONE: read of 8 bits: the block takes accesses of 16 or 32 bits"
        )
    })

    it("happen in permissive mode, and are noted", () => {
        const { bus, block, rules } = makeBus(true)
        bus.map(0x40026400, 8, block)

        bus.write(0x40026405, 1, 0x77)

        expect(block.values[1]).toBe(0x7722)
        expect(rules.violations).toHaveLength(1)
    })
})

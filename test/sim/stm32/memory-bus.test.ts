// SPDX-License-Identifier: MIT
// The memory bus: decoding, clock gates, log.

import { beforeEach, describe, expect, it } from "vitest"
import { Rules } from "../../../sim/rules.ts"
import { MemoryBus } from "../../../sim/stm32/memory-bus.ts"
import type { Peripheral } from "../../../sim/stm32/peripheral.ts"
import { RegisterLog } from "../../../sim/trace/register-log.ts"

class TwoRegisters implements Peripheral {
    readonly name = "TWO"
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

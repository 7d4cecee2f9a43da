// SPDX-License-Identifier: MIT
// Faults of the sensor's I2C bus, by the statuses and bytes that the native code gets.

import { beforeEach, describe, expect, it } from "vitest"
import { i2cFaults } from "../../../sim/faults/i2c-faults.ts"
import type { Effect } from "../../../sim/faults/effect.ts"
import { FakeTarget } from "../../support/stm32/chip.ts"
import { bootRig, type Rig } from "../../support/native/rig.ts"
import { scheduled } from "../../support/faults/fault-rig.ts"

const ADDRESS = 0x48

/** native/bus_status.h */
const OK = 0
const ADDRESS_NACK = -1
const DATA_NACK = -2

let rig: Rig
let target: FakeTarget

beforeEach(async () => {
    rig = await bootRig()
    target = new FakeTarget(ADDRESS)
    target.registers.set([0x11, 0x22, 0x33, 0x44], 5)
    rig.chip.i2cBus.attach(target)
})

/** Faults at 1 s, and what lasts for 1 s; it is 1.5 s afterwards. */
function inject(...faults: readonly object[]): readonly Effect[] {
    const { chip, clock } = rig
    const effects = scheduled(
        clock,
        i2cFaults(chip.i2cBus, chip.i2c.I2C2),
        faults.map(fault => ({ at: 1, ...fault }))
    )
    rig.run(1.5e9 - clock.nowNs)
    return effects
}

function write(...bytes: number[]): number {
    return rig.native.transfer(
        ADDRESS,
        Uint8Array.from(bytes),
        new Uint8Array(0)
    )
}

function read(register: number, count: number): number[] | number {
    const bytes = new Uint8Array(count)
    const status = rig.native.transfer(ADDRESS, Uint8Array.of(register), bytes)
    return status === OK ? [...bytes] : status
}

describe("i2c-nack", () => {
    it("hits so many transfers, then none", () => {
        const [effect] = inject({ fault: "i2c-nack", count: 2 })
        expect(effect!.happenedNs).toBeUndefined()
        expect([write(1, 2), write(1, 2), write(1, 2)]).toEqual([
            ADDRESS_NACK,
            ADDRESS_NACK,
            OK,
        ])
        expect(effect!.happenedNs).toBeGreaterThan(1.5e9)
        expect(effect!.overNs).toBeGreaterThan(effect!.happenedNs!)
    })

    it("hits the byte that is named", () => {
        inject({ fault: "i2c-nack", byte: 2 })
        expect(write(9)).toBe(OK)
        expect(write(9, 7)).toBe(DATA_NACK)
        expect(write(9, 7)).toBe(OK)
    })
})

describe("i2c-wrong-value", () => {
    it("turns the bits of so many bytes that are read", () => {
        const [effect] = inject({
            fault: "i2c-wrong-value",
            count: 3,
            mask: 0x0f,
        })
        expect(read(5, 2)).toEqual([0x1e, 0x2d])
        expect(effect!.overNs).toBeUndefined()
        expect(read(7, 2)).toEqual([0x3c, 0x44])
        expect(effect!.overNs).toBeDefined()
    })

    it("turns some bits, by the seed, when none are named", () => {
        inject({ fault: "i2c-wrong-value" })
        const [byte] = read(5, 1) as number[]
        expect(byte).not.toBe(0x11)
        expect(read(5, 1)).toEqual([0x11])
    })
})

describe("a line that is held", () => {
    it.each(["i2c-sda-low", "i2c-stretch"])(
        "%s: nothing is transferred until it is over",
        fault => {
            inject({ fault, for: 1 })
            expect(write(1, 2)).toBeLessThan(DATA_NACK)
            expect(target.seen).toEqual([])
            rig.run(2.1e9 - rig.clock.nowNs)
            expect(write(1, 2)).toBe(OK)
            expect(target.seen).toContain("write 2")
        }
    )

    it.each([
        ["i2c-sda-low", "PC12", "PB10"],
        ["i2c-stretch", "PB10", "PC12"],
    ])("%s: the pin %s is low, %s is not", (fault, low, high) => {
        const idr = (pin: string): number =>
            (rig.chip.bus.read32(pin[1] === "B" ? 0x40020410 : 0x40020810) >>>
                Number(pin.slice(2))) &
            1
        inject({ fault, for: 1 })
        expect([idr(low), idr(high)]).toEqual([0, 1])
        rig.run(1e9)
        expect([idr(low), idr(high)]).toEqual([1, 1])
    })

    it("i2c-sda-low with clocks: the driver's pulses free it", () => {
        inject({ fault: "i2c-sda-low", clocks: 5 })
        expect(write(1, 2)).toBe(OK)
    })

    it("i2c-stretch in the middle of a transfer: it goes on where it was", () => {
        const { clock, chip } = rig
        let held = 0
        scheduled(clock, i2cFaults(chip.i2cBus, chip.i2c.I2C2), [
            {
                at: (clock.nowNs + 40_000) * 1e-9,
                for: 1e-4,
                fault: "i2c-stretch",
            },
        ])
        clock.after(45_000, () => (held = target.seen.length))
        const startNs = clock.nowNs
        expect(write(1, 2, 3, 4)).toBe(OK)
        expect(clock.nowNs - startNs).toBeGreaterThan(2e5)
        expect(target.seen.length).toBeGreaterThan(held)
        expect(target.seen.slice(-2)).toEqual(["write 4", "stop"])
    })
})

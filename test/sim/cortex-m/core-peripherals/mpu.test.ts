// SPDX-License-Identifier: MIT
// The MPU's registers (PM0214 §4.2); what it permits: protection.firmware.test.ts.

import { expect, it } from "vitest"
import { Mpu } from "../../../../sim/cortex-m/core-peripherals/mpu.ts"
import { Rules } from "../../../../sim/rules.ts"

const TYPE = 0x00
const CTRL = 0x04
const RNR = 0x08
const RBAR = 0x0c
const RASR = 0x10
const RASR_A3 = 0x28
const RBAR_A3 = 0x24

const RAM = {
    name: "SRAM",
    address: 0x20000000,
    bytes: 0x20000,
    dma: true,
}
const ENABLE_WITH_BACKGROUND = 5
/** 32 bytes, enabled. */
const SMALLEST = (4 << 1) | 1
const XN = 1 << 28
const ap = (value: number): number => value << 24

function mpu(): Mpu {
    return new Mpu([RAM], new Rules(() => 0), () => {})
}

function withRegion(base: number, attributes: number): Mpu {
    const unit = mpu()
    unit.writeUint32(RBAR, base)
    unit.writeUint32(RASR, attributes)
    unit.writeUint32(CTRL, ENABLE_WITH_BACKGROUND)
    return unit
}

it("has eight regions", () => {
    expect(mpu().readUint32(TYPE)).toBe(0x800)
})

it("selects a region by RNR, or by RBAR with VALID", () => {
    const unit = mpu()
    unit.writeUint32(RBAR, 0x20000000 | 0x10 | 3)
    unit.writeUint32(RASR, SMALLEST)
    unit.writeUint32(RNR, 5)
    unit.writeUint32(RBAR_A3, 0x20000400)
    unit.writeUint32(RASR_A3, SMALLEST | ap(3))

    expect(unit.readUint32(RBAR)).toBe(0x20000405)
    expect(unit.readUint32(RASR)).toBe(SMALLEST | ap(3))
    unit.writeUint32(RNR, 3)
    expect(unit.readUint32(RBAR)).toBe(0x20000003)
    expect(unit.readUint32(RASR)).toBe(SMALLEST)
})

it("refuses a reserved AP and a region that is too small", () => {
    expect(() => mpu().writeUint32(RASR, SMALLEST | ap(4))).toThrow(
        /MPU_RASR.*AP 4 is reserved/
    )
    expect(() => mpu().writeUint32(RASR, (3 << 1) | 1)).toThrow(
        /MPU_RASR.*32 bytes at least/
    )
})

it("has privileged code looked at in the pages of RAM that it denies, and elsewhere only for regions that need it", () => {
    const guard = withRegion(0x20000420, SMALLEST | XN)
    expect(guard.checksPrivileged).toBe(false)
    expect([...guard.guardedPages(1024)]).toEqual([0x20000400])

    // Code in flash for all, a peripheral for privileged code only.
    expect(withRegion(0x08000000, SMALLEST | ap(6)).checksPrivileged).toBe(
        false
    )
    expect(withRegion(0x40000000, SMALLEST | ap(1)).checksPrivileged).toBe(
        false
    )
    for (const [base, attributes] of [
        [0x08000000, SMALLEST | ap(6) | XN],
        [0, SMALLEST],
        [0x40020000, SMALLEST | ap(6)],
    ] as const) {
        const unit = withRegion(base, attributes)
        expect(unit.checksPrivileged).toBe(true)
        expect(unit.guardedPages(1024).size).toBe(0)
    }
})

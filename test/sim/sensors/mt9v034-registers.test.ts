// SPDX-License-Identifier: MIT
// Reset values, ranges, reserved bits and lock of the MT9V034's registers, typed again from the sheet.

import { describe, expect, it } from "vitest"
import { REGISTERS } from "../../../sim/sensors/mt9v034/registers.ts"
import { Mt9v034Rig } from "../../support/sensors/mt9v034-rig.ts"

const hex = (value: number) => `0x${value.toString(16).padStart(2, "0")}`

/** Context A, context B, name, reset value, lowest and highest legal value. */
const RANGES_OF_BOTH: readonly (readonly [
    number,
    number,
    string,
    number,
    number,
    number,
])[] = [
    [0x01, 0xc9, "COLUMN_START", 1, 1, 752],
    [0x02, 0xca, "ROW_START", 4, 4, 482],
    [0x03, 0xcb, "WINDOW_HEIGHT", 480, 1, 480],
    [0x04, 0xcc, "WINDOW_WIDTH", 752, 1, 752],
    [0x05, 0xcd, "HORIZONTAL_BLANKING", 94, 61, 1023],
    [0x06, 0xce, "VERTICAL_BLANKING", 45, 4, 3000],
    [0x08, 0xcf, "SHUTTER_WIDTH_1", 443, 0, 32765],
    [0x09, 0xd0, "SHUTTER_WIDTH_2", 473, 0, 32765],
    [0x0b, 0xd2, "TOTAL_SHUTTER_WIDTH", 480, 0, 32765],
    [0xd3, 0xd6, "FINE_SHUTTER_WIDTH_1", 0, 0, 1774],
    [0xd4, 0xd7, "FINE_SHUTTER_WIDTH_2", 0, 0, 1774],
    [0xd5, 0xd8, "FINE_SHUTTER_WIDTH_TOTAL", 0, 0, 1774],
    [0x35, 0x36, "ANALOG_GAIN", 16, 16, 64],
]

const RANGES: readonly (readonly [number, string, number, number, number])[] = [
    ...RANGES_OF_BOTH.flatMap(([a, b, name, reset, min, max]) => [
        [a, name, reset, min, max] as const,
        [b, `${name}_B`, reset, min, max] as const,
    ]),
    [0x71, "ROW_NOISE_CONSTANT", 0x2a, 0, 1023],
    [0xa5, "AEC_AGC_DESIRED_BIN", 58, 1, 64],
    [0xa6, "AEC_UPDATE_FREQUENCY", 2, 0, 15],
    [0xa8, "AEC_LPF", 1, 0, 2],
    [0xa9, "AGC_UPDATE_FREQUENCY", 2, 0, 15],
    [0xaa, "AGC_LPF", 2, 0, 2],
    [0xab, "MAX_ANALOG_GAIN", 64, 16, 64],
    [0xac, "AEC_MIN_EXPOSURE", 1, 1, 32765],
    [0xad, "AEC_MAX_EXPOSURE", 480, 1, 32765],
    [0xbf, "INTERLACED_FIELD_BLANKING", 22, 0, 255],
    [0xc0, "MONITOR_MODE_FRAMES", 10, 0, 255],
    ...[0, 150, 300, 450, 600, 752].map(
        (reset, n) => [0x99 + n, `TILE_X_BOUNDARY_${n}`, reset, 0, 752] as const
    ),
    ...[0, 96, 192, 288, 384, 480].map(
        (reset, n) => [0x9f + n, `TILE_Y_BOUNDARY_${n}`, reset, 0, 480] as const
    ),
]

/** Address, name, reset value, a legal value, the bits that are not reserved. */
const FIELDS: readonly (readonly [number, string, number, number, number])[] = [
    [0x07, "CHIP_CONTROL", 0x0388, 0x8188, 0x83ff],
    [0x0a, "SHUTTER_WIDTH_CONTROL", 0x0164, 0x03ff, 0x03ff],
    [0x0d, "READ_MODE_A", 0x0300, 0x033a, 0x03ff],
    [0x0e, "READ_MODE_B", 0x0300, 0x0305, 0x03ff],
    [0x0f, "PIXEL_OPERATION_MODE", 0x0000, 0x0000, 0x0303],
    [0x1b, "LED_OUT_CONTROL", 0x0000, 0x0003, 0x0003],
    [0x1c, "ADC_RESOLUTION_CONTROL", 0x0202, 0x0202, 0x0303],
    [0x2c, "VREF_ADC_CONTROL", 0x0004, 0x0007, 0x0007],
    [0x31, "V1_CONTROL", 0x0027, 0x003f, 0x003f],
    [0x32, "V2_CONTROL", 0x001a, 0x003f, 0x003f],
    [0x33, "V3_CONTROL", 0x0005, 0x003f, 0x003f],
    [0x34, "V4_CONTROL", 0x0003, 0x003f, 0x003f],
    [0x39, "V1_CONTROL_B", 0x0027, 0x003f, 0x003f],
    [0x3a, "V2_CONTROL_B", 0x001a, 0x003f, 0x003f],
    [0x3b, "V3_CONTROL_B", 0x0005, 0x003f, 0x003f],
    [0x3c, "V4_CONTROL_B", 0x0003, 0x003f, 0x003f],
    [0x46, "BLACK_LEVEL_THRESHOLDS", 0x231d, 0xffff, 0xffff],
    [0x47, "BLACK_LEVEL_CONTROL", 0x0080, 0x00e0, 0x00e1],
    [0x48, "BLACK_LEVEL_VALUE", 0x0000, 0x00ff, 0x00ff],
    [0x4c, "BLACK_LEVEL_STEP", 0x0002, 0x001f, 0x001f],
    [0x70, "ROW_NOISE_CORRECTION_CONTROL", 0x0101, 0x0000, 0x0303],
    [0x72, "PIXEL_CLOCK_CONTROL", 0x0000, 0x0010, 0x001f],
    [0x7f, "TEST_PATTERN", 0x0000, 0x2800, 0x7fff],
    [0xaf, "AEC_AGC_ENABLE", 0x0003, 0x0303, 0x0303],
    [0xb0, "AGC_AEC_PIXEL_COUNT", 0xabe0, 0xffff, 0xffff],
    [0xd1, "SHUTTER_WIDTH_CONTROL_B", 0x0164, 0x03ff, 0x03ff],
    [0xd9, "MONITOR_MODE_ENABLE", 0x0000, 0x0000, 0x0001],
    ...Array.from(
        { length: 25 },
        (_, n) => [0x80 + n, `TILE_GAIN_${n}`, 0xf4f4, 0x1424, 0xffff] as const
    ),
]

/** Undocumented registers: reset value, and the one that the sheet recommends instead. */
const RECOMMENDED: readonly (readonly [number, number, number])[] = [
    [0x13, 0x2d32, 0x2d2e],
    [0x20, 0x01c1, 0x03c7],
    [0x24, 0x0010, 0x001b],
    [0x2b, 0x0004, 0x0003],
    [0x2f, 0x0004, 0x0003],
]

describe.each(RANGES)("MT9V034 R%i %s", (address, name, reset, min, max) => {
    const rig = new Mt9v034Rig()

    it(`reads ${reset} after reset`, () => {
        expect(rig.readReg(address)).toBe(reset)
    })

    it(`takes ${min} and ${max}`, () => {
        for (const value of [min, max]) {
            rig.writeReg(address, value)
            expect(rig.readReg(address)).toBe(value)
        }
    })

    it("refuses one less and one more, and keeps its content", () => {
        rig.writeReg(address, max)
        const named = new RegExp(
            `MT9V034_${name} = 0x.*outside of ${min}\\.\\.${max}`
        )
        for (const value of min > 0 ? [min - 1, max + 1] : [max + 1])
            expect(() => rig.writeReg(address, value)).toThrow(named)
        expect(rig.readReg(address)).toBe(max)
    })
})

describe.each(FIELDS)(
    "MT9V034 R%i %s",
    (address, name, reset, legal, writable) => {
        const rig = new Mt9v034Rig()

        it(`reads ${hex(reset)} after reset`, () => {
            expect(rig.readReg(address)).toBe(reset)
        })

        it(`takes ${hex(legal)}`, () => {
            rig.writeReg(address, legal)
            expect(rig.readReg(address)).toBe(legal)
        })

        const reserved = Array.from(
            { length: 16 },
            (_, bit) => 1 << bit
        ).filter(bit => (bit & writable) === 0)
        if (reserved.length > 0)
            it("refuses each reserved bit", () => {
                for (const bit of reserved)
                    expect(() => rig.writeReg(address, legal | bit)).toThrow(
                        new RegExp(
                            `MT9V034_${name} .*bits 0x0*${bit.toString(16)} are reserved`
                        )
                    )
            })
    }
)

describe.each(RECOMMENDED)(
    "MT9V034 reserved register R%i",
    (address, reset, recommended) => {
        it("reads its reset value, takes the recommended one and nothing else", () => {
            const rig = new Mt9v034Rig()
            expect(rig.readReg(address)).toBe(reset)
            rig.writeReg(address, recommended)
            expect(rig.readReg(address)).toBe(recommended)
            expect(() => rig.writeReg(address, recommended + 0x100)).toThrow(
                /only 0x/
            )
        })
    }
)

describe("MT9V034 read-only registers", () => {
    it.each([0x00, 0x42, 0x6b, 0xba, 0xbb, 0xbc])(
        "R%i ignores a write, with a warning",
        address => {
            const rig = new Mt9v034Rig()
            const before = rig.readReg(address)
            rig.writeReg(address, 0x1234)

            expect(rig.readReg(address)).toBe(before)
            expect(rig.rules.warnings[0]?.message).toContain("is read only")
        }
    )

    it("CHIP_VERSION reads 0x1324", () => {
        expect(new Mt9v034Rig().readReg(0x00)).toBe(0x1324)
    })
})

describe("MT9V034 analog gain", () => {
    it.each([0x35, 0x36])("R%i takes bit 15 (0.75x) beside a gain", address => {
        const rig = new Mt9v034Rig()
        rig.writeReg(address, 0x8010)
        expect(rig.readReg(address)).toBe(0x8010)
        expect(() => rig.writeReg(address, 0x0090)).toThrow(/outside of 16..64/)
    })
})

describe("MT9V034 modes that are not modelled", () => {
    it.each([
        [0x07, 0x0390, /operating mode 2 \(reserved\).*not yet modelled/],
        [0x07, 0x0380, /operating mode 0 \(slave\).*not yet modelled/],
        [0x07, 0x0389, /scan mode 1 \(interlaced\)/],
        [0x07, 0x03a8, /stereo/],
        [0x07, 0x0288, /sequential exposure/],
        [0x0d, 0x0000, /bits \[9:8\] must stay 1, 1/],
        [0x0d, 0x0303, /row bin code 3/],
        [0x0e, 0x030c, /column bin code 3/],
        [0x0d, 0x0340, /dark rows/],
        [0x0e, 0x0380, /dark rows \[6\] or columns/],
        [0x0f, 0x0200, /colour/],
        [0x1c, 0x0200, /resolution code 0/],
        [0x47, 0x0081, /manual black level/],
        [0x72, 0x0004, /LV xor FV/],
        [0x72, 0x0008, /vertical blanking/],
        [0x7f, 0x6000, /flip at each frame/],
        [0x80, 0xf4f5, /digital gains/],
        [0x98, 0xf5f4, /digital gains/],
        [0xb1, 0x0000, /LVDS/],
        [0xd9, 0x0001, /monitor mode/],
    ])("R%i = %i is refused", (address, value, rule) => {
        expect(() => new Mt9v034Rig().writeReg(address, value)).toThrow(rule)
    })
})

describe("MT9V034 modes that change only the response", () => {
    it.each([
        [0x0f, 0x0001, /HDR .* not modelled/],
        [0x0f, 0x0100, /HDR .* not modelled/],
        [0x1c, 0x0302, /companding .* not modelled/],
        [0x1c, 0x0303, /companding .* not modelled/],
    ])("R%i = %i is stored, with a warning", (address, value, rule) => {
        const rig = new Mt9v034Rig()
        rig.writeReg(address, value)

        expect(rig.readReg(address)).toBe(value)
        expect(rig.rules.warnings.map(({ message }) => message)).toEqual([
            expect.stringMatching(rule),
        ])
    })
})

describe("MT9V034 registers that drivers read and no sheet describes", () => {
    it.each([
        [0x6b, 0x0004],
        [0xc1, 0x0000],
    ])("R%i reads %i", (address, value) => {
        expect(new Mt9v034Rig().readReg(address)).toBe(value)
    })
})

describe("MT9V034 addresses without a register", () => {
    const known = new Set([
        ...RANGES.map(([address]) => address),
        ...FIELDS.map(([address]) => address),
        ...RECOMMENDED.map(([address]) => address),
        ...[0x00, 0x0c, 0x42, 0x6b, 0xc1, 0xba, 0xbb, 0xbc, 0xf0, 0xfe],
        ...Array.from({ length: 9 }, (_, n) => 0xb1 + n),
    ])

    it("refuses to be written or read", () => {
        for (let address = 0; address < 256; address++) {
            if (known.has(address)) continue
            const name = `MT9V034_R${hex(address)}`
            expect(() => new Mt9v034Rig().writeReg(address, 0)).toThrow(name)
            expect(() => new Mt9v034Rig().readReg(address)).toThrow(name)
        }
    })

    it("has no others in the model's table", () => {
        expect(REGISTERS.map(spec => spec.address)).toEqual(
            [...known].sort((a, b) => a - b)
        )
    })

    it("gives each register one name", () => {
        expect(new Set(REGISTERS.map(spec => spec.name)).size).toBe(
            REGISTERS.length
        )
    })
})

describe("MT9V034 register lock", () => {
    it("reads 0xbeef after reset", () => {
        expect(new Mt9v034Rig().readReg(0xfe)).toBe(0xbeef)
    })

    it("with 0xdead makes all registers but itself read-only", () => {
        const rig = new Mt9v034Rig()
        rig.writeReg(0xfe, 0xdead)
        for (const address of [0x01, 0x0b, 0x0d, 0x0e, 0x35, 0xad])
            expect(() => rig.writeReg(address, 0x0300)).toThrow(
                /0xdead: all other registers/
            )
        rig.writeReg(0xfe, 0xbeef)
        rig.writeReg(0x03, 200)
        expect(rig.readReg(0x03)).toBe(200)
    })

    it("with 0xdeaf makes only the read modes read-only", () => {
        const rig = new Mt9v034Rig()
        rig.writeReg(0xfe, 0xdeaf)
        for (const address of [0x0d, 0x0e])
            expect(() => rig.writeReg(address, 0x0300)).toThrow(/0xdeaf/)
        rig.writeReg(0x0f, 0)
        rig.writeReg(0x03, 200)
        expect(rig.readReg(0x03)).toBe(200)
    })

    it("takes no other code", () => {
        expect(() => new Mt9v034Rig().writeReg(0xfe, 0x1234)).toThrow(
            /only 0xbeef, 0xdead, 0xdeaf/
        )
    })
})

describe("MT9V034 in permissive mode", () => {
    it("notes a value out of range and takes the nearest", () => {
        const rig = new Mt9v034Rig({ permissive: true })
        rig.writeReg(0x04, 800)
        rig.writeReg(0x0d, 0x0000)
        expect(rig.readReg(0x04)).toBe(752)
        expect(rig.readReg(0x0d)).toBe(0x0300)
        expect(rig.rules.violations.map(v => v.message)).toEqual([
            "MT9V034_WINDOW_WIDTH = 0x00000320: 800 is outside of 1..752",
            "MT9V034_READ_MODE_A = 0x00000000: bits [9:8] must stay 1, 1",
        ])
    })

    it("notes a write to a read-only or locked register and ignores it", () => {
        const rig = new Mt9v034Rig({ permissive: true })
        rig.writeReg(0x00, 1)
        rig.writeReg(0xfe, 0xdead)
        rig.writeReg(0x03, 100)
        expect(rig.readReg(0x00)).toBe(0x1324)
        expect(rig.readReg(0x03)).toBe(480)
        expect(rig.rules.violations).toHaveLength(1)
        expect(rig.rules.warnings).toHaveLength(1)
    })
})

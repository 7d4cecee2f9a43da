// SPDX-License-Identifier: MIT
// The OV2640 model's register file, and the driver's register names, against the data sheet.

import { beforeEach, describe, expect, it } from "vitest"
import * as driver from "../../drivers/ov2640/registers.ts"
import { noisyScene, Rig } from "../support/sensors/ov2640-rig.ts"
import {
    DSP_SHEET,
    DSP_UNDOCUMENTED,
    MODE_RESETS,
    SENSOR_UNDOCUMENTED,
    SENSOR_SHEET,
} from "./ov2640-sheet.ts"

const SHEET = [...SENSOR_SHEET, ...DSP_SHEET]
const hex = (value: number) => `0x${value.toString(16).padStart(2, "0")}`
const scene = noisyScene(false)

describe("OV2640 model against the data sheet", () => {
    let rig: Rig

    beforeEach(() => {
        rig = new Rig(scene)
    })

    it("selects the sensor bank after reset: 0xff reads 0x7f", () => {
        rig.raw(0xff)
        rig.model.start(true)

        expect(rig.model.read()).toBe(0x7f)
    })

    it.each(SHEET.filter(register => register.reset !== undefined))(
        "$bank $name resets to the sheet's value",
        ({ bank, address, reset }) => {
            expect(hex(rig.read(bank, address))).toBe(hex(reset!))
        }
    )

    it.each(SHEET.filter(register => !register.readOnly))(
        "$bank $name is known by that name",
        ({ bank, address, name }) => {
            rig.write(bank, address, rig.read(bank, address))

            expect(rig.log.entries.at(-1)).toMatchObject({
                block: "OV2640",
                register: name,
            })
        }
    )

    it.each(SHEET.filter(register => register.readOnly))(
        "$bank $name cannot be written",
        ({ bank, address, name }) => {
            const before = rig.read(bank, address)
            rig.write(bank, address, before ^ 0xff)

            expect(rig.read(bank, address)).toBe(before)
            expect(rig.rules.warnings.at(-1)!.message).toMatch(
                new RegExp(`OV2640_${name}.*read only`)
            )
        }
    )

    it.each([
        ...SENSOR_UNDOCUMENTED.map(address => ["sensor", address] as const),
        ...DSP_UNDOCUMENTED.map(address => ["dsp", address] as const),
    ])("stores the undocumented %s register %i", (bank, address) => {
        rig.write(bank, address, 0x5a)

        expect(rig.read(bank, address)).toBe(0x5a)
    })

    it("has no register that neither the sheet nor a driver knows", () => {
        rig.read("sensor", 0x80)
        rig.write("dsp", 0x01, 1)

        expect(
            rig.rules.warnings.slice(-2).map(({ message }) => message)
        ).toEqual([
            expect.stringContaining("no register at 0x80 of the sensor bank"),
            expect.stringContaining("no register at 0x01 of the dsp bank"),
        ])
    })

    it.each(MODE_RESETS)(
        "puts the window of $mode into the window registers",
        ({ com7, values }) => {
            rig.write("sensor", 0x12, 0x40 ^ com7) // another mode first
            rig.write("sensor", 0x12, com7)

            const registers = [0x03, 0x17, 0x18, 0x19, 0x1a, 0x32]
            expect(
                registers.map(address => rig.read("sensor", address))
            ).toEqual(values)
        }
    )
})

describe("OV2640 driver against the data sheet", () => {
    it("gives registers the sheet's addresses", () => {
        const enums = Object.values(driver).filter(isRegisterEnum)
        const members = enums.flatMap(members => Object.entries(members))
        const named = members.filter(([name]) => byName(name).length > 0)

        expect(named.length).toBeGreaterThan(20)
        for (const [name, address] of named)
            expect(
                byName(name).map(register => register.address),
                name
            ).toContain(address)
    })
})

function byName(name: string) {
    return SHEET.filter(register => register.name === name)
}

/** An enum most of whose members are registers; enums of fields share a name or two with them. */
function isRegisterEnum(value: unknown): value is Record<string, number> {
    if (typeof value !== "object" || value === null) return false
    const names = Object.keys(value).filter(key => !/^\d+$/.test(key))
    const known = names.filter(name => byName(name).length > 0)
    return known.length > 3 && known.length > names.length / 2
}

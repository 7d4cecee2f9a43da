// SPDX-License-Identifier: MIT
// The driver's and the model's register maps are two readings of the same sheet. Both are compared with a third.

import { readFileSync } from "node:fs"
import { join } from "node:path"
import { describe, expect, it } from "vitest"
import * as registers from "../../drivers/mt9v034/registers"
import { ReadMode } from "../../drivers/mt9v034/timing"
import * as model from "../../sim/sensors/mt9v034/registers.ts"
import {
    MT9V034_FIELDS,
    MT9V034_LOCK_VALUES,
    MT9V034_SHEET,
    type SheetRegister,
} from "./mt9v034-sheet.ts"

const driver = { ...registers, ReadMode }

const sheetByName = new Map(MT9V034_SHEET.map(row => [row.name, row]))
const sheetByAddress = new Map(MT9V034_SHEET.map(row => [row.address, row]))

/** Names and values of a TypeScript enum. */
function members(enumeration: object): [name: string, value: number][] {
    return Object.entries(enumeration).filter(
        (entry): entry is [string, number] => typeof entry[1] === "number"
    )
}

function modelRegister(row: SheetRegister): model.RegisterSpec {
    const spec = model.registerAt(row.address)
    if (spec === undefined)
        throw new Error(
            `the model has no register 0x${row.address.toString(16)}`
        )
    return spec
}

describe("the sheet", () => {
    it("names each address and each register once", () => {
        expect(sheetByAddress.size).toBe(MT9V034_SHEET.length)
        expect(sheetByName.size).toBe(MT9V034_SHEET.length)
    })
})

describe("the driver's register map", () => {
    it.each(members(driver.Reg))(
        "has %s where the sheet has it",
        (name, address) => {
            expect(sheetByName.get(name)?.address).toBe(address)
        }
    )

    it.each(Object.entries(MT9V034_FIELDS))(
        "has the sheet's bits in %s",
        (name, fields) => {
            const enums: Record<string, unknown> = { ...driver }
            expect(Object.fromEntries(members(enums[name] as object))).toEqual(
                fields
            )
        }
    )

    it("has no fields that the sheet does not check", () => {
        const enums = Object.entries(driver).filter(
            ([, value]) => typeof value === "object"
        )
        const checked = ["Reg", "Range", ...Object.keys(MT9V034_FIELDS)]
        expect(
            enums.map(([name]) => name).filter(name => !checked.includes(name))
        ).toEqual([])
    })

    it("keeps gain and target brightness within the sheet's ranges", () => {
        const {
            GAIN_MIN,
            GAIN_MAX,
            GAIN_FINE_MAX,
            AEC_PIXEL_COUNT,
            AEC_DESIRED_BIN,
        } = driver.Range
        expect([GAIN_MIN, GAIN_MAX]).toEqual(
            sheetByName.get("ANALOG_GAIN")!.range
        )
        expect(AEC_PIXEL_COUNT).toBe(
            sheetByName.get("AGC_AEC_PIXEL_COUNT")!.reset
        )
        const [min, max] = sheetByName.get("AEC_AGC_DESIRED_BIN")!.range!
        expect(AEC_DESIRED_BIN).toBeGreaterThanOrEqual(min)
        expect(AEC_DESIRED_BIN).toBeLessThanOrEqual(max)
        // Above 32 the lowest bit of the gain is ignored (DS).
        expect(GAIN_FINE_MAX).toBe(32)
    })

    it("names in messages every register as the enum does", () => {
        for (const [name, address] of members(driver.Reg)) {
            const spoken = driver.registerName(address)
            if (spoken !== "register") expect(spoken).toBe(name)
        }
    })

    it("writes the recommended values of all reserved registers", () => {
        const source = readFileSync(
            join(import.meta.dirname, "../../drivers/mt9v034/mt9v034.ts"),
            "utf8"
        )
        const tables = [...source.matchAll(/hex`([^`]*)`/g)].map(match =>
            match[1]!.replace(/\/\/.*|\s/g, "").toLowerCase()
        )
        const byte = (value: number): string =>
            value.toString(16).padStart(2, "0")
        for (const { address, recommended } of MT9V034_SHEET)
            if (recommended !== undefined) {
                const entry =
                    byte(address) +
                    byte(recommended >> 8) +
                    byte(recommended & 0xff)
                expect(
                    tables.some(table => table.includes(entry)),
                    `R0x${byte(address)}`
                ).toBe(true)
            }
    })
})

describe("the model's register file", () => {
    it.each(MT9V034_SHEET.map(row => [row.name, row] as const))(
        "has %s as the sheet has it",
        (name, row) => {
            const spec = modelRegister(row)
            expect(spec).toMatchObject({ name, access: row.access })
            if (row.sync !== undefined) expect(spec.sync).toBe(row.sync)
            if (row.reset !== undefined) expect(spec.reset).toBe(row.reset)
            if (row.range !== undefined)
                expect([spec.min, spec.max]).toEqual(row.range)
            if (row.recommended !== undefined)
                expect(spec.values).toEqual([row.reset, row.recommended])
        }
    )

    it("starts with every register within its own limits", () => {
        for (const {
            name,
            reset,
            min,
            max,
            mask,
            values,
            access,
        } of model.REGISTERS) {
            if (access === "ro") continue
            const number =
                mask !== undefined && min !== undefined ? reset & ~mask : reset
            if (min !== undefined)
                expect(number, name).toBeGreaterThanOrEqual(min)
            if (max !== undefined) expect(number, name).toBeLessThanOrEqual(max)
            if (min === undefined && mask !== undefined)
                expect(reset & ~mask, name).toBe(0)
            if (values !== undefined) expect(values, name).toContain(reset)
        }
    })

    it("knows the three values of the lock", () => {
        expect(model.registerAt(0xfe)!.values).toEqual(MT9V034_LOCK_VALUES)
    })

    it("has every register that the driver may write", () => {
        for (const [name, address] of members(driver.Reg))
            expect(model.registerAt(address)?.name).toBe(name)
    })
})

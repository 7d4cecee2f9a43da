// SPDX-License-Identifier: MIT
// The frame grabber's register map exists four times: on its page, in C, in the driver and in the host. They agree.

import { readFileSync } from "node:fs"
import { join } from "node:path"
import { describe, expect, it } from "vitest"
import * as driver from "../../drivers/grabber/registers"
import * as host from "../../sim/native/grabber-map.ts"
import { readGrabberPage } from "./grabber-page.ts"

const page = readGrabberPage()
const addresses = new Map(
    page.registers.map(({ name, address }) => [name, address])
)

/** Names and values of a TypeScript enum. */
function members(enumeration: object): ReadonlyMap<string, number> {
    return new Map(
        Object.entries(enumeration).filter(
            (entry): entry is [string, number] => typeof entry[1] === "number"
        )
    )
}

describe("docs/frame-grabber.md", () => {
    it("has the registers that this test is about", () => {
        expect(page.registers.length).toBeGreaterThanOrEqual(65)
        expect(addresses.get("ID")).toBe(0x00)
        expect(addresses.get("MODE_SETTLE_FRAMES")).toBe(0x75)
        expect(addresses.get("HISTOGRAM")).toBe(0xc6)
        expect(page.errors.size).toBe(9)
    })

    it("gives each address and each name once, in order", () => {
        const order = page.registers.map(({ address }) => address)
        expect(order).toEqual([...new Set(order)].sort((a, b) => a - b))
        expect(addresses.size).toBe(page.registers.length)
    })
})

describe("drivers/grabber/registers.ts", () => {
    it("has the page's registers and no other", () => {
        expect(members(driver.Reg)).toEqual(addresses)
    })

    it("has the page's errors", () => {
        expect(members(driver.GrabberFault)).toEqual(page.errors)
    })

    it("has the page's numbers", () => {
        expect(driver.Grabber.ADDRESS).toBe(page.i2cAddress)
        expect(driver.Id.CSG1).toBe(page.id)
        expect(driver.Bytes.DESCRIPTOR).toBe(page.descriptorBytes)
        expect(driver.Bytes.STATS).toBe(page.statsBytes)
        expect(driver.Bytes.HISTOGRAM).toBe(page.histogramBytes)
    })

    it("knows the blocks' lengths", () => {
        expect(driver.Bytes.BOARD).toBe(addresses.get("BOARD_FLAGS")! + 4)
        expect(driver.Bytes.REQUEST).toBe(
            addresses.get("REQ_GAIN_X16")! +
                2 -
                addresses.get("REQ_SIZE_WIDTH")!
        )
        expect(driver.Bytes.COUNTERS).toBe(
            addresses.get("NEEDED_BYTES")! + 4 - addresses.get("FRAMES")!
        )
    })
})

describe("sim/native/grabber-map.ts", () => {
    it("has the page's registers and no other", () => {
        expect(members(host.Grabber)).toEqual(addresses)
    })

    it("has the page's errors, strategies and numbers", () => {
        expect(members(host.GrabberError)).toEqual(page.errors)
        const { auto, ...named } = host.STRATEGY_CODES
        expect(auto).toBe(page.strategies.indexOf("own choice"))
        for (const [name, code] of Object.entries(named))
            expect(page.strategies[code]).toBe(name)
        expect(host.GRABBER_ADDRESS).toBe(page.i2cAddress)
        expect(host.GRABBER_ID).toBe(page.id)
        expect(host.DESCRIPTOR_BYTES).toBe(page.descriptorBytes)
    })

    it("reads each field of a descriptor at the page's offset", () => {
        const at = page.descriptor
        const bytes = new Uint8Array(48)
        // Each field gets its own offset as its low byte.
        for (const offset of at.values()) bytes[offset] = offset
        bytes[at.get("flags")!] = 3

        const { window, settling, lastBatch, ...fields } =
            host.decodeDescriptor(bytes)

        expect([settling, lastBatch]).toEqual([true, true])
        for (const [name, value] of Object.entries({ ...fields, ...window }))
            expect(value, name).toBe(at.get(name))
        expect(at.size).toBe(Object.keys({ ...fields, ...window }).length + 1)
    })
})

/** The text of a C file. */
function native(file: string): string {
    return readFileSync(join(import.meta.dirname, "../../native", file), "utf8")
}

/** `#define <prefix>NAME value` as name and value. */
function defines(text: string, prefix: string): ReadonlyMap<string, number> {
    const pattern = new RegExp(
        `^#define ${prefix}(\\w+) (0x[0-9a-f]+|\\d+)u`,
        "gm"
    )
    return new Map(
        [...text.matchAll(pattern)].map(([, name, value]) => [
            name!,
            Number(value),
        ])
    )
}

describe("native/grabber/grabber_regs.h", () => {
    const header = native("grabber/grabber_regs.h")

    it("has the page's registers and no other", () => {
        expect(defines(header, "CAM_REG_")).toEqual(addresses)
    })

    it("has the page's address and identity", () => {
        const { ADDRESS, ID } = Object.fromEntries(
            defines(header, "CAM_GRABBER_")
        )
        expect(ADDRESS).toBe(page.i2cAddress)
        expect(ID).toBe(page.id)
    })
})

describe("native/grabber/grabber_map.c", () => {
    it("gives each register the page's size", () => {
        const entries = native("grabber/grabber_map.c").matchAll(
            /\{CAM_REG_(\w+), ([124])\}/g
        )
        const sizes = new Map(
            [...entries].map(([, name, bytes]) => [name!, Number(bytes)])
        )
        const expected = page.registers.filter(
            ({ bytes }) => bytes !== undefined
        )
        expect(sizes).toEqual(
            new Map(expected.map(({ name, bytes }) => [name, bytes]))
        )
    })
})

describe("native/status.h", () => {
    it("has the page's errors", () => {
        const codes = native("status.h").matchAll(/^ {4}CAM_(\w+) = (\d+),/gm)
        const errors = [...codes]
            .map(([, name, code]) => [name!, Number(code)] as const)
            .filter(([name]) => name !== "OK")
        expect(new Map(errors)).toEqual(page.errors)
    })
})

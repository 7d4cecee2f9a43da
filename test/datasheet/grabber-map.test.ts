// SPDX-License-Identifier: MIT
// The frame grabber's register map exists four times: on its page, in C, in the driver and in the host. They agree.

import { describe, expect, it } from "vitest"
import * as driver from "../../drivers/grabber/registers"
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
            addresses.get("REQ_GAIN_X16")! + 2 - addresses.get("REQ_X")!
        )
        expect(driver.Bytes.COUNTERS).toBe(
            addresses.get("RESYNCS")! + 4 - addresses.get("FRAMES")!
        )
    })
})

// SPDX-License-Identifier: MIT
// The frame grabber's page in docs, in TypeScript and in C: they agree.

import { readFileSync } from "node:fs"
import { join } from "node:path"
import { describe, expect, it } from "vitest"
import { Strategy, STRATEGY_NAMES } from "../../protocol/capture.ts"
import { decodeDescriptor } from "../../protocol/descriptor.ts"
import {
    GrabberBytes,
    GrabberFault,
    GrabberPage,
    GrabberReg,
} from "../../protocol/grabber-page.ts"
import { readGrabberPage } from "./documented-page.ts"

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
        expect(page.errors.size).toBe(19)
    })

    it("gives each address and each name once, in order", () => {
        const order = page.registers.map(({ address }) => address)
        expect(order).toEqual([...new Set(order)].sort((a, b) => a - b))
        expect(addresses.size).toBe(page.registers.length)
    })
})

describe("protocol/grabber-page.ts", () => {
    it("has the page's registers and no other", () => {
        expect(members(GrabberReg)).toEqual(addresses)
    })

    it("has the page's errors and strategies", () => {
        expect(members(GrabberFault)).toEqual(page.errors)
        expect(page.strategies[Strategy.AUTO]).toBe("own choice")
        expect(page.strategies.slice(1)).toEqual(STRATEGY_NAMES.slice(1))
    })

    it("has the page's numbers", () => {
        expect(GrabberPage.ADDRESS).toBe(page.i2cAddress)
        expect(GrabberPage.ID).toBe(page.id)
        expect(GrabberBytes.DESCRIPTOR).toBe(page.descriptorBytes)
        expect(GrabberBytes.STATS).toBe(page.statsBytes)
        expect(GrabberBytes.HISTOGRAM).toBe(page.histogramBytes)
    })

    it("knows the blocks' lengths", () => {
        const from = (first: string, last: string, lastBytes: number) =>
            addresses.get(last)! + lastBytes - addresses.get(first)!
        expect(GrabberBytes.BOARD).toBe(from("ID", "BOARD_FLAGS", 4))
        expect(GrabberBytes.REQUEST).toBe(
            from("REQ_SIZE_WIDTH", "REQ_BRIGHTNESS", 1)
        )
        expect(GrabberBytes.MODE).toBe(
            from("MODE_STRATEGY", "MODE_FRAME_ROWS", 2)
        )
        expect(GrabberBytes.RECOVERY).toBe(
            from("OVERRUN_FRAMES", "DOUBTFUL", 4)
        )
        expect(GrabberBytes.COUNTERS).toBe(from("FRAMES", "NEEDED_BYTES", 4))
    })
})

describe("protocol/descriptor.ts", () => {
    it("reads each field of a descriptor at the page's offset", () => {
        const at = page.descriptor
        const bytes = new Uint8Array(48)
        // Each field gets its own offset as its low byte.
        for (const offset of at.values()) bytes[offset] = offset
        bytes[at.get("flags")!] = 3

        const { window, settling, lastBatch, ...fields } =
            decodeDescriptor(bytes)

        expect([settling, lastBatch]).toEqual([true, true])
        for (const [name, value] of Object.entries({ ...fields, ...window }))
            expect(value, name).toBe(at.get(name))
        expect(at.size).toBe(Object.keys({ ...fields, ...window }).length + 1)
    })

    it("reads each field with its size, wherever the bytes lie", () => {
        const bytes = Uint8Array.from({ length: 50 }, (_, i) => i)
        expect(decodeDescriptor(bytes.subarray(2))).toEqual({
            index: 2,
            settling: true,
            lastBatch: true,
            format: 4,
            changes: 5,
            sequence: 0x09080706,
            startUs: 0x0d0c0b0a,
            endUs: 0x11100f0e,
            exposureUs: 0x15141312,
            gainX16: 0x1716,
            droppedBefore: 0x1918,
            window: { x: 0x1b1a, y: 0x1d1c, width: 0x1f1e, height: 0x2120 },
            sizeBytes: 0x25242322,
            lineBytes: 0x2726,
            lines: 0x2928,
            firstRow: 0x2b2a,
            triggerUs: 0x31302f2e,
        })
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

// SPDX-License-Identifier: MIT
// The frame grabber's map in C and in the host is the one of docs/frame-grabber.md.

import { readFileSync } from "node:fs"
import { join } from "node:path"
import { describe, expect, it } from "vitest"
import { DESCRIPTOR_BYTES, GRABBER_ADDRESS, GRABBER_ID, STRATEGY_CODES } from "../../sim/native/grabber-map.ts"
import { projectRoot } from "../../toolchain/paths.ts"
import { readGrabberPage } from "../datasheet/grabber-page.ts"
import { decodeDescriptor } from "../../protocol/descriptor.ts"
import { GrabberReg, GrabberFault } from "../../protocol/grabber-page.ts"

const text = (path: string): string =>
    readFileSync(join(projectRoot, path), "utf8")
const page = readGrabberPage()
const registers = new Map(
    page.registers.map(({ name, address }) => [name, address])
)

function members(enumeration: object): Map<string, number> {
    return new Map(
        Object.entries(enumeration).filter(
            (entry): entry is [string, number] => typeof entry[1] === "number"
        )
    )
}

describe("frame grabber map", () => {
    it("has the page's registers in the host", () => {
        expect(members(GrabberReg)).toEqual(registers)
    })

    it("has the page's registers in C", () => {
        const defines = [...text("native/grabber/grabber_regs.h").matchAll(/#define CAM_REG_(\w+) (0x\w+)u/g)]
        expect(new Map(defines.map(([, name, value]) => [name!, Number(value)]))).toEqual(registers)
    })

    it("has the page's errors in the host and in C", () => {
        expect(members(GrabberFault)).toEqual(page.errors)
        const codes = [...text("native/status.h").matchAll(/^\s+CAM_(\w+) = (\d+),/gm)]
        const inC = new Map(codes.map(([, name, value]) => [name!, Number(value)]))
        inC.delete("OK")
        expect(inC).toEqual(page.errors)
    })

    it("has the page's strategies", () => {
        expect(Object.values(STRATEGY_CODES)).toEqual([0, 1, 2, 3, 4, 5])
        expect(Object.keys(STRATEGY_CODES).slice(1)).toEqual(
            page.strategies.slice(1)
        )
    })

    it("has the page's numbers", () => {
        expect(GRABBER_ADDRESS).toBe(page.i2cAddress)
        expect(GRABBER_ID).toBe(page.id)
        expect(DESCRIPTOR_BYTES).toBe(page.descriptorBytes)
    })
})

describe("decodeDescriptor", () => {
    it("reads each field at its place", () => {
        const bytes = Uint8Array.from({ length: 50 }, (_, i) => i)
        expect(decodeDescriptor(bytes.subarray(2))).toEqual({
            index: 2,
            settling: true,
            lastBatch: true,
            format: 4,
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

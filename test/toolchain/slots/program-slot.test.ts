// SPDX-License-Identifier: MIT
// The content of a program slot as the host makes and reads it; the firmware agrees.

import { beforeAll, describe, expect, it } from "vitest"
import {
    buildProgramSlot,
    parseProgramSlot,
    VM_ID,
} from "../../../toolchain/slots/program-slot.ts"
import { decodeRequest } from "../../../protocol/request-block.ts"
import { compileFirmware } from "../../support/firmware/slots/firmware-wasm.ts"
import { imageOf, SlotsRig } from "../../support/firmware/slots/slots-rig.ts"

const IMAGE = imageOf(31, 5003)
const OPTIONS = {
    image: IMAGE,
    request: { fps: 120, window: { width: 220, height: 200, x: 8 } },
    sensor: "mt9v034",
    name: "src/main.ts",
    sequence: 7,
} as const

describe("a program slot", () => {
    it("is read back as it was built", () => {
        const slot = parseProgramSlot(buildProgramSlot(OPTIONS))

        expect(slot).toMatchObject({
            sequence: 7,
            name: "src/main.ts",
            vmId: VM_ID,
        })
        expect(slot.image).toEqual(IMAGE)
        expect(decodeRequest(slot.request)).toMatchObject(OPTIONS.request)
    })

    it("has the first bytes of the VM's SHA-256 as in a file", () => {
        const slot = buildProgramSlot(OPTIONS)
        expect([...slot.subarray(156, 160)]).toEqual([0xa5, 0x67, 0x42, 0xb0])
    })

    it("keeps 63 bytes of a long name, no half characters", () => {
        const name = `${"x".repeat(62)}äb`
        const slot = buildProgramSlot({ ...OPTIONS, name })
        expect(parseProgramSlot(slot).name).toBe("x".repeat(62))
        expect(slot[92 + 63]).toBe(0)
    })

    it.each([
        ["its magic is 0x", 0],
        ["its format is 0x", 4],
        ["the CRC-32 of its header is 0x", 8],
        ["the CRC-32 of its header is 0x", 100],
        ["its commit word is 0x", 176],
        ["its rejected word is 0x", 180],
        ["the CRC-32 of its image is 0x", 0x1000],
    ])("that is damaged is refused: %s", (message, at) => {
        const slot = buildProgramSlot(OPTIONS)
        slot[at]! ^= 1
        expect(() => parseProgramSlot(slot)).toThrow(
            `not a valid program slot: ${message}`
        )
    })

    it("has its kernels behind the image, and says where and for which memory", () => {
        const bytes = Uint8Array.from({ length: 64 }, (_, i) => i)
        const kernels = { bytes, memory: { address: 0x20014400, bytes: 4096 } }
        const image = new Uint8Array(8192).fill(7)
        const slot = parseProgramSlot(
            buildProgramSlot({ ...OPTIONS, image, kernels })
        )

        expect(slot.kernels).toEqual({
            offset: 0x3000,
            memory: 0x20014400,
            memoryBytes: 4096,
        })
        expect(slot.image.slice(8192)).toEqual(bytes)
    })

    it("that is cut is refused with both sizes", () => {
        const slot = buildProgramSlot(OPTIONS)
        expect(() => parseProgramSlot(slot.subarray(0, 0x1800))).toThrow(
            "an image of 5003 bytes, there are 2048"
        )
        expect(() => parseProgramSlot(slot.subarray(0, 100))).toThrow(
            "100 bytes, its image begins at 4096"
        )
    })

    it("without an image is not built", () => {
        const image = new Uint8Array(0)
        expect(() => buildProgramSlot({ ...OPTIONS, image })).toThrow(
            "program src/main.ts: its image is empty"
        )
    })
})

describe("a slot that a programmer wrote", () => {
    beforeAll(async () => {
        await compileFirmware()
    })

    it("is chosen by the firmware", async () => {
        const rig = await SlotsRig.create()
        rig.bytes.set(buildProgramSlot(OPTIONS), 0x08060000)

        expect(rig.choose()).toEqual({
            index: 1,
            address: 0x08060000,
            sequence: 7,
            name: "src/main.ts",
            image: IMAGE,
        })
    })
})

// SPDX-License-Identifier: MIT
// The image of a program, as it lies in flash.

import { describe, expect, it } from "vitest"
import {
    IMAGE_AREA_BYTES,
    IMAGE_PAGE_BYTES,
    programImage,
} from "../../../toolchain/slots/program-image.ts"
import { buildProgram } from "../../../toolchain/devicescript/build-program.ts"
import type { Program } from "../../../toolchain/devicescript/program.ts"

const hello = () => buildProgram("src/main.ts")

describe("the image of a program", () => {
    it("is the same for the same program", async () => {
        const program = await hello()

        expect(programImage(program)).toEqual(programImage(program))
    })

    it("is whole pages, the last one with content, and holds the bytecode", async () => {
        const program = await hello()
        const image = programImage(program)

        expect(image.length % IMAGE_PAGE_BYTES).toBe(0)
        expect(image.length).toBeLessThanOrEqual(IMAGE_AREA_BYTES)
        expect(
            image.subarray(-IMAGE_PAGE_BYTES).every(byte => byte === 0xff)
        ).toBe(false)
        expect(
            Buffer.from(image).indexOf(Buffer.from(program.bytecode))
        ).toBeGreaterThan(0)
    })

    it("says the size of its area, in pages of 4 KB", async () => {
        const image = Buffer.from(programImage(await hello()))

        expect(image.readUInt16LE(16) * IMAGE_PAGE_BYTES).toBe(IMAGE_AREA_BYTES)
    })

    it("is refused for a program that the VM refuses", () => {
        const broken: Program = {
            name: "broken.ts",
            bytecode: new Uint8Array(256),
            debug: undefined,
        }

        expect(() => programImage(broken)).toThrow(
            /broken\.ts: the DeviceScript VM would not start this program: its bytecode fails the VM's verification, code -\d+ at byte 0x0\./
        )
    })

    it("is refused for a program that does not fit, with both sizes", () => {
        const large: Program = {
            name: "large.ts",
            bytecode: new Uint8Array(IMAGE_AREA_BYTES),
            debug: undefined,
        }

        expect(() => programImage(large)).toThrow(
            "large.ts: the program has 122880 bytes, an image holds 110592."
        )
    })
})

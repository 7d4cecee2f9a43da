// SPDX-License-Identifier: MIT
// The VM as it comes out of the package, the check of its version, and the changes for a board.

import { createHash } from "node:crypto"
import { readFileSync } from "node:fs"
import { beforeAll, describe, expect, it } from "vitest"
import { CamscriptError } from "../../../protocol/errors.ts"
import { findCli } from "../../../toolchain/devicescript/devicescript-cli.ts"
import {
    checkVm,
    extractVm,
    patchVm,
    vmImage,
} from "../../../toolchain/vm/vm-image.ts"
import { thrownBy } from "../../support/devicescript/machine.ts"

const SHA256 =
    "a56742b09dd4bfe278815676ac94231ed4f8995cee6260818f5d758d8ab6ee1d"

let stock: Uint8Array
beforeAll(() => {
    stock = extractVm(readFileSync(findCli().bundle))
})

/** Offsets at which two binaries of equal length differ. */
const differences = (a: Uint8Array, b: Uint8Array): number[] =>
    [...a.keys()].filter(i => a[i] !== b[i])

describe("the VM in @devicescript/cli", () => {
    it("is the one that the host was made for", () => {
        expect(stock.length).toBe(260_212)
        expect(createHash("sha256").update(stock).digest("hex")).toBe(SHA256)
        expect(() => checkVm(stock, "the package")).not.toThrow()
    })

    it("is refused when one bit differs, with the hash found and the version expected", () => {
        const other = stock.slice()
        other[1000]! ^= 1

        const error = thrownBy(() => checkVm(other, "node_modules/x.cjs"))

        expect(error).toBeInstanceOf(CamscriptError)
        expect(error.message).toContain("node_modules/x.cjs")
        expect(error.message).toContain(
            createHash("sha256").update(other).digest("hex")
        )
        expect(error.message).toContain("@devicescript/cli 2.16.4")
        expect(error.message).toContain(SHA256)
    })

    it("is missed in a bundle that holds none", () => {
        expect(() => extractVm(Buffer.from("nothing here"))).toThrow(
            /no WebAssembly VM; camscript needs version 2\.16\.4/
        )
    })
})

describe("patchVm", () => {
    it("changes the archId and the two heap constants, and nothing else before the exports", () => {
        const small = patchVm(stock, { archId: "f446", gcHeapBytes: 12_288 })
        const large = patchVm(stock, { archId: "f407", gcHeapBytes: 40_960 })

        // 12,312 and 12,288 against 40,984 and 40,960: two groups of LEB128 each; "46" against "07".
        expect(small.bytes.length).toBe(large.bytes.length)
        expect(differences(small.bytes, large.bytes)).toHaveLength(6)
        checkVm(stock, "what was given, which stays as it is")
    })

    it("takes the heaps of all boards and compiles", () => {
        for (const gcHeapBytes of [4096, 12_288, 24_576, 40_960, 65_536])
            expect(vmImage({ archId: "f446", gcHeapBytes }).i2cSlot).toBe(55)
    })

    it.each([0, 4088, 24_577, 1_048_576])(
        "refuses a heap of %i bytes",
        gcHeapBytes => {
            expect(() =>
                patchVm(stock, { archId: "f446", gcHeapBytes })
            ).toThrow(RangeError)
        }
    )

    it.each(["wasm", "f44", "stm32f446", "F446"])(
        "refuses the archId %s",
        archId => {
            expect(() =>
                patchVm(stock, { archId, gcHeapBytes: 24_576 })
            ).toThrow(RangeError)
        }
    )

    it("says what differs when devs_gc_create is not the expected code", () => {
        const other = stock.slice()
        // i32.const 65560: the only place with these four bytes.
        const at = Buffer.from(other).indexOf(
            Buffer.from([0x41, 0x98, 0x80, 0x04])
        )
        other[at + 1] = 0x90

        expect(() =>
            patchVm(other, { archId: "f446", gcHeapBytes: 24_576 })
        ).toThrow(/devs_gc_create 01017f41908004.*expected 01017f41988004/)
    })

    it("says what is missing when the archId strings are not there", () => {
        const other = stock.slice()
        const at = Buffer.from(other).indexOf(Buffer.from("wasm\0wasm\0"))
        other[at] = 0x57

        expect(() =>
            patchVm(other, { archId: "f446", gcHeapBytes: 24_576 })
        ).toThrow(/"wasm" "wasm" 0 times/)
    })
})

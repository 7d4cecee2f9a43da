// SPDX-License-Identifier: MIT
// The WebAssembly editor, on a module written by hand.

import { describe, expect, it } from "vitest"
import {
    findBytes,
    i32Const,
    WasmBinary,
} from "../../../toolchain/vm/wasm-binary.ts"

/** One imported and two own functions, `answer` returning 42 and `other` 7; answer is in the table at slot 5. */
const MODULE = Uint8Array.from([
    ...[0x00, 0x61, 0x73, 0x6d, 1, 0, 0, 0],
    ...[1, 5, 1, 0x60, 0, 1, 0x7f], // type 0: () -> (i32)
    ...[2, 7, 1, 1, 0x65, 1, 0x66, 0, 0], // import e.f
    ...[3, 3, 2, 0, 0], // functions 1 and 2 of type 0
    ...[4, 4, 1, 0x70, 0, 8], // a table of 8
    ...[7, 9, 1, 5, ...Buffer.from("other"), 0, 2],
    ...[9, 8, 1, 0, 0x41, 5, 0x0b, 2, 1, 2], // slots 5 and 6
    ...[10, 11, 2, 4, 0, 0x41, 42, 0x0b, 4, 0, 0x41, 7, 0x0b],
    ...[11, 8, 1, 1, 5, ...Buffer.from("bytes")], // a passive segment
    ...[0, 21, 4, ...Buffer.from("name"), 1, 14],
    ...[2, 1, 6, ...Buffer.from("answer"), 2, 3, ...Buffer.from("oth")],
])

const binary = new WasmBinary(MODULE)
const exportsOf = (edited: WasmBinary) =>
    new WebAssembly.Instance(
        new WebAssembly.Module(edited.bytes as BufferSource),
        { e: { f: () => 0 } }
    ).exports as Record<string, () => number>

describe("WasmBinary", () => {
    it("finds functions by name and their slots in the table", () => {
        expect(binary.functionIndex("answer")).toBe(1)
        expect(binary.tableSlot(1)).toBe(5)
        expect(binary.tableSlot(2)).toBe(6)
        expect(() => binary.functionIndex("none")).toThrow(/no function none/)
        expect(() => binary.tableSlot(0)).toThrow(
            /not in the WebAssembly table/
        )
    })

    it("gives the code of a function, imports counted", () => {
        const { start, end } = binary.functionBody(1)

        expect([...MODULE.subarray(start, end)]).toEqual([0, 0x41, 42, 0x0b])
        expect(() => binary.functionBody(0)).toThrow(RangeError)
    })

    it("adds an export and keeps those that are there", () => {
        const functions = exportsOf(binary.withExports(["answer"]))

        expect(functions["answer"]!()).toBe(42)
        expect(functions["other"]!()).toBe(7)
    })

    it("replaces bytes and leaves the original alone", () => {
        const { start } = binary.functionBody(2)

        const edited = binary.withBytes(start + 1, i32Const(-9, 1))

        expect(exportsOf(edited)["other"]!()).toBe(-9)
        expect(exportsOf(binary)["other"]!()).toBe(7)
    })

    it("inserts code, and the function's length follows", () => {
        const { end } = binary.functionBody(2)
        // i32.const 5, i32.add before the end
        const code = Uint8Array.from([0x41, 5, 0x6a])

        const edited = binary.withCode(2, end - 1, code)

        expect(exportsOf(edited)["other"]!()).toBe(12)
        expect(exportsOf(edited.withExports(["answer"]))["answer"]!()).toBe(42)
        expect(() => binary.withCode(2, end + 1, code)).toThrow(
            /not in function 2/
        )
    })

    it("refuses what is no WebAssembly", () => {
        expect(() => new WasmBinary(new Uint8Array(16))).toThrow(
            /not a WebAssembly binary/
        )
    })
})

describe("i32Const", () => {
    it.each([
        [0, 1, "4100"],
        [63, 1, "413f"],
        [-64, 1, "4140"],
        [64, 2, "41c000"],
        [65_536, 3, "41808004"],
        [12_288, 3, "4180e000"],
        [-1, 3, "41ffff7f"],
    ])("encodes %i in %i bytes", (value, length, hex) => {
        expect(Buffer.from(i32Const(value, length)).toString("hex")).toBe(hex)
    })

    it.each([
        [64, 1],
        [-65, 1],
        [1_048_576, 3],
    ])("refuses %i in %i bytes", (value, length) => {
        expect(() => i32Const(value, length)).toThrow(RangeError)
    })
})

describe("findBytes", () => {
    it("finds each place in the range and none that reaches past its end", () => {
        const bytes = Buffer.from("aXbaXbaXb")

        expect(
            findBytes(bytes, { start: 1, end: 9 }, Buffer.from("Xb"))
        ).toEqual([1, 4, 7])
        expect(
            findBytes(bytes, { start: 2, end: 8 }, Buffer.from("Xb"))
        ).toEqual([4])
    })
})

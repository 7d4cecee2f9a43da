// SPDX-License-Identifier: MIT
import { mkdtempSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { afterAll, beforeAll, describe, expect, it } from "vitest"
import {
    compileKernel,
    kernelId,
} from "../../../toolchain/kernel/compile-kernel.ts"

let folder: string

beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), "camscript-kernels-"))
})

afterAll(() => rmSync(folder, { recursive: true }))

let files = 0

/** Compile a text, as a file of a project of its own. */
function compile(text: string) {
    const name = `k${files++}.kernel.ts`
    writeFileSync(
        join(folder, name),
        `import { Bytes, Frame, List, Row, ints } from "camscript/kernel"\n${text}\n`
    )
    return compileKernel(name, folder)
}

const refused = (text: string, message: string | RegExp) =>
    expect(compile(text)).rejects.toThrow(message)

describe("compileKernel", () => {
    it("reads functions and records with their comments", async () => {
        const { functions, records, ownBytes } = await compile(`
            const table = ints(10)

            /** A place. */
            export class Place {
                /** Pixels. */
                x: u8 = 0
                y: f32 = 0
            }

            /**
             * Finds it.
             *
             * @param level gray level
             *     0..255
             */
            export function find(frame: Frame, level: i32, places: List<Place>): void {
                table[0] = level
            }`)

        expect(functions).toEqual([
            {
                name: "find",
                description: "Finds it.",
                source: expect.stringMatching(/^k\d+\.kernel\.ts$/),
                line: 18,
                requiredParameters: 3,
                returns: "void",
                parameters: [
                    { name: "frame", description: "", type: "Frame" },
                    {
                        name: "level",
                        description: "gray level 0..255",
                        type: "i32",
                    },
                    {
                        name: "places",
                        description: "",
                        type: "List",
                        of: "Place",
                    },
                ],
            },
        ])
        expect(records).toEqual({
            Place: {
                description: "A place.",
                bytes: 8,
                fields: [
                    {
                        name: "x",
                        type: "u8",
                        offset: 0,
                        description: "Pixels.",
                    },
                    { name: "y", type: "f32", offset: 4, description: "" },
                ],
            },
        })
        expect(ownBytes).toBe(40)
    })

    it("takes functions of another kernel file, and of the library's", async () => {
        const { functions } = await compile(
            `export { brightest } from "camscript/vision/brightest.kernel"`
        )

        expect(functions).toMatchObject([{ name: "brightest" }])
    })

    it("gives the same bytes from the cache", async () => {
        const text = `export function two(frame: Frame): i32 { return 2 * frame.width }`
        const name = "cached.kernel.ts"
        writeFileSync(
            join(folder, name),
            `import { Frame } from "camscript/kernel"\n${text}`
        )

        const first = await compileKernel(name, folder)
        expect(await compileKernel(name, folder)).toEqual(first)

        writeFileSync(
            join(folder, name),
            `import { Frame } from "camscript/kernel"\n${text.replace("2 *", "3 *")}`
        )
        const second = await compileKernel(name, folder)
        expect(second.wasm).not.toEqual(first.wasm)
        expect(second.id).toBe(kernelId(name))
    })
})

describe("refuses", () => {
    it.each([
        [
            "an unknown name",
            "return frame.widht",
            /:2: Property 'widht' does not exist/,
        ],
        ["a heap", "return new Array<i32>(3).length", /needs a heap/],
        [
            "memory by address",
            "return load<i32>(4)",
            /:2: this needs memory by address or a heap/,
        ],
        ["a string", `return frame.width.toString().length`, /needs a heap/],
        [
            "64-bit floating point",
            "let s = 0.5\nfor (let i = 0; i < frame.width; i++) s *= 1.5\nreturn <i32>s",
            ", f(): computes with 64-bit floating point",
        ],
        [
            "64-bit integers",
            "let s: i64 = 1\nfor (let i = 0; i < frame.width; i++) s *= 3\nreturn <i32>(s >> 32)",
            ", f(): computes with 64-bit integers",
        ],
        [
            "a function in a variable",
            "const f = frame.width > 3 ? one : two\nreturn f()",
            ", f(): calls a function through a variable",
        ],
        ["more memory", "return memory.grow(1)", /:2: .*memory/],
        [
            "a recursion",
            "return deeper(frame.width)",
            /deeper\(\) calls deeper\(\): a recursion/,
        ],
        [
            "functions that do not exist",
            "return elsewhere()",
            /calls k\d+\.kernel\.elsewhere, which does not exist on the board/,
        ],
    ])("%s", async (_what, body, message) => {
        await refused(
            `export function f(frame: Frame): i32 { ${body} }
             function one(): i32 { return 1 }
             function two(): i32 { return 2 }
             function deeper(n: i32): i32 { return n > 0 ? 1 + deeper(n - 1) : 0 }
             declare function elsewhere(): i32`,
            message
        )
    })

    it.each([
        [
            "code that runs at the start",
            "let start = one()\nfunction one(): i32 { return 1 }\nexport function f(frame: Frame): i32 { return start++ }",
            /runs code when it is loaded/,
        ],
        [
            "more memory than a board could give",
            "const much = ints(20000)\nexport function f(frame: Frame): i32 { return much[frame.width] }",
            "its own memory (bytes, words, ints, records and constants) has 80000 bytes, 65536 are possible",
        ],
        [
            "a file without functions",
            "export const x = 3",
            "exports no function",
        ],
        [
            "a default",
            "export function f(frame: Frame, n: i32 = 3): i32 { return n }",
            /:2: kernel f\(\) gives "n" a default/,
        ],
        [
            "a function without frame",
            "export function f(n: i32): i32 { return n }",
            /:2: kernel f\(\) begins with "n: i32"/,
        ],
        [
            "a wide number",
            "export function f(frame: Frame, n: i64): void {}",
            `has a parameter "n: i64"`,
        ],
        [
            "a wide return",
            "export function f(frame: Frame): f64 { return 0 }",
            "returns f64",
        ],
        [
            "a row and a frame",
            "export function f(row: Row, frame: Frame): void {}",
            "has a Row and a Frame",
        ],
        [
            "five frames",
            "export function f(a: Frame, b: Frame, c: Frame, d: Frame, e: Frame): void {}",
            "has 5 frames",
        ],
        [
            "nine numbers",
            "export function f(a: Frame, b: i32, c: i32, d: i32, e: i32, f: i32, g: i32, h: i32, i: i32, j: i32): void {}",
            "has 9 numbers",
        ],
        [
            "two results",
            "export function f(a: Frame, b: Bytes): i32 { return 1 }",
            "more than one result (b, what it returns)",
        ],
        [
            "a list of numbers",
            "export function f(a: Frame, b: List<i32>): void {}",
            "has a List of i32",
        ],
        [
            "a field that is no number",
            "class A { b: Frame | null = null }\nexport function f(a: Frame, b: A): void { if (b.b == null) b.b = a }",
            `whose field "b" is of type`,
        ],
    ])("%s", async (_what, text, message) => {
        await refused(text, message)
    })

    it("a file that is not there, not of the project, or not named as a kernel", async () => {
        await expect(compileKernel("none.kernel.ts", folder)).rejects.toThrow(
            "no such file"
        )
        await expect(compileKernel("../x.kernel.ts", folder)).rejects.toThrow(
            "lies outside of"
        )
        writeFileSync(join(folder, "plain.ts"), "")
        await expect(compileKernel("plain.ts", folder)).rejects.toThrow(
            "ends with .kernel.ts"
        )
    })
})

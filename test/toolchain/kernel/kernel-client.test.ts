// SPDX-License-Identifier: MIT
import { describe, expect, it } from "vitest"
import type { CompiledKernel } from "../../../toolchain/kernel/compile-kernel.ts"
import { kernelClient } from "../../../toolchain/kernel/kernel-client.ts"
import type {
    KernelFunction,
    KernelParameter,
} from "../../../toolchain/kernel/kernel-signature.ts"

const parameter = (
    name: string,
    type: string,
    more: Partial<KernelParameter> = {}
): KernelParameter => ({ name, type, description: "", ...more })

/** The client of a file with one function, after one that is not asked for. */
function clientOf(
    parameters: readonly KernelParameter[],
    returns = "void"
): string {
    const fn: KernelFunction = {
        name: "look",
        description: "Looks.",
        source: "src/eye.kernel.ts",
        line: 3,
        parameters,
        requiredParameters: parameters.length,
        returns,
    }
    const rows = { ...fn, name: "rows", parameters: [parameter("row", "Row")] }
    const kernel: CompiledKernel = {
        file: "src/eye.kernel.ts",
        id: 4711,
        functions: [rows, fn],
        records: {
            Spot: {
                description: "A place.",
                bytes: 6,
                fields: [
                    { name: "x", type: "f32", offset: 0, description: "Px." },
                    { name: "ok", type: "bool", offset: 4, description: "" },
                ],
            },
        },
        wasm: new Uint8Array(),
        checkedWasm: new Uint8Array(),
        ownBytes: 0,
        sourceMap: "",
        sources: {},
    }
    return kernelClient(kernel, "camscript/drivers/grabber/kernel-call")
}

const FRAME = parameter("frame", "Frame")

describe("a kernel's client", () => {
    it("names the kernel, the function by its number, and the bytes of request and answer", () => {
        const text = clientOf([
            FRAME,
            parameter("before", "Frame"),
            parameter("level", "u8", { description: "0..255" }),
            parameter("found", "record", { record: "Spot" }),
        ])

        expect(text).toMatch(/^\/\/ Made of src\/eye\.kernel\.ts /)
        expect(text).toContain(
            `new KernelCall("src/eye.kernel.ts, look()", 4711, 1, 12)`
        )
        expect(text).toContain("call.setFrame(1, before)")
        expect(text).toContain(`call.request.setAt(8, "i32", level)`)
        expect(text).toContain("@param level 0..255")
        expect(text).toContain("await call.run(6)")
        expect(text).toContain(`record.x = answer.getAt(0, "f32")`)
        expect(text).toContain(`record.ok = answer.getAt(4, "u8") !== 0`)
        expect(text).toContain("Promise<Spot>")
        expect(text).toContain("    /** Px. */\n    x: number\n")
    })

    it("passes each type of number as a word of its own", () => {
        const text = clientOf([
            FRAME,
            parameter("a", "u32"),
            parameter("b", "f32"),
            parameter("c", "bool"),
            parameter("d", "i16"),
        ])

        expect(text).toContain(`setAt(8, "u32", a)`)
        expect(text).toContain(`setAt(12, "f32", b)`)
        expect(text).toContain(`setAt(16, "i32", c ? 1 : 0)`)
        expect(text).toContain(`setAt(20, "i32", d)`)
        expect(text).toContain("c: boolean")
        // A transfer that reads nothing is no call.
        expect(text).toContain("await call.run(1)")
        expect(text).toContain("Promise<void>")
    })

    it.each([
        ["Bytes", "most"],
        ["Words", "2 * most"],
        ["Ints", "4 * most"],
    ])("reads as many elements of %s as there is place for", (type, bytes) => {
        const text = clientOf([FRAME, parameter("out", type)])

        expect(text).toContain(`await call.run(${bytes})`)
        expect(text).toContain("Promise<Buffer>")
    })

    it("reads records of a list when they are asked for", () => {
        const text = clientOf([FRAME, parameter("out", "List", { of: "Spot" })])

        expect(text).toContain("await call.run(16 + 6 * most)")
        expect(text).toContain("export class SpotList")
        expect(text).toContain("const at = 16 + 6 * index")
        expect(text).toContain(`record.x = answer.getAt(at + 0, "f32")`)
    })

    it.each([
        ["f32", `return answer.getAt(0, "f32")`, "number"],
        ["bool", `return answer.getAt(0, "u8") !== 0`, "boolean"],
    ])("gives a %s that is returned", (returns, line, type) => {
        const text = clientOf([FRAME], returns)

        expect(text).toContain(line)
        expect(text).toContain(`Promise<${type}>`)
    })

    it("has another name for a parameter that is called as something of its own", () => {
        const text = clientOf([
            FRAME,
            parameter("most", "i32", { description: "of them" }),
            parameter("call", "i32"),
            parameter("out", "Bytes"),
        ])

        expect(text).toContain(
            "    most_: number,\n    call_: number,\n    most: number"
        )
        expect(text).toContain("@param most_ of them")
        expect(text).toContain(`setAt(8, "i32", most_)`)
    })

    it("leaves out functions of rows, and says so", () => {
        const text = clientOf([FRAME])

        expect(text).not.toContain("function rows")
        expect(text).toContain("// rows() is for rows as they arrive")
    })
})

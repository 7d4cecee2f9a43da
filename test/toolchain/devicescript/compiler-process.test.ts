// SPDX-License-Identifier: MIT
// The compiler as a process that stays: it gives what a fresh one gives, also after other programs and after errors.

import { afterEach, describe, expect, it } from "vitest"
import { ProgramError } from "../../../protocol/errors.ts"
import { rebuildProgram } from "../../../toolchain/devicescript/build-program.ts"
import { CompilerProcess } from "../../../toolchain/devicescript/compiler-process.ts"
import { keepCompiler } from "../../../toolchain/devicescript/run-compiler.ts"

const rebuild = (name: string) =>
    rebuildProgram(`test/sim/devicescript/programs/${name}.ts`)

let end: () => void = () => {}
afterEach(() => end())

describe("a compiler that is kept", () => {
    it("compiles one program after another to the same bytes as a fresh one", async () => {
        const fresh = [await rebuild("console"), await rebuild("exception")]

        end = keepCompiler()
        const kept = [
            await rebuild("console"),
            await rebuild("exception"),
            await rebuild("console"),
        ]

        expect(kept).toEqual([fresh[0], fresh[1], fresh[0]])
    })

    it("goes on after a program that does not compile, with the same words each time", async () => {
        const right = await rebuild("console")
        const words = await rebuild("type-error").catch(String)

        end = keepCompiler()
        await rebuild("console")
        for (let time = 0; time < 2; time++) {
            const wrong = rebuild("type-error")
            await expect(wrong).rejects.toBeInstanceOf(ProgramError)
            expect(await wrong.catch(String)).toBe(words)
        }

        expect(await rebuild("console")).toEqual(right)
    })

    it("is a fresh one again for those who come after its end", async () => {
        const right = await rebuild("console")
        end = keepCompiler()
        await rebuild("console")
        end()

        expect(await rebuild("console")).toEqual(right)
    })
})

describe("the compiler's process", () => {
    it("says so when it ends before its answer", async () => {
        const compiler = new CompilerProcess()
        const answer = compiler.compile(
            "test/sim/devicescript/programs/console.ts"
        )
        compiler.close()

        await expect(answer).rejects.toThrow(
            "the DeviceScript compiler ended (SIGTERM)."
        )
        expect(compiler.isOver).toBe(true)
    })

    it("answers for an entry that is not there, and stays", async () => {
        const compiler = new CompilerProcess()
        end = () => compiler.close()

        expect(await compiler.compile("src/nothing.ts")).toEqual({
            exitCode: 1,
            text: 'exception: source file "src/nothing.ts" not found\n',
        })
        expect(compiler.isOver).toBe(false)
    })
})

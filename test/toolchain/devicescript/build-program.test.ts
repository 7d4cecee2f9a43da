// SPDX-License-Identifier: MIT
// Building programs: same bytes, cache, errors a user can act on.

import {
    existsSync,
    mkdirSync,
    readFileSync,
    rmSync,
    writeFileSync,
} from "node:fs"
import { join } from "node:path"
import { beforeAll, describe, expect, it } from "vitest"
import { ProgramError, UsageError } from "../../../protocol/errors.ts"
import { cacheFolder, projectRoot } from "../../../toolchain/paths.ts"
import {
    buildProgram,
    generateDeviceLibraries,
    rebuildProgram,
} from "../../../toolchain/devicescript/build-program.ts"

const sha256 = async (bytes: Uint8Array) =>
    Buffer.from(
        await crypto.subtle.digest("SHA-256", bytes as BufferSource)
    ).toString("hex")

const errorOf = async (entry: string): Promise<Error> => {
    try {
        await buildProgram(entry)
    } catch (error) {
        return error as Error
    }
    throw new Error(`${entry} compiles`)
}

describe("buildProgram", () => {
    it("gives byte-identical programs for identical sources, also when several are asked for at once", async () => {
        const [first, other, second] = await Promise.all(
            ["console", "exception", "console"].map(name =>
                rebuildProgram(`test/sim/devicescript/programs/${name}.ts`)
            )
        )
        const cached = await buildProgram(
            "test/sim/devicescript/programs/console.ts"
        )

        const hash = await sha256(first!.bytecode)
        expect(await sha256(second!.bytecode)).toBe(hash)
        expect(await sha256(cached.bytecode)).toBe(hash)
        expect(cached.debug).toEqual(first!.debug)
        expect(await sha256(other!.bytecode)).not.toBe(hash)
        expect(other!.name).toBe("test/sim/devicescript/programs/exception.ts")
    })

    it("puts neither a version of the git checkout nor a date into the program", async () => {
        const { bytecode } = await buildProgram(
            "test/sim/devicescript/programs/console.ts"
        )

        const text = Buffer.from(bytecode).toString("latin1")
        expect(text).toContain(
            "camscript test/sim/devicescript/programs/console"
        )
        expect(text).not.toMatch(/v\d+\.\d+\.\d+-|20\d\d\.\d\d\.\d\d/)
    })

    it("finds the entry by an absolute path, too, and names it from the project's folder", async () => {
        const program = await buildProgram(
            join(projectRoot, "test/sim/devicescript/programs/console.ts")
        )

        expect(program.name).toBe("test/sim/devicescript/programs/console.ts")
    })

    it("compiles again after a change of a file that the entry imports", async () => {
        const folder = join(cacheFolder, `build-test-${process.pid}`)
        mkdirSync(folder, { recursive: true })
        try {
            writeFileSync(
                join(folder, "entry.ts"),
                `import { word } from "./word"\nconsole.log(word)\n`
            )
            writeFileSync(
                join(folder, "word.ts"),
                `export const word = "before"\n`
            )
            const before = await buildProgram(join(folder, "entry.ts"))
            writeFileSync(
                join(folder, "word.ts"),
                `export const word = "behind"\n`
            )
            const after = await buildProgram(join(folder, "entry.ts"))

            const text = (bytes: Uint8Array) =>
                Buffer.from(bytes).toString("latin1")
            expect(text(before.bytecode)).toContain("before")
            expect(text(after.bytecode)).toContain("behind")
            expect(text(after.bytecode)).not.toContain("before")
        } finally {
            rmSync(folder, { recursive: true })
        }
    })
})

describe("buildProgram, a program that does not compile", () => {
    it("names file and line of each mistake, without colours and without our stack", async () => {
        const error = await errorOf(
            "test/sim/devicescript/programs/type-error.ts"
        )
        const again = await errorOf(
            "test/sim/devicescript/programs/type-error.ts"
        )

        expect(error).toBeInstanceOf(ProgramError)
        expect(again.message).toBe(error.message)
        expect(error.message).toBe(
            "test/sim/devicescript/programs/type-error.ts does not compile:\n" +
                "  test/sim/devicescript/programs/type-error.ts:4: Type 'string' is not assignable to type 'number'.\n" +
                "  test/sim/devicescript/programs/type-error.ts:5: Type 'number' is not assignable to type 'string'."
        )
    })

    it("names an import that is not there", async () => {
        const error = await errorOf(
            "test/sim/devicescript/programs/missing-import.ts"
        )

        expect(error.message).toContain(
            "test/sim/devicescript/programs/missing-import.ts:4: Cannot find module './not-there'"
        )
    })
})

describe("buildProgram, a wrong entry", () => {
    it("refuses a file outside of the project and says where it may be", async () => {
        const error = await errorOf("/tmp/somewhere/app.ts")

        expect(error).toBeInstanceOf(UsageError)
        expect(error.message).toContain("/tmp/somewhere/app.ts lies outside of")
        expect(error.message).toContain("src/")
    })

    it("refuses a file that does not exist", async () => {
        const error = await errorOf("src/no-such-program.ts")

        expect(error).toBeInstanceOf(UsageError)
        expect(error.message).toContain("src/no-such-program.ts: no such file")
    })

    it("refuses a file that is not TypeScript", async () => {
        const error = await errorOf("package.json")

        expect(error).toBeInstanceOf(UsageError)
        expect(error.message).toContain("not a .ts file")
    })
})

describe("generateDeviceLibraries", () => {
    beforeAll(generateDeviceLibraries)

    it("leaves the libraries that editors need in node_modules", () => {
        const library = (path: string) =>
            join(projectRoot, "node_modules/@devicescript", path)

        expect(existsSync(library("i2c/src/index.ts"))).toBe(true)
        expect(existsSync(library("drivers/package.json"))).toBe(true)
        const services = readFileSync(
            library("core/src/devicescript-spec.d.ts"),
            "utf8"
        )
        expect(services).toContain("class FrameGrabber")
    })
})

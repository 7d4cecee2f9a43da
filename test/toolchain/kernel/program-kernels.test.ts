// SPDX-License-Identifier: MIT
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs"
import { join, relative, sep } from "node:path"
import { afterEach, beforeEach, describe, expect, it } from "vitest"
import {
    kernelsOf,
    refuseKernelImport,
    writeKernelClients,
} from "../../../toolchain/kernel/program-kernels.ts"
import { cacheFolder, userProject } from "../../../toolchain/paths.ts"

let folder: string
/** Path from the project's folder. */
const name = (file: string): string =>
    relative(userProject, join(folder, file)).split(sep).join("/")

beforeEach(() => {
    mkdirSync(cacheFolder, { recursive: true })
    folder = mkdtempSync(join(cacheFolder, "test-kernels-"))
    mkdirSync(join(folder, "kernels"))
})

afterEach(() => rmSync(folder, { recursive: true }))

describe("kernels of a program", () => {
    it("are refused when a client is there and its kernel is not", async () => {
        writeFileSync(
            join(folder, "kernels/gone.ts"),
            "// Made of gone.kernel.ts when a program is compiled.\n"
        )

        await expect(kernelsOf([name("kernels/gone.ts")])).rejects.toThrow(
            `${name("kernels/gone.ts")}: was made of ${name("gone.kernel.ts")}, which is not there any more`
        )
    })

    it("are none of the files that lie in such a folder and are somebody's own", async () => {
        writeFileSync(join(folder, "kernels/mine.ts"), "export const x = 1\n")

        expect(await kernelsOf([name("kernels/mine.ts")])).toEqual([])
    })

    it("overwrite nothing that is somebody's own", async () => {
        writeFileSync(
            join(folder, "eye.kernel.ts"),
            `export { brightest } from "camscript/vision/brightest.kernel"\n`
        )
        writeFileSync(join(folder, "kernels/eye.ts"), "export const x = 1\n")

        await expect(writeKernelClients(name("main.ts"))).rejects.toThrow(
            `${name("kernels/eye.ts")} is in the way of what is made of ${name("eye.kernel.ts")}`
        )
    })
})

describe("an import of a kernel file", () => {
    it.each([
        [`import { a } from "./eye.kernel"`, `"./kernels/eye"`],
        [
            `import {\n    a,\n    b,\n} from "../x/eye.kernel"`,
            `"../x/kernels/eye"`,
        ],
    ])("is refused with what to import: %s", (text, instead) => {
        expect(() =>
            refuseKernelImport("src/main.ts", `// A program.\n\n${text}\n`)
        ).toThrow(
            new RegExp(
                `^src/main\\.ts:3: imports the kernel file eye\\.kernel\\.ts.*${instead}`
            )
        )
    })

    it("is not what comes from other files", () => {
        refuseKernelImport(
            "src/main.ts",
            `import { a } from "./kernels/eye"\nimport { b } from "./kernel"\n`
        )
    })
})

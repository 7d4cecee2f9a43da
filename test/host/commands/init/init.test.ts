// SPDX-License-Identifier: MIT
// What `camscript init` writes, and what it leaves alone.

import {
    existsSync,
    mkdirSync,
    mkdtempSync,
    readFileSync,
    rmSync,
    writeFileSync,
} from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { Command } from "commander"
import { afterEach, beforeEach, describe, expect, it } from "vitest"
import { DEFAULT_DEBUG_PORT } from "../../../../host/commands/debug/debug-options.ts"
import {
    exampleNames,
    readExample,
} from "../../../../host/commands/init/example.ts"
import { init } from "../../../../host/commands/init/init.ts"
import {
    addInitOptions,
    initOptions,
    type InitFlags,
} from "../../../../host/commands/init/init-options.ts"
import { packageSource } from "../../../../host/commands/init/package-source.ts"
import { UsageError } from "../../../../protocol/errors.ts"
import { recordingTerminal } from "../../../support/host/recording-terminal.ts"

let root: string
beforeEach(() => (root = mkdtempSync(join(tmpdir(), "camscript-init-"))))
afterEach(() => rmSync(root, { recursive: true }))

/** Run it in `root`. @returns what it prints */
function run(line: string): string {
    const terminal = recordingTerminal()
    let parsed: [string, InitFlags, string[]] | undefined
    addInitOptions(new Command())
        .exitOverride()
        .action((folder: string, flags: InitFlags, command: Command) => {
            const given = Object.keys(flags).filter(
                name => command.getOptionValueSource(name) === "cli"
            )
            parsed = [folder, flags, given]
        })
        .parse(line.split(" ").filter(Boolean), { from: "user" })
    const [folder, flags, given] = parsed!
    init(
        initOptions(folder, flags, { cwd: root, given }),
        terminal,
        root,
        () => "file:camscript-0.1.0.tgz"
    )
    return terminal.stdout
}

const read = (path: string): string => readFileSync(join(root, path), "utf8")
interface PackageJson {
    name: string
    scripts: Record<string, string>
    devDependencies: Record<string, string>
}
const packageOf = (folder: string): PackageJson =>
    JSON.parse(read(`${folder}/package.json`)) as PackageJson

describe("camscript init", () => {
    it("makes a project for the board and the sensor, and says what to type next", () => {
        const text = run("My_Cam --board nucleo-f429zi")

        const { name, scripts, devDependencies } = packageOf("My_Cam")
        expect(name).toBe("my-cam")
        expect(scripts["start"]).toBe(
            "camscript run --board nucleo-f429zi --sensor mt9v034"
        )
        expect(scripts["build"]).toBe(
            "camscript build --board nucleo-f429zi --sensor mt9v034"
        )
        expect(devDependencies["camscript"]).toBe("file:camscript-0.1.0.tgz")
        expect(read("My_Cam/src/main.ts")).toContain(
            `import { Camera, MT9V034, windowName } from "camscript"`
        )
        expect(read("My_Cam/test/crop.test.ts")).toContain(
            `board: "nucleo-f429zi"`
        )
        expect(read("My_Cam/.gitignore").split("\n")).toContain(".camscript")
        expect(text).toMatch(/next:\n {4}cd My_Cam\n {4}npm install\n/)
    })

    it("has another program and another test for the OV2640", () => {
        run("cam --sensor ov2640")

        expect(read("cam/src/main.ts")).toContain("new OV2640()")
        expect(read("cam/test/crop.test.ts")).toContain(`sensor: "ov2640"`)
        expect(existsSync(join(root, "cam/src/crop.ts"))).toBe(false)
    })

    it("lets VS Code connect to camscript debug, by a type that the project's extension has", () => {
        run("cam --board nucleo-f429zi")

        expect(packageOf("cam").scripts["debug"]).toBe(
            "camscript debug --board nucleo-f429zi --sensor mt9v034"
        )
        const { configurations } = JSON.parse(
            read("cam/.vscode/launch.json")
        ) as { configurations: { type: string; debugServer: number }[] }
        const { contributes } = JSON.parse(
            read("cam/.vscode/extensions/camscript-debug/package.json")
        ) as { contributes: { debuggers: { type: string }[] } }
        expect(configurations.map(({ type }) => type)).toEqual(
            contributes.debuggers.map(({ type }) => type)
        )
        expect(configurations[0]!.debugServer).toBe(DEFAULT_DEBUG_PORT)
    })

    it("begins with an example, run as its comment says", () => {
        run("cam --template ov2640-to-lcd")

        expect(packageOf("cam").scripts["start"]).toBe(
            "camscript run --board nucleo-f429zi --sensor ov2640 --scene photo --frames 30"
        )
        const program = read("cam/src/main.ts")
        expect(program).toContain(
            `import { Camera, PixelFormat, Strategy } from "camscript"\n` +
                `import { OV2640 } from "camscript/drivers/ov2640/ov2640"\n`
        )
        expect(program).toContain("--app src/main.ts")
    })

    it("begins with a kernel, and its test", () => {
        run("cam --template kernel --board nucleo-f429zi")

        expect(read("cam/src/bright.kernel.ts")).toContain(
            `import { Frame } from "camscript/kernel"`
        )
        expect(read("cam/src/main.ts")).toContain(
            `import { bright } from "./kernels/bright"`
        )
        expect(read("cam/test/bright.test.ts")).toContain(
            `board: "nucleo-f429zi"`
        )
        // Of another language than the program, and made of it.
        expect(read("cam/tsconfig.json")).toContain(`"src/**/*.kernel.ts"`)
        expect(read("cam/.gitignore").split("\n")).toContain("src/kernels")
        // tsconfig.json refers to it, and what is referred to may not disable emit (TS6310).
        const { compilerOptions } = JSON.parse(
            read("cam/tsconfig.kernels.json")
        ) as { compilerOptions: Record<string, unknown> }
        expect(compilerOptions).toMatchObject({ composite: true })
        expect(compilerOptions).not.toHaveProperty("noEmit")
        expect(existsSync(join(root, "cam/test/crop.test.ts"))).toBe(false)
    })

    it("changes nothing that is there, and adds to package.json what it lacks", () => {
        mkdirSync(join(root, "cam/src"), { recursive: true })
        writeFileSync(join(root, "cam/src/main.ts"), "// mine\n")
        const own = {
            name: "mine",
            scripts: { start: "node .", test: "echo no test specified" },
            devDependencies: { typescript: "5.0.0" },
        }
        writeFileSync(join(root, "cam/package.json"), JSON.stringify(own))

        const text = run("cam")

        expect(read("cam/src/main.ts")).toBe("// mine\n")
        expect(text).toMatch(/left as they were:\n {4}src\/main\.ts\n/)
        const { name, scripts, devDependencies } = packageOf("cam")
        expect(name).toBe("mine")
        expect(scripts).toMatchObject({
            start: "node .",
            test: "vitest run",
            check: expect.stringContaining("camscript check") as string,
        })
        expect(devDependencies).toMatchObject({
            typescript: "5.0.0",
            camscript: "file:camscript-0.1.0.tgz",
        })
    })

    it("writes nothing at all beside a package.json that is none", () => {
        mkdirSync(join(root, "cam"))
        writeFileSync(join(root, "cam/package.json"), "{ name: ")

        expect(() => run("cam")).toThrow(/package\.json is there already/)
        expect(existsSync(join(root, "cam/src"))).toBe(false)
    })

    it.each([
        [
            "cam --board pico",
            /--board pico is unknown: boards\/ has .*nucleo-f446re/,
        ],
        ["cam --sensor ov7670", /--sensor ov7670.*mt9v034/],
        ["cam --template blink", /--template blink.*motion/],
        [
            "cam --template motion --sensor ov2640",
            /--template motion is a program for the mt9v034, not for --sensor ov2640/,
        ],
        [
            "cam --template kernel --sensor ov2640",
            /--template kernel is a program for the mt9v034, not for --sensor ov2640/,
        ],
    ])("refuses %s with what would work", (line, message) => {
        expect(() => run(line)).toThrow(message)
        expect(existsSync(join(root, "cam"))).toBe(false)
    })
})

describe("an example as a program of one's own", () => {
    it.each(exampleNames())("imports from the package only: %s", name => {
        const { text } = readExample(name)

        const imported = [...text.matchAll(/ from "(.*)"/g)].map(
            ([, path]) => path!
        )
        expect(imported.length).toBeGreaterThan(0)
        for (const path of imported)
            expect(path).toMatch(/^(?:camscript|@devicescript)(?:\/|$)/)
        expect(new Set(imported).size).toBe(imported.length)
    })
})

describe("where npm gets camscript from", () => {
    const own = (project: string): string => {
        const folder = join(root, project, "node_modules/camscript")
        mkdirSync(folder, { recursive: true })
        writeFileSync(join(folder, "package.json"), `{"version":"1.2.3"}`)
        return folder
    }

    it("is the version that runs", () => {
        expect(packageSource(join(root, "cam"), own("cam"))).toBe("1.2.3")
    })

    it("is the file that npx has installed, seen from the new project", () => {
        const folder = own("cache/npx")
        writeFileSync(
            join(root, "cache/npx/package.json"),
            `{"dependencies":{"camscript":"file:../../packed/camscript-1.2.3.tgz"}}`
        )
        expect(packageSource(join(root, "cam"), folder)).toBe(
            "file:../packed/camscript-1.2.3.tgz"
        )
    })

    it("is the packed file of a clone; one that is not packed is told how", () => {
        const clone = join(root, "clone")
        mkdirSync(clone)
        writeFileSync(join(clone, "package.json"), `{"version":"1.2.3"}`)
        expect(() => packageSource(join(root, "cam"), clone)).toThrow(
            UsageError
        )
        expect(() => packageSource(join(root, "cam"), clone)).toThrow(
            /"npm pack" in .*clone/
        )
        writeFileSync(join(clone, "camscript-1.2.3.tgz"), "")
        expect(packageSource(join(root, "cam"), clone)).toBe(
            "file:../clone/camscript-1.2.3.tgz"
        )
    })
})

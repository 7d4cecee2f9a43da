// SPDX-License-Identifier: MIT
// A project of one's own, from the packed file alone: what a stranger types, in a folder outside of the repository, which is hidden
// where the machine allows it.

import {
    existsSync,
    mkdirSync,
    mkdtempSync,
    readdirSync,
    readFileSync,
    rmSync,
    writeFileSync,
} from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import sharp from "sharp"
import { afterAll, beforeAll, describe, expect, it } from "vitest"
import { exampleNames, readExample } from "../../host/commands/init/example.ts"
import { locateChart } from "../../sim/scene/chart.ts"
import { projectRoot } from "../../toolchain/paths.ts"
import {
    packInto,
    runOutside,
    type Outcome,
} from "../support/package/outside.ts"

/** The default window of 220x220 in the middle of 752x480. */
const CENTRED = { x: 266, y: 130 }

let root: string
let project: string
let tarball: string

beforeAll(() => {
    root = mkdtempSync(join(tmpdir(), "camscript-outside-"))
    project = join(root, "my-cam")
    tarball = packInto(root)
})
afterAll(() => rmSync(root, { recursive: true, force: true }))

/** In the project. */
const npm = (...args: string[]): Promise<Outcome> =>
    runOutside(project, "used", ["npm", ...args])
const camscript = (...args: string[]): Promise<Outcome> =>
    runOutside(project, "used", ["node_modules/.bin/camscript", ...args])

const succeeded = { exitCode: 0 }

/** Where on the chart a saved image was taken. */
async function placeOf(file: string): Promise<ReturnType<typeof locateChart>> {
    const { data, info } = await sharp(join(project, file))
        .grayscale()
        .raw()
        .toBuffer({ resolveWithObject: true })
    return locateChart(data, info.width, info.height)
}

/** Everything below a folder that is text of ours. */
function texts(folder: string): [name: string, text: string][] {
    return readdirSync(folder, { recursive: true })
        .map(String)
        .filter(name =>
            /\.(?:[cm]?js|map|ts|json|c|h|md|txt|cmake)$/.test(name)
        )
        .map(name => [name, readFileSync(join(folder, name), "utf8")])
}

// Each step begins where the one before it ended.
describe("a project of one's own, from the packed file", () => {
    it("is installed, and made by init", async () => {
        mkdirSync(project)
        const install = ["npm", "install", "--prefer-offline", "--no-audit"]
        for (const command of [
            [...install, `../${tarball}`],
            ["npx", "camscript", "init"],
            install,
        ]) {
            const done = await runOutside(project, "made", command)
            expect(done, done.stderr).toMatchObject(succeeded)
        }
        expect(
            existsSync(join(project, "node_modules/@devicescript/core/src"))
        ).toBe(true)
    })

    it("has every file that package.json names, and no way back to where it was packed", () => {
        const folder = join(project, "node_modules/camscript")
        const text = readFileSync(join(folder, "package.json"), "utf8")
        const { main, bin, exports, typesVersions } = JSON.parse(text) as {
            main: string
            bin: Record<string, string>
            exports: Record<string, string | Record<string, string>>
            typesVersions: { "*": Record<string, string[]> }
        }
        const named = [
            main,
            ...Object.values(bin),
            ...Object.values(exports).flatMap(target =>
                typeof target === "string" ? [target] : Object.values(target)
            ),
            ...Object.values(typesVersions["*"]).flat(),
        ].filter(name => !name.includes("*"))
        expect(named.length).toBeGreaterThan(8)
        for (const name of named)
            expect(existsSync(join(folder, name)), name).toBe(true)

        const telling = texts(folder).filter(([, content]) =>
            content.includes(`${projectRoot}/`)
        )
        expect(telling.map(([name]) => name)).toEqual([])
    })

    it("starts, with pictures of the right place", async () => {
        const started = await npm("start", "--silent")
        expect(started, started.stderr).toMatchObject(succeeded)
        expect(started.stdout).toMatch(/120 delivered, 0 dropped/)
        expect(await placeOf("out/frame-000001.png")).toEqual(CENTRED)
        expect(await placeOf("out/frame-000120.png")).toEqual(CENTRED)
    })

    it("passes its own test", async () => {
        const tested = await npm("test", "--silent")
        expect(tested, tested.stdout + tested.stderr).toMatchObject(succeeded)
        expect(tested.stdout).toMatch(/2 passed/)
    })

    it("has the other sensor's program and test, and every example", async () => {
        const shipped = join(project, "node_modules/camscript")
        const text = (name: string): string =>
            readFileSync(join(shipped, "templates", name), "utf8")
        writeFileSync(join(project, "src/ov2640.ts"), text("ov2640/main.ts"))
        writeFileSync(
            join(project, "test/ov2640.test.ts"),
            text("ov2640/crop.test.ts")
                .replace("src/main.ts", "src/ov2640.ts")
                .replace("BOARD", "nucleo-f446re")
        )
        const tested = await npm("test", "--silent", "--", "ov2640")
        expect(tested, tested.stdout + tested.stderr).toMatchObject(succeeded)

        const programs = exampleNames().map(name => `src/${name}.ts`)
        for (const name of exampleNames())
            writeFileSync(
                join(project, `src/${name}.ts`),
                readExample(name).text
            )
        const checked = await camscript("check", ...programs)
        expect(checked, checked.stderr).toMatchObject(succeeded)
        for (const program of programs)
            expect(checked.stdout).toContain(`${program}: compiles`)
    })

    it("has a sensor of its own, as docs/own-sensor/README.md shows", async () => {
        const example = join(project, "node_modules/camscript/docs/own-sensor")
        const copy = (
            name: string,
            to: string,
            change = (text: string) => text
        ) =>
            writeFileSync(
                join(project, to),
                change(readFileSync(join(example, name), "utf8"))
            )
        const renamed = (text: string): string =>
            text.replaceAll("src/main.ts", "src/tc160-main.ts")
        copy("tc160.ts", "src/tc160.ts")
        copy("main.ts", "src/tc160-main.ts")
        copy("tc160-model.ts", "test/tc160-model.ts")
        copy("tc160.test.ts", "test/tc160.test.ts", renamed)

        const tested = await npm("test", "--silent", "--", "tc160")
        expect(tested, tested.stdout + tested.stderr).toMatchObject(succeeded)
        expect(tested.stdout).toMatch(/2 passed/)
    })

    it("has the recipes' tests, as docs/own-project/recipes.md shows them", async () => {
        const recipes = readFileSync(
            join(project, "node_modules/camscript/docs/own-project/recipes.md"),
            "utf8"
        )
        const tests = [...recipes.matchAll(/^```ts\n([^]*?)^```/gm)]
        for (const [index, [, text]] of tests.entries())
            writeFileSync(join(project, `test/recipe-${index}.test.ts`), text!)
        const tested = await npm("test", "--silent", "--", "recipe")
        expect(tested, tested.stdout + tested.stderr).toMatchObject(succeeded)
        expect(tested.stdout).toMatch(/3 passed/)
    })

    it("is checked: a right program has no error, and each mistake is found", async () => {
        const right = await npm("run", "check", "--silent")
        expect(right, right.stdout + right.stderr).toMatchObject(succeeded)

        const file = join(project, "src/main.ts")
        const text = readFileSync(file, "utf8")
        const mistakes: [from: string, to: string, message: RegExp][] = [
            [
                "camera.configure(request)",
                "camera.configure({ windw: request.window })",
                /src\/main\.ts:\d+: .*'windw' does not exist in type 'CaptureRequest'/,
            ],
            [
                "new Camera(new MT9V034())",
                "new Camera(new MT9V034())\nconsole.log(new MT9V034().limts)",
                /src\/main\.ts:\d+: Property 'limts' does not exist/,
            ],
            [
                "await camera.start()",
                "camera.start()",
                /src\/main\.ts:\d+: 'await' missing/,
            ],
        ]
        for (const [from, to, message] of mistakes) {
            expect(text).toContain(from)
            writeFileSync(file, text.replace(from, to))
            const wrong = await npm("run", "check", "--silent")
            expect(wrong.exitCode).toBe(1)
            expect(wrong.stdout + wrong.stderr).toMatch(message)
        }
        writeFileSync(file, text)
    })

    it("has modules in .tsx files, which compiler and TypeScript check alike", async () => {
        const save = (name: string, text: string) =>
            writeFileSync(join(project, "src", name), text)
        const half =
            "export const half = (value: number): number => value / 2\n"
        save("halves.tsx", half)
        save(
            "uses.ts",
            'import { half } from "./halves"\nconsole.log(half(3))\n'
        )
        const checked = () =>
            Promise.all([
                camscript("check", "src/uses.ts"),
                npm("exec", "--", "tsc", "--project", "."),
            ])
        for (const { exitCode, stdout, stderr } of await checked())
            expect(exitCode, stdout + stderr).toBe(0)

        save("halves.tsx", `${half}export const wrong: number = "x"\n`)
        for (const { exitCode, stdout, stderr } of await checked()) {
            expect(exitCode).not.toBe(0)
            expect(stdout + stderr).toMatch(
                /src\/halves\.tsx.*Type 'string' is not assignable to type 'number'/
            )
        }
        for (const name of ["halves.tsx", "uses.ts"])
            rmSync(join(project, "src", name))
    })

    it("builds the firmware", async () => {
        const built = await npm("run", "build", "--silent")
        expect(built, built.stderr).toMatchObject(succeeded)
        const elf = readFileSync(join(project, "out/nucleo-f446re.elf"))
        expect(elf.subarray(0, 4).toString("latin1")).toBe("\x7fELF")
    })

    it("runs on the emulated board, with pictures of the right place", async () => {
        const ran = await camscript(
            ...["run", "--target", "emulator", "--frames", "20", "--json"]
        )
        expect(ran, ran.stderr).toMatchObject(succeeded)
        expect(JSON.parse(ran.stdout)).toMatchObject({
            frames: 20,
            dropped: 0,
            pixelErrors: 0,
        })
        expect(await placeOf("out/frame-000020.png")).toEqual(CENTRED)
    })

    it("has boards of its own", async () => {
        const board = readFileSync(
            join(project, "node_modules/camscript/boards/nucleo-f446re.json"),
            "utf8"
        )
        mkdirSync(join(project, "boards"))
        writeFileSync(
            join(project, "boards/my-board.json"),
            board.replace('"name": "nucleo-f446re"', '"name": "my-board"')
        )
        const planned = await camscript("plan", "--board", "my-board", "--json")
        expect(planned, planned.stderr).toMatchObject(succeeded)
        const built = await camscript("build", "--board", "my-board", "--json")
        expect(built, built.stderr).toMatchObject(succeeded)
        expect(JSON.parse(built.stdout)).toMatchObject({ board: "my-board" })
    })
})

// SPDX-License-Identifier: MIT
// Which files the package has: all that the tools read when they run, and nothing else. What npm pack compiles into dist/ is looked
// at where the package is installed (own-project.firmware.test.ts).

import { execFileSync } from "node:child_process"
import { existsSync, readFileSync } from "node:fs"
import { join } from "node:path"
import { describe, expect, it } from "vitest"
import { projectRoot } from "../../toolchain/paths.ts"

const run = (command: string, ...args: string[]): string =>
    execFileSync(command, args, {
        cwd: projectRoot,
        encoding: "utf8",
        stdio: ["ignore", "pipe", "ignore"],
        maxBuffer: 64e6,
    })

/** As npm would pack them now, without dist/. */
const packed = (
    JSON.parse(
        run("npm", "pack", "--dry-run", "--json", "--ignore-scripts")
    ) as [{ files: { path: string }[] }]
)[0].files
    .map(({ path }) => path)
    .filter(path => !path.startsWith("dist/"))
    .sort()

/** Of the repository, with those that are not yet added. */
const sources = run(
    "git",
    "ls-files",
    "--cached",
    "--others",
    "--exclude-standard"
)
    .split("\n")
    .filter(path => path !== "" && existsSync(join(projectRoot, path)))

/** Folders that ship whole: device code, C, and what the tools read or hash. */
const WHOLE = [
    "drivers",
    "firmware",
    "host/view/messages",
    "host/view/page",
    "kernel",
    "native",
    "protocol",
    "services",
    "sim/devicescript/stand-ins",
    "src",
    "templates",
    "toolchain/firmware",
    "toolchain/vm",
    "vision",
]
const SINGLE = [
    "LICENSE",
    "README.md",
    "host/camscript.mjs",
    "package.json",
    "sim/sensors/ov2640/jpeg/jpeg-worker.mjs",
    "toolchain/devicescript/compiler-preload.cjs",
    "toolchain/devicescript/compiler-process.cjs",
]

/** They look whether this is a clone. */
const LOOKS_FOR_A_CLONE = [
    "toolchain/paths.ts",
    "host/commands/bench/baseline.ts",
]

describe("the package", () => {
    it("has the files that it is meant to have", () => {
        const meant = sources.filter(
            path =>
                WHOLE.some(folder => path.startsWith(`${folder}/`)) ||
                SINGLE.includes(path) ||
                /^boards\/(?:sensor-modules\/)?[^/]+\.json$/.test(path) ||
                /^sim\/cortex-m\/.*\.[ch]$/.test(path) ||
                /^toolchain\/kernel\/.*\.mjs$/.test(path) ||
                /^docs\/(?:.*\.md|own-sensor\/.*)$/.test(path)
        )
        expect(packed).toEqual(meant.sort())
    })

    it("has whatever the tools look for in camscript's own folder", () => {
        const wanted = sources
            .filter(
                path =>
                    /^(?:boards|host|sim|toolchain)\/.*\.ts$/.test(path) &&
                    !LOOKS_FOR_A_CLONE.includes(path)
            )
            .flatMap(path => {
                const text = readFileSync(join(projectRoot, path), "utf8")
                const joined = /join\(\s*projectRoot,((?:\s*"[^"]+",?)+)\s*\)/g
                return [...text.matchAll(joined)].map(([, names]) =>
                    [...names!.matchAll(/"([^"]+)"/g)]
                        .map(([, name]) => name!)
                        .join("/")
                )
            })

        expect(wanted).toContain("native")
        expect(wanted).toContain("package.json")
        const missing = wanted.filter(
            name =>
                !packed.some(
                    path => path === name || path.startsWith(`${name}/`)
                )
        )
        expect(missing).toEqual([])
    })

    it("imports no package that it does not depend on", () => {
        const { dependencies } = JSON.parse(
            readFileSync(join(projectRoot, "package.json"), "utf8")
        ) as { dependencies: Record<string, string> }
        // The project brings vitest.
        const allowed = new Set([...Object.keys(dependencies), "vitest"])
        const imported = sources
            .filter(path =>
                /^(?:boards|host|protocol|sim|toolchain)\/.*\.(?:mjs|tsx?)$/.test(
                    path
                )
            )
            // It reads the TypeScript of a clone.
            .filter(path => path !== "host/camscript.mjs")
            .flatMap(path =>
                [
                    ...readFileSync(join(projectRoot, path), "utf8").matchAll(
                        /^(?:import|\} from|export .* from) [^\n]*?"(@?[a-z][^"]*)"$|import\("(@?[a-z][^"]*)"\)/gm
                    ),
                ].map(([, name, later]) => name ?? later!)
            )
            .filter(name => !/^(?:node:|@devicescript\/(?!cli))/.test(name))
            .map(name =>
                name
                    .split("/")
                    .slice(0, name.startsWith("@") ? 2 : 1)
                    .join("/")
            )

        expect(imported).toContain("commander")
        expect(
            [...new Set(imported)].filter(name => !allowed.has(name))
        ).toEqual([])
    })
})

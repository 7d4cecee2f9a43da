// SPDX-License-Identifier: MIT
// The files of a new project.

import { readFileSync } from "node:fs"
import { join } from "node:path"
import { projectRoot } from "../../../toolchain/paths.ts"
import type { InitOptions } from "./init-options.ts"

/** Versions of the tools that a project has beside camscript's own: those that its tests run with. */
const TOOLS = {
    "@types/node": "20.19.43",
    // DeviceScript's compiler has this version inside, and its libraries are clean under no newer one.
    typescript: "4.9.5",
    vitest: "4.1.12",
} as const

/** Packages of camscript that npm may let run their install scripts: each fetches or makes what fits this machine. */
const INSTALL_SCRIPTS = [
    "esbuild",
    "koffi",
    "@serialport/bindings-cpp",
] as const

/** package.json of a project; of one that is there already, what it lacks is added. */
export interface ProjectPackage {
    name?: string
    version?: string
    private?: boolean
    type?: string
    scripts?: Record<string, string>
    dependencies?: Record<string, string>
    devDependencies?: Record<string, string>
    allowScripts?: Record<string, boolean>
}

/**
 * Texts of all files but package.json, by path.
 * @param options what was asked for
 */
export function projectFiles(
    options: InitOptions
): ReadonlyMap<string, string> {
    const { example, withKernel, sensor, board } = options
    const common = (name: string) => template(`project/${name}`)
    const filled = (name: string) =>
        template(name).replace("BOARD", board).replace("SENSOR", sensor)
    const files = new Map([
        ["devsconfig.json", "{}\n"],
        ["tsconfig.json", common("tsconfig.json")],
        ["tsconfig.kernels.json", common("tsconfig.kernels.json")],
        ["test/tsconfig.json", common("test-tsconfig.json")],
        ["vitest.config.ts", common("vitest.config.ts")],
        [".gitignore", common("gitignore")],
        [".vscode/settings.json", common("vscode-settings.json")],
        [".vscode/launch.json", common("vscode-launch.json")],
        [
            ".vscode/extensions/camscript-debug/package.json",
            common("vscode-debugger.json"),
        ],
        [".vscode/extensions.json", common("vscode-extensions.json")],
        [".github/workflows/ci.yml", common("ci.yml")],
    ])
    if (withKernel) {
        files.set("src/main.ts", template("kernel/main.ts"))
        files.set("src/bright.kernel.ts", template("kernel/bright.kernel.ts"))
        files.set("test/bright.test.ts", filled("kernel/bright.test.ts"))
    } else if (example) {
        files.set("src/main.ts", example.text)
        files.set("test/run.test.ts", filled("example/run.test.ts"))
    } else {
        files.set("src/main.ts", template(`${sensor}/main.ts`))
        if (sensor === "mt9v034")
            files.set("src/crop.ts", template(`${sensor}/crop.ts`))
        files.set("test/crop.test.ts", filled(`${sensor}/crop.test.ts`))
    }
    return files
}

/**
 * A project's package.json.
 * @param present what is there already: none of it is changed
 * @param source of camscript, for npm
 */
export function projectPackage(
    { name, board, sensor, example }: InitOptions,
    present: ProjectPackage,
    source: string
): ProjectPackage {
    const camera = `--board ${board} --sensor ${sensor}`
    const run = [camera, ...(example?.runOptions ?? [])].join(" ")
    const installed = { ...present.dependencies, ...present.devDependencies }
    const tools = Object.entries({ camscript: source, ...TOOLS }).filter(
        ([tool]) => !(tool in installed)
    )
    return {
        name,
        version: "0.1.0",
        private: true,
        type: "module",
        ...present,
        scripts: {
            // npm install removes what DeviceScript's compiler has written into node_modules.
            prepare: "camscript libraries",
            start: `camscript run ${run}`,
            view: `camscript view ${camera}`,
            debug: `camscript debug ${camera}`,
            test: "vitest run",
            check: "camscript check && tsc --project . && tsc --project test",
            build: `camscript build ${camera}`,
            flash: `camscript flash ${camera}`,
            setup: "camscript setup",
            ...withoutNpmsOwn(present.scripts),
        },
        devDependencies: {
            ...present.devDependencies,
            ...Object.fromEntries(tools),
        },
        allowScripts: {
            ...Object.fromEntries(INSTALL_SCRIPTS.map(tool => [tool, true])),
            ...present.allowScripts,
        },
    }
}

/** `npm init` writes a script that only says that there are no tests. */
function withoutNpmsOwn(
    scripts: Readonly<Record<string, string>> = {}
): Record<string, string> {
    return Object.fromEntries(
        Object.entries(scripts).filter(
            ([, script]) => !script.includes("no test specified")
        )
    )
}

function template(name: string): string {
    return readFileSync(join(projectRoot, "templates", name), "utf8")
}

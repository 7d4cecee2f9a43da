// SPDX-License-Identifier: MIT
// Compiles the C of sim/cortex-m for the machine that runs the emulator, once per content.

import { spawnSync } from "node:child_process"
import { createHash } from "node:crypto"
import {
    existsSync,
    mkdirSync,
    readFileSync,
    renameSync,
    rmSync,
} from "node:fs"
import { join } from "node:path"
import { CamscriptError } from "../../protocol/errors.ts"
import { cacheFolder, projectRoot } from "../../toolchain/paths.ts"

const FLAGS = [
    "-std=c11",
    "-O2",
    // The hook is called before every instruction: it is to be one function.
    "-flto",
    "-fno-semantic-interposition",
    "-Wall",
    "-Wextra",
    "-Wconversion",
    "-Werror",
    "-fPIC",
    "-shared",
] as const

/** The library's name in Debian, with its major version: there is no libunicorn.so without the headers. */
const UNICORN = "-l:libunicorn.so.2"

const FOLDER = join(projectRoot, "sim", "cortex-m")
const CYCLES = ["flash", "instruction", "pipeline"]
const SOURCES = [
    "hooks.c",
    "stores.c",
    join("protection", "mpu.c"),
    join("tally", "runs.c"),
    join("tally", "tally.c"),
    ...CYCLES.map(name => join("cycles", `${name}.c`)),
]
const HEADERS = SOURCES.map(name => name.replace(/c$/, "h"))

/**
 * The compiled hook library of this checkout.
 * @returns path of the shared library
 * @throws CamscriptError when the compiler or libunicorn2 is missing; it says how to get it
 */
export function hookLibrary(): string {
    const sources = [...SOURCES, ...HEADERS].map(name =>
        readFileSync(join(FOLDER, name), "utf8")
    )
    const key = createHash("sha256")
        .update(JSON.stringify([FLAGS, UNICORN, process.arch, sources]))
        .digest("hex")
    const library = join(cacheFolder, `mcu-hooks-${key}.so`)
    if (existsSync(library)) return library
    mkdirSync(cacheFolder, { recursive: true })
    const temporary = `${library}.${process.pid}`
    compileHooks(temporary)
    renameSync(temporary, library)
    return library
}

/**
 * Compile it.
 * @param output the shared library
 * @param compiler the host's C compiler; others for tests
 * @throws CamscriptError when the compiler or libunicorn2 is missing
 */
export function compileHooks(output: string, compiler = "cc"): void {
    const sources = SOURCES.map(name => join(FOLDER, name))
    const result = spawnSync(
        compiler,
        [...FLAGS, ...sources, "-o", output, UNICORN],
        { encoding: "utf8" }
    )
    if (result.error)
        throw new CamscriptError(
            "the emulated board needs a C compiler and found no cc: install the Debian packages gcc and libc6-dev, " +
                "or run npm run setup"
        )
    if (result.status === 0) return
    rmSync(output, { force: true })
    if (/libunicorn\.so\.2/.test(result.stderr)) throw unicornMissing()
    throw new CamscriptError(
        `the C of sim/cortex-m does not compile:\n${result.stderr.trim()}`
    )
}

/** The error that names the package. */
export function unicornMissing(): CamscriptError {
    return new CamscriptError(
        "the emulated board needs Unicorn 2 (libunicorn.so.2): install the Debian package libunicorn2, " +
            "or run npm run setup"
    )
}

// SPDX-License-Identifier: MIT
// The conformance programs: built together, each with an image of its own.
//
// A build takes two seconds, so that all programs go into one, whose main program runs the one that a string names. The
// string is set in the bytecode: each image runs one program, from boot, in a VM of its own.

import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs"
import { join, relative } from "node:path"
import { cacheFolder, projectRoot } from "../../toolchain/paths.ts"
import { buildProgram } from "../../toolchain/devicescript/build-program.ts"
import type { Program } from "../../toolchain/devicescript/program.ts"

const folder = join(import.meta.dirname, "programs")

/** As long as any selection, so that one can be put in place of another. */
const SELECTION = "conformance program 00"

/** Names of the programs: the files of programs/ without ".ts". */
export const programNames: readonly string[] = readdirSync(folder)
    .filter(name => name.endsWith(".ts"))
    .map(name => name.slice(0, -".ts".length))
    .sort()

/**
 * Build all programs, or some of them, which makes each image smaller; from the cache when none has changed.
 * @param file of this name, another one for each choice
 */
export async function buildPrograms(
    names = programNames,
    file = "all"
): Promise<ReadonlyMap<string, Program>> {
    const build = join(cacheFolder, "conformance")
    const entry = join(build, `${file}.ts`)
    const text = entryText(names, relative(build, folder))
    mkdirSync(build, { recursive: true })
    if (readIfThere(entry) !== text) writeFileSync(entry, text)
    const all = await buildProgram(relative(projectRoot, entry))
    return new Map(names.map((name, index) => [name, select(all, name, index)]))
}

function entryText(names: readonly string[], path: string): string {
    const imports = names.map(
        (name, i) => `import { run as run${i} } from "${path}/${name}"`
    )
    const cases = names.map(
        (_, i) => `if (selected === "${selection(i)}") await run${i}()`
    )
    // The string is in one place only: the comparisons are with what follows its constant part.
    return [
        ...imports,
        `const selected = "${SELECTION}".slice(${SELECTION.length - 2})`,
        ...cases,
        `console.log("done")`,
        "",
    ].join("\n")
}

function selection(index: number): string {
    return String(index + 1).padStart(2, "0")
}

function select(all: Program, name: string, index: number): Program {
    const bytecode = Buffer.from(all.bytecode)
    const at = bytecode.indexOf(SELECTION)
    if (at < 0 || bytecode.indexOf(SELECTION, at + 1) >= 0)
        throw new Error(`"${SELECTION}" is not in the bytecode exactly once`)
    bytecode.write(selection(index), at + SELECTION.length - 2, "latin1")
    return { name, bytecode, debug: all.debug }
}

function readIfThere(file: string): string | undefined {
    try {
        return readFileSync(file, "utf8")
    } catch {
        return undefined
    }
}

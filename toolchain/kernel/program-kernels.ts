// SPDX-License-Identifier: MIT
// The kernels of a program: their clients are written before it is compiled, and what it imports of them goes with it.

import {
    existsSync,
    mkdirSync,
    readdirSync,
    readFileSync,
    renameSync,
    writeFileSync,
} from "node:fs"
import { basename, dirname, join, relative, sep } from "node:path"
import { ProgramError } from "../../protocol/errors.ts"
import { projectRoot, userProject } from "../paths.ts"
import {
    compileKernel,
    KERNEL_ENDING,
    type CompiledKernel,
} from "./compile-kernel.ts"
import { CLIENT_MARK, kernelClient } from "./kernel-client.ts"

/** Beside a kernel file: the folder of the clients. */
const CLIENTS = "kernels"

/** Where KernelCall is, below camscript's folder. */
const DRIVER = "drivers/grabber/kernel-call"

/**
 * Compile all kernel files in an entry file's folder and below, and write their clients where they are missing or old.
 * @param entry path of the program's entry file from the project's folder
 * @throws ProgramError when one does not compile, or two cannot be told apart
 */
export async function writeKernelClients(entry: string): Promise<void> {
    const folder = join(userProject, dirname(entry))
    const ids = new Map<number, string>()
    for (const file of kernelFiles(folder)) {
        const kernel = await compileKernel(file)
        const other = ids.get(kernel.id)
        if (other !== undefined)
            throw new ProgramError(
                `${kernel.file} and ${other} would have the same number, which follows from their paths: rename one of them.`
            )
        ids.set(kernel.id, kernel.file)
        writeClient(kernel)
    }
}

/**
 * The kernels that a program uses.
 * @param sources paths of all its files, from the project's folder
 */
export async function kernelsOf(
    sources: readonly string[]
): Promise<readonly CompiledKernel[]> {
    const files = sources.map(kernelOfClient).filter(file => file !== undefined)
    const kernels: CompiledKernel[] = []
    for (const file of files) kernels.push(await compileKernel(file))
    return kernels
}

/** "src/kernels/blobs.ts" is of "src/blobs.kernel.ts". */
function kernelOfClient(path: string): string | undefined {
    const parts = path.split("/")
    if (parts.at(-2) !== CLIENTS) return undefined
    const name = basename(path, ".ts") + KERNEL_ENDING
    const file = [...parts.slice(0, -2), name].join("/")
    if (existsSync(join(userProject, file))) return file
    const text = readFileSync(join(userProject, path), "utf8")
    if (!text.startsWith(CLIENT_MARK)) return undefined
    throw new ProgramError(
        `${path}: was made of ${file}, which is not there any more: bring it back, or do not import its functions, and delete ${path}.`
    )
}

const KERNEL_IMPORT =
    /^\s*import\b[^"']*from\s*["']([^"']*\/)?([^"'/]+)\.kernel(?:\.ts)?["']/m

/** @throws ProgramError with file and line when a program imports a kernel file itself, which is in another language */
export function refuseKernelImport(path: string, text: string): void {
    const found = KERNEL_IMPORT.exec(text)
    if (found === null) return
    const start = found.index + /^\s*/.exec(found[0])![0].length
    const line = text.slice(0, start).split("\n").length
    throw new ProgramError(
        `${path}:${line}: imports the kernel file ${found[2]}${KERNEL_ENDING}, which is compiled for itself: ` +
            `its functions for a program are in "${found[1] ?? "./"}${CLIENTS}/${found[2]}".`
    )
}

/** Absolute paths, in one order everywhere. */
function kernelFiles(folder: string): string[] {
    return readdirSync(folder, { withFileTypes: true })
        .sort((a, b) => (a.name < b.name ? -1 : 1))
        .flatMap(entry => {
            const path = join(folder, entry.name)
            if (entry.isFile())
                return entry.name.endsWith(KERNEL_ENDING) ? [path] : []
            const isOurs =
                entry.name === "node_modules" || entry.name.startsWith(".")
            return entry.isDirectory() && !isOurs ? kernelFiles(path) : []
        })
}

function writeClient(kernel: CompiledKernel): void {
    const source = join(userProject, kernel.file)
    const folder = join(dirname(source), CLIENTS)
    const file = join(folder, `${basename(source, KERNEL_ENDING)}.ts`)
    const text = kernelClient(kernel, driverFrom(folder))
    const before = existsSync(file) ? readFileSync(file, "utf8") : undefined
    if (before === text) return
    if (before !== undefined && !before.startsWith(CLIENT_MARK))
        throw new ProgramError(
            `${relative(userProject, file)} is in the way of what is made of ${kernel.file}, and was not made by camscript: rename one of them.`
        )
    mkdirSync(folder, { recursive: true })
    writeFileSync(`${file}.${process.pid}`, text)
    renameSync(`${file}.${process.pid}`, file)
}

/** A program in a clone finds camscript by its path, one of a project's own by its name. */
function driverFrom(folder: string): string {
    if (userProject !== projectRoot) return `camscript/${DRIVER}`
    return relative(folder, join(projectRoot, DRIVER)).split(sep).join("/")
}

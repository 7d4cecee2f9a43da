// SPDX-License-Identifier: MIT
// Compiles a kernel file (AssemblyScript) to WebAssembly, once per content (docs/kernels).

import { createHash } from "node:crypto"
import {
    existsSync,
    mkdirSync,
    readFileSync,
    renameSync,
    writeFileSync,
} from "node:fs"
import { dirname, isAbsolute, join, relative, resolve, sep } from "node:path"
import { ProgramError, UsageError } from "../../protocol/errors.ts"
import { announceBuild } from "../build-notes.ts"
import { cacheFolder, projectRoot, userProject } from "../paths.ts"
import { checkKernel, type KernelExports } from "./check-kernel.ts"
import {
    askCompiler,
    ASSEMBLYSCRIPT_VERSION,
    compilerText,
    KERNEL_MEMORY_BASE,
    OWN_BYTES_MAX,
    type CompilerMessage,
} from "./kernel-compiler.ts"

/** Ends the name of each kernel file. */
export const KERNEL_ENDING = ".kernel.ts"

/** Changes when the content of a cache entry does. */
const CACHE_FORMAT = 1

/** A compiled kernel file. */
export interface CompiledKernel extends KernelExports {
    /** Path from the project's folder, as "src/blobs.kernel.ts". */
    readonly file: string
    /** What a call names it by: 16 bits that follow from the path. */
    readonly id: number
    /** WebAssembly with MCU addresses, for the board's C. */
    readonly wasm: Uint8Array
    /** The same with calls at each access and each turn of a loop, for the simulator. */
    readonly checkedWasm: Uint8Array
    /** Bytes of its own memory, from KERNEL_MEMORY_BASE on. */
    readonly ownBytes: number
    /** From offsets in `checkedWasm` to lines, as JSON. */
    readonly sourceMap: string
    /** Texts of the files that went into it, by path from the project's folder; camscript's own begin with "camscript/". */
    readonly sources: Readonly<Record<string, string>>
}

interface CacheEntry extends Omit<CompiledKernel, "wasm" | "checkedWasm"> {
    readonly wasm: string
    readonly checkedWasm: string
}

/** Enough to see what is wrong. */
const MESSAGES_SHOWN = 5

/**
 * Compile a kernel file.
 *
 * @param file a .kernel.ts file below the project's folder; a relative path starts there
 * @param project the folder of the project
 * @throws UsageError when there is no such file, or it lies outside
 * @throws ProgramError with file, line and cause when it does not compile, or is no kernel
 */
export async function compileKernel(
    file: string,
    project = userProject
): Promise<CompiledKernel> {
    const name = kernelName(file, project)
    const cached = readCache(name, project)
    if (cached !== undefined) return cached
    announceBuild(`compiling ${name}`)
    const answer = await askCompiler(name, project)
    if (answer.messages.length > 0) throw compilerError(name, answer.messages)
    const { functions, records, wasm, checkedWasm, sourceMap, sources } = answer
    checkKernel(name, answer.text, { functions, records })
    const own = ownBytes(answer.text)
    if (own > OWN_BYTES_MAX)
        throw new ProgramError(
            `${name}: its own memory (bytes, words, ints, records and constants) has ${own} bytes, ${OWN_BYTES_MAX} are possible: ` +
                `keep less of a picture, for example half of its rows and columns.`
        )
    const kernel = {
        file: name,
        id: kernelId(name),
        functions,
        records,
        wasm,
        checkedWasm,
        ownBytes: own,
        sourceMap,
        sources,
    }
    writeCache(kernel)
    return kernel
}

/** A line of WebAssembly text for each piece of static memory: its address, and its content with escapes. */
const DATA = /^ \(data \S+ \(i32\.const (\d+)\) "(.*)"\)$/gm

function ownBytes(text: string): number {
    let end = KERNEL_MEMORY_BASE
    for (const [, address, content] of text.matchAll(DATA)) {
        const bytes = content!.replace(/\\(?:[0-9a-f]{2}|.)/g, "x").length
        end = Math.max(end, Number(address) + bytes)
    }
    return end - KERNEL_MEMORY_BASE
}

/** 16 bits of a kernel file's path: calls of it stay the same, whatever other kernels there are. */
export function kernelId(file: string): number {
    return createHash("sha256").update(file).digest().readUInt16LE(0)
}

function kernelName(file: string, project: string): string {
    const path = resolve(project, file)
    const name = relative(project, path)
    if (name.startsWith("..") || isAbsolute(name))
        throw new UsageError(
            `kernel ${path} lies outside of ${project}: put it into a folder of the project, src/ for example.`
        )
    if (!existsSync(path)) throw new UsageError(`kernel ${path}: no such file.`)
    if (!path.endsWith(KERNEL_ENDING))
        throw new UsageError(
            `kernel ${path}: the name of a kernel file ends with ${KERNEL_ENDING}, so that editor and compilers know its language.`
        )
    return name.split(sep).join("/")
}

/** What the compiler says in words that are no help. */
const EXPLANATIONS: Readonly<Record<string, string>> = {
    "Operation is unsafe.":
        "this needs memory by address or a heap (load, store, changetype, new, arrays, strings), which only camscript/kernel may do: " +
        "use Frame, Row and the other views, and memory of the kernel's own by bytes(), words(), ints() or records() at the top of the file.",
}

function compilerError(
    name: string,
    messages: readonly CompilerMessage[]
): ProgramError {
    const lines = messages.map(({ text, file, line }) => {
        const explained = EXPLANATIONS[text] ?? text
        return file === undefined ? explained : `${file}:${line}: ${explained}`
    })
    const shown = [...new Set(lines)].slice(0, MESSAGES_SHOWN)
    const more =
        lines.length > shown.length
            ? `\n  and ${lines.length - shown.length} more`
            : ""
    return new ProgramError(
        `${name} does not compile:\n  ${shown.join("\n  ")}${more}`
    )
}

function readCache(name: string, project: string): CompiledKernel | undefined {
    const text = readIfThere(cacheFile(name))
    if (text === undefined) return undefined
    const entry = JSON.parse(text) as CacheEntry
    for (const [path, source] of Object.entries(entry.sources))
        if (readIfThere(placeOf(path, project)) !== source) return undefined
    return {
        ...entry,
        wasm: new Uint8Array(Buffer.from(entry.wasm, "base64")),
        checkedWasm: new Uint8Array(Buffer.from(entry.checkedWasm, "base64")),
    }
}

function writeCache(kernel: CompiledKernel): void {
    const file = cacheFile(kernel.file)
    const text = JSON.stringify({
        ...kernel,
        wasm: Buffer.from(kernel.wasm).toString("base64"),
        checkedWasm: Buffer.from(kernel.checkedWasm).toString("base64"),
    })
    mkdirSync(dirname(file), { recursive: true })
    // Others see no file or the whole one.
    writeFileSync(`${file}.${process.pid}`, text)
    renameSync(`${file}.${process.pid}`, file)
}

function placeOf(path: string, project: string): string {
    return path.startsWith("camscript/")
        ? join(projectRoot, path.slice("camscript/".length))
        : join(project, path)
}

/** What goes into a kernel beside its sources: the compiler and how it is used. */
function cacheFile(name: string): string {
    const hash = createHash("sha256")
    hash.update(`${CACHE_FORMAT} ${ASSEMBLYSCRIPT_VERSION} ${name}\n`)
    hash.update(compilerText())
    return join(
        cacheFolder,
        "kernels",
        `${hash.digest("hex").slice(0, 32)}.json`
    )
}

function readIfThere(file: string): string | undefined {
    try {
        return readFileSync(file, "utf8")
    } catch {
        return undefined
    }
}

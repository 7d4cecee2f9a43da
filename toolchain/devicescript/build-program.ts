// SPDX-License-Identifier: MIT
// Compiles a DeviceScript program, or finds it in the cache.

import { createHash } from "node:crypto"
import {
    existsSync,
    mkdirSync,
    readdirSync,
    readFileSync,
    renameSync,
    writeFileSync,
} from "node:fs"
import {
    basename,
    dirname,
    isAbsolute,
    join,
    relative,
    resolve,
    sep,
} from "node:path"
import { CamscriptError, UsageError } from "../../protocol/errors.ts"
import { cacheFolder, projectRoot, userProject } from "../paths.ts"
import { withBuildLock } from "../build-lock.ts"
import { announceBuild } from "../build-notes.ts"
import { CLI_VERSION, findCli } from "./devicescript-cli.ts"
import { readDebugInfo, sourcesOf } from "./program.ts"
import type { DebugInfo, Program } from "./program.ts"
import { refuseForeignPins } from "./foreign-pins.ts"
import {
    kernelsOf,
    refuseKernelImport,
    writeKernelClients,
} from "../kernel/program-kernels.ts"
import { runCompiler } from "./run-compiler.ts"

/** Changes when the content of a cache entry does. */
const CACHE_FORMAT = 1
const PROGRAMS = join(cacheFolder, "programs")
const LOCK_FILE = join(cacheFolder, "build.lock")
/** Written by every build; editors and the type checker need them. */
const LIBRARIES = join(
    userProject,
    "node_modules",
    "@devicescript",
    "core",
    "src",
    "index.ts"
)

/** A build that is kept: it holds as long as each file it read has the same content. */
interface CacheEntry {
    /** sha256 by path from the project's folder. */
    readonly sources: Readonly<Record<string, string>>
    readonly bytecode: string
    readonly debug: DebugInfo
}

/**
 * Compile a DeviceScript entry file. Equal sources give equal bytes. Safe to call from several processes at once.
 *
 * @param entry a .ts file below the project's folder; a relative path starts there
 * @throws UsageError when there is no such file, or it lies outside
 * @throws ProgramError with file, line and message when it does not compile
 */
export async function buildProgram(entry: string): Promise<Program> {
    findCli()
    const name = entryName(entry)
    const file = cacheFile(name)
    await writeKernelClients(name)
    return (
        (await readCache(file, name)) ??
        (await withBuildLock(
            LOCK_FILE,
            async () =>
                (await readCache(file, name)) ?? (await compile(file, name))
        ))
    )
}

/**
 * Compile as `buildProgram` does, but always anew.
 */
export async function rebuildProgram(entry: string): Promise<Program> {
    const name = entryName(entry)
    await writeKernelClients(name)
    return withBuildLock(LOCK_FILE, () => compile(cacheFile(name), name))
}

/** A program with all that its compiler knows of it. */
export interface DebugImage {
    readonly program: Program
    /** bytecode-dbg.json, with the texts of all sources. */
    readonly debugJson: string
}

/**
 * Compile as `rebuildProgram` does, for a debugger: what the compiler knows is 600 KB, too much to keep of each program.
 */
export async function buildDebugImage(entry: string): Promise<DebugImage> {
    const name = entryName(entry)
    await writeKernelClients(name)
    return withBuildLock(LOCK_FILE, () => compileAll(cacheFile(name), name))
}

/**
 * Make sure that node_modules has the DeviceScript libraries (`@devicescript/core` and the others), with the services of
 * this project. They are not on npm: the compiler writes them, and `npm install` removes them again.
 */
export async function generateDeviceLibraries(): Promise<void> {
    findCli()
    const done = join(PROGRAMS, "libraries")
    const key = cacheKey("")
    const isDone = () => existsSync(LIBRARIES) && readIfThere(done) === key
    if (isDone()) return
    await withBuildLock(LOCK_FILE, async () => {
        if (isDone()) return
        const entry = join(PROGRAMS, "empty.ts")
        mkdirSync(PROGRAMS, { recursive: true })
        writeFileSync(entry, `console.log("")\n`)
        announceBuild("writing DeviceScript's libraries into node_modules")
        await runCompiler(entryName(entry))
        if (!existsSync(LIBRARIES))
            throw new CamscriptError(
                `the DeviceScript compiler did not write ${LIBRARIES}.`
            )
        writeAtOnce(done, key)
    })
}

/** @returns the path from the project's folder, with forward slashes */
function entryName(entry: string): string {
    const path = resolve(userProject, entry)
    const name = relative(userProject, path)
    if (name.startsWith("..") || isAbsolute(name))
        throw new UsageError(
            path.startsWith(projectRoot)
                ? `${userProject} is no project with camscript in it, where the DeviceScript compiler would find camscript and its libraries: ` +
                      `make one by "camscript init", or go to the folder of yours.`
                : `program ${path} lies outside of ${userProject}: the DeviceScript compiler finds its libraries only from there, ` +
                      `so put the program into a folder of the project, src/ for example.`
        )
    if (!path.endsWith(".ts") || !existsSync(path))
        throw new UsageError(
            `program ${path}: ${existsSync(path) ? "not a .ts file" : "no such file"}.`
        )
    return name.split(sep).join("/")
}

async function compile(file: string, name: string): Promise<Program> {
    return (await compileAll(file, name)).program
}

async function compileAll(file: string, name: string): Promise<DebugImage> {
    const text = readFileSync(join(userProject, name), "utf8")
    refuseForeignPins(name, text)
    refuseKernelImport(name, text)
    announceBuild(`compiling ${name}`)
    const { bytecode, debugJson } = await runCompiler(name)
    const debug = readDebugInfo(debugJson)
    const sources: Record<string, string> = {}
    // The text that was compiled, not the file: somebody may have saved it meanwhile.
    for (const { path, text } of sourcesOf(debugJson))
        if (isOwnSource(path)) {
            refuseForeignPins(path, text)
            sources[path] = sha256(text)
        }
    const entry: CacheEntry = {
        sources,
        bytecode: Buffer.from(bytecode).toString("base64"),
        debug,
    }
    writeAtOnce(file, JSON.stringify(entry))
    const kernels = await kernelsOf(Object.keys(sources))
    return { program: { name, bytecode, debug, kernels }, debugJson }
}

async function readCache(
    file: string,
    name: string
): Promise<Program | undefined> {
    const text = readIfThere(file)
    if (text === undefined) return undefined
    const { sources, bytecode, debug } = JSON.parse(text) as CacheEntry
    for (const [path, hash] of Object.entries(sources)) {
        const source = readIfThere(join(userProject, path))
        if (source === undefined || sha256(source) !== hash) return undefined
    }
    return {
        name,
        bytecode: new Uint8Array(Buffer.from(bytecode, "base64")),
        debug,
        kernels: await kernelsOf(Object.keys(sources)),
    }
}

/** Libraries follow from the compiler's version and the services, which are in the key. */
function isOwnSource(path: string): boolean {
    return !path.startsWith("node_modules/@devicescript/")
}

function cacheFile(name: string): string {
    return join(PROGRAMS, `${cacheKey(name)}.json`)
}

/** What goes into a program beside its sources: the compiler, the services, and the package's name and version. */
function cacheKey(name: string): string {
    const project = JSON.parse(
        readIfThere(join(userProject, "package.json")) ?? "{}"
    ) as { name?: string; version?: string }
    const hash = createHash("sha256")
    hash.update(
        `${CACHE_FORMAT} ${CLI_VERSION} ${project.name} ${project.version} ${name}\n`
    )
    for (const path of [
        join(userProject, "devsconfig.json"),
        ...serviceFiles(),
    ])
        hash.update(`${basename(path)}\n${readIfThere(path) ?? ""}\n`)
    return hash.digest("hex").slice(0, 32)
}

/** camscript's, and the project's own. */
function serviceFiles(): string[] {
    const folders = new Set(
        [projectRoot, userProject].map(folder => join(folder, "services"))
    )
    return [...folders].flatMap(folder =>
        existsSync(folder)
            ? readdirSync(folder)
                  .filter(file => file.endsWith(".md"))
                  .sort()
                  .map(file => join(folder, file))
            : []
    )
}

/** Other processes see the old file or the whole new one. */
function writeAtOnce(file: string, text: string): void {
    mkdirSync(dirname(file), { recursive: true })
    writeFileSync(`${file}.${process.pid}`, text)
    renameSync(`${file}.${process.pid}`, file)
}

function readIfThere(file: string): string | undefined {
    try {
        return readFileSync(file, "utf8")
    } catch {
        return undefined
    }
}

function sha256(text: string): string {
    return createHash("sha256").update(text).digest("hex")
}

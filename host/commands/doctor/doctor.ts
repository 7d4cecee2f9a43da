// SPDX-License-Identifier: MIT
// `camscript doctor`: what is installed, what is missing, how to get it.

import { spawnSync } from "node:child_process"
import {
    existsSync,
    mkdirSync,
    readFileSync,
    rmSync,
    statfsSync,
    writeFileSync,
} from "node:fs"
import { dirname, join } from "node:path"
import pc from "picocolors"
import { boardNames, readBoard } from "../../../boards/board-file.ts"
import {
    cacheFolder,
    projectRoot,
    userProject,
} from "../../../toolchain/paths.ts"
import {
    FLASH_PACKAGES,
    FLASH_TOOLS,
    inPath,
    TOOLS,
    type Tool,
} from "../../../toolchain/tools.mjs"
import type { Colours, Terminal } from "../../terminal.ts"

/** One line of `camscript doctor`. */
export interface Finding {
    readonly name: string
    readonly ok: boolean
    /** True: `npm start` works without it, and the doctor is content without it. */
    readonly optional: boolean
    /** What is there, or what is wrong. */
    readonly found: string
    /** What cannot be done without an optional part; null for what everything needs. */
    readonly purpose: string | null
    /** How to get what is missing; null when nothing is. */
    readonly remedy: string | null
}

/** `camscript doctor --json`. */
export interface DoctorReport {
    /** All that `npm start` needs is there. */
    readonly ok: boolean
    readonly checks: readonly Finding[]
}

/** Returns what was found, or throws with what is wrong. */
export interface Check {
    readonly name: string
    readonly remedy: string
    /** Given: the check is optional, and this is what needs it. */
    readonly purpose?: string
    readonly look: () => string | Promise<string>
}

/** Compiled programs, C code and images of a few hundred runs. */
const FREE_BYTES_NEEDED = 200e6

const NODE_NEEDED = [20, 19] as const

const REINSTALL = `run "npm ci" in ${userProject}`

/** What `npm start` needs, cheapest first. */
export const CHECKS: readonly Check[] = [
    {
        name: "Node.js",
        remedy: "install Node.js 20.19 or newer, from nodejs.org or by nvm",
        look: nodeVersion,
    },
    { name: "npm packages", remedy: REINSTALL, look: packageVersions },
    { name: "DeviceScript VM", remedy: REINSTALL, look: vmWorks },
    {
        name: "DeviceScript libraries",
        remedy: `run "npx camscript check" in ${userProject}`,
        look: deviceLibraries,
    },
    { name: "C compiler", remedy: REINSTALL, look: compilerWorks },
    { name: "images (sharp)", remedy: REINSTALL, look: sharpWorks },
    {
        name: "board files",
        remedy: "mend the file in boards/",
        look: boardsAreValid,
    },
    {
        name: "cache folder",
        remedy: `make ${cacheFolder} writable`,
        look: cacheIsWritable,
    },
    {
        name: "free disk",
        remedy: `free ${FREE_BYTES_NEEDED / 1e6} MB on the disk of ${userProject}`,
        look: freeDisk,
    },
]

/**
 * The tools of the firmware, the emulator and the gate: one check per tool of `npm run setup`, and one for the programs that
 * write flash. None is needed by `npm start`, so that none makes the doctor fail.
 */
const TOOL_CHECKS: readonly Check[] = [
    ...TOOLS.map(toolCheck),
    {
        name: "flash tool",
        purpose: "writes the firmware into a board (camscript flash)",
        remedy: `any one of ${FLASH_TOOLS.join(", ")}; Debian: sudo apt-get install ${FLASH_PACKAGES[0]} (or ${FLASH_PACKAGES.slice(1).join(", ")})`,
        look: flashTools,
    },
]

/**
 * Look at everything and print it.
 * @returns whether all that `npm start` needs is there
 */
export async function doctor(
    terminal: Terminal,
    json: boolean,
    checks: readonly Check[] = [...CHECKS, ...TOOL_CHECKS]
): Promise<boolean> {
    const findings: Finding[] = []
    for (const check of checks) findings.push(await examine(check))
    const ok = findings.every(finding => finding.ok || finding.optional)
    if (json) {
        const report: DoctorReport = { ok, checks: findings }
        terminal.out(`${JSON.stringify(report)}\n`)
    } else terminal.out(`${doctorLines(findings, terminal).join("\n")}\n`)
    return ok
}

async function examine(check: Check): Promise<Finding> {
    const { name, remedy, look, purpose } = check
    const part = {
        name,
        optional: purpose !== undefined,
        purpose: purpose ?? null,
    }
    try {
        return { ...part, ok: true, found: await look(), remedy: null }
    } catch (error) {
        const found = error instanceof Error ? error.message : String(error)
        return { ...part, ok: false, found, remedy }
    }
}

function doctorLines(
    findings: readonly Finding[],
    terminal: Terminal
): string[] {
    const colours = pc.createColors(terminal.colour)
    const width = Math.max(...findings.map(finding => finding.name.length)) + 2
    const line = ({ name, ok, optional, found, purpose, remedy }: Finding) => {
        const mark = ok
            ? colours.green("ok     ")
            : optional
              ? colours.yellow("absent ")
              : colours.red("missing")
        const advice = [
            ...(ok || purpose === null ? [] : [`what for: ${purpose}`]),
            ...(remedy === null ? [] : [`to mend it: ${remedy}`]),
        ].map(text => `\n          ${text}`)
        // Compilers are talkative; --json has all of it.
        const [headline] = found.split("\n")
        return `  ${mark} ${name.padEnd(width)}${headline}${advice.join("")}`
    }
    const needed = findings.filter(finding => !finding.optional)
    const rest = findings.filter(finding => finding.optional)
    const section = (title: string, part: readonly Finding[]) =>
        part.length === 0 ? [] : ["", `  ${title}`, "", ...part.map(line)]
    return [
        ...needed.map(line),
        ...section(
            "For firmware, the emulator and npm test; npm start needs none of it:",
            rest
        ),
        "",
        verdict(needed, rest, colours),
    ]
}

function verdict(
    needed: readonly Finding[],
    optional: readonly Finding[],
    colours: Colours
): string {
    const bad = (part: readonly Finding[]) =>
        part.filter(finding => !finding.ok).length
    const missing = bad(needed)
    if (missing > 0)
        return `  ${colours.red(`${missing} of ${needed.length} checks failed`)}`
    const absent = bad(optional)
    const rest = absent === 0 ? "" : `; ${absent} optional parts are absent`
    return `  ${colours.green("all is well")}${rest}: try npm start`
}

function nodeVersion(): string {
    const [major, minor] = process.versions.node.split(".").map(Number)
    const [majorNeeded, minorNeeded] = NODE_NEEDED
    const enough =
        major! > majorNeeded || (major === majorNeeded && minor! >= minorNeeded)
    if (!enough)
        throw new Error(
            `${process.version} is older than ${NODE_NEEDED.join(".")}`
        )
    return process.version
}

interface PackageJson {
    readonly version: string
    readonly dependencies?: Readonly<Record<string, string>>
}

function readPackage(folder: string): PackageJson {
    const text = readFileSync(join(folder, "package.json"), "utf8")
    return JSON.parse(text) as PackageJson
}

function packageVersions(): string {
    const wanted = Object.entries(readPackage(projectRoot).dependencies ?? {})
    const wrong = wanted.flatMap(([name, version]) => {
        // npm puts them beside camscript, or below it where a project needs another version.
        const folder = [
            join(projectRoot, "node_modules", name),
            join(dirname(projectRoot), name),
        ].find(path => existsSync(path))
        if (folder === undefined) return [`${name} is not installed`]
        const found = readPackage(folder).version
        return found === version
            ? []
            : [`${name} is ${found} instead of ${version}`]
    })
    if (wrong.length > 0) throw new Error(wrong.join(", "))
    return `${wanted.length} packages, all as pinned`
}

async function vmWorks(): Promise<string> {
    const { vmImage, VM_SHA256 } =
        await import("../../../toolchain/vm/vm-image.ts")
    vmImage({ archId: "dctr", gcHeapBytes: 24 * 1024 })
    return `sha256 ${VM_SHA256.slice(0, 16)}, as expected`
}

function deviceLibraries(): string {
    const names = ["core", "drivers", "i2c"]
    const missing = names.filter(
        name =>
            !existsSync(
                join(userProject, "node_modules", "@devicescript", name)
            )
    )
    if (missing.length > 0)
        throw new Error(
            `node_modules/@devicescript lacks ${missing.join(", ")}`
        )
    return "generated"
}

async function compilerWorks(): Promise<string> {
    const { compileNative } =
        await import("../../../toolchain/wasm/compile-native.ts")
    const module = await compileNative()
    return `native code compiles, ${WebAssembly.Module.exports(module).length} exports`
}

async function sharpWorks(): Promise<string> {
    const { default: sharp } = await import("sharp")
    const pixels = Uint8Array.of(0, 255)
    const raw = { width: 2, height: 1, channels: 1 } as const
    const png = await sharp(pixels, { raw }).png().toBuffer()
    const { width } = await sharp(png).metadata()
    if (width !== 2) throw new Error("a PNG does not read as it was written")
    return `writes and reads PNG, libvips ${sharp.versions.vips}`
}

function boardsAreValid(): string {
    const names = boardNames()
    for (const name of names) readBoard(name)
    return names.join(", ")
}

function cacheIsWritable(): string {
    const probe = join(cacheFolder, `.doctor-${process.pid}`)
    mkdirSync(cacheFolder, { recursive: true })
    writeFileSync(probe, "")
    rmSync(probe)
    return cacheFolder
}

function freeDisk(): string {
    const { bavail, bsize } = statfsSync(userProject)
    const free = bavail * bsize
    const text = `${(free / 1e9).toFixed(1)} GB`
    if (free < FREE_BYTES_NEEDED) throw new Error(`only ${text}`)
    return text
}

/** @param tool one of toolchain/tools.mjs */
export function toolCheck(tool: Tool): Check {
    return {
        name: tool.name,
        purpose: tool.purpose,
        remedy: `run "npm run setup" in ${userProject}, or install ${tool.elsewhere} (Debian: ${tool.debian.join(", ")})`,
        look: async () => {
            const place = tool.find()
            if (place === undefined) throw new Error("not found")
            return tool.name === "Unicorn 2"
                ? `${await unicornVersion(place)}, ${place}`
                : `${place}${versionOf(place)}`
        },
    }
}

/**
 * Load the library as the emulator does; a file that is there need not be one for this Node.
 * @throws Error with the loader's words
 */
async function unicornVersion(file: string): Promise<string> {
    const { default: koffi } = await import("koffi")
    const library = koffi.load(file)
    try {
        // unsigned int uc_version(unsigned int *major, unsigned int *minor): 8 bits each for major, minor, patch, extra.
        const version = library.func("uint32_t uc_version(void *, void *)")
        const packed = (version as (...out: null[]) => number)(null, null)
        return `loads, version ${packed >>> 24}.${(packed >>> 16) & 0xff}.${(packed >>> 8) & 0xff}`
    } finally {
        library.unload()
    }
}

/** ", version 1.2.3" by the tool's own word; empty when it does not give one, or is no program. */
function versionOf(file: string): string {
    const { stdout } = spawnSync(file, ["--version"], {
        encoding: "utf8",
        timeout: 10_000,
    })
    const version = /\d+(?:\.\d+)+/.exec((stdout ?? "").split("\n")[0] ?? "")
    return version ? `, version ${version[0]}` : ""
}

function flashTools(): string {
    const found = FLASH_TOOLS.filter(name => inPath(name) !== undefined)
    if (found.length === 0)
        throw new Error(`none of ${FLASH_TOOLS.join(", ")} is in PATH`)
    return found.join(", ")
}

// SPDX-License-Identifier: MIT
// Compiles native/*.c to wasm32, once per content.

import { createHash } from "node:crypto"
import {
    mkdirSync,
    readdirSync,
    readFileSync,
    renameSync,
    writeFileSync,
} from "node:fs"
import { basename, join } from "node:path"
import { CamscriptError } from "../../protocol/errors.ts"
import { cacheFolder, isPackage, packageBuild, projectRoot } from "../paths.ts"
import { withBuildLock } from "../build-lock.ts"
import { announceBuild } from "../build-notes.ts"

/** File name to text. */
export type Sources = Readonly<Record<string, string>>

/** What every file must pass, on every target. */
export const WARNING_FLAGS = [
    "-std=c11",
    "-O2",
    "-ffreestanding",
    "-Wall",
    "-Wextra",
    "-Wconversion",
    "-Werror",
] as const

/** Start of the MCU's SRAM: a wasm address is an MCU address. */
const GLOBAL_BASE = 0x20000000

/** Below address 0x4000, where the MCU has its flash: no DMA ever writes there. */
const STACK_BYTES = 16384

const EXPORTS = [
    "cam_i2c_suspect",
    "cam_i2c_watch",
    "cam_init",
    "cam_poll",
    "cam_program_ended",
    "cam_bus_transfer",
    "DCMI_IRQHandler",
    "DMA2_Stream1_IRQHandler",
    "EXTI0_IRQHandler",
    "EXTI1_IRQHandler",
    "EXTI2_IRQHandler",
    "EXTI3_IRQHandler",
    "EXTI4_IRQHandler",
    "EXTI9_5_IRQHandler",
    "EXTI15_10_IRQHandler",
    "cam_board",
    "cam_board_pins",
    "cam_request",
    "__data_end",
] as const

const WASM_FLAGS = [
    "--target=wasm32",
    ...WARNING_FLAGS,
    "-nostdlib",
    "-Wl,--no-entry,--import-memory,--stack-first",
    `-Wl,--global-base=${GLOBAL_BASE},-z,stack-size=${STACK_BYTES}`,
]

/** All C files of native/ and its folders, by name without folder: includes name them so. */
export function nativeSources(): Sources {
    const folder = join(projectRoot, "native")
    const paths = readdirSync(folder, { recursive: true })
        .map(String)
        .filter(path => /\.[ch]$/.test(path))
        .sort()
    return Object.fromEntries(
        paths.map(path => [
            basename(path),
            readFileSync(join(folder, path), "utf8"),
        ])
    )
}

/** In the package. */
export const PREBUILT = join(packageBuild, "native.wasm")

/** The native code as a wasm module: the package has it compiled, a clone compiles it when no earlier run has cached it. */
export async function compileNative(): Promise<WebAssembly.Module> {
    return isPackage
        ? WebAssembly.compile(readFileSync(PREBUILT))
        : compileSources(nativeSources())
}

/**
 * The same for other sources, or with more functions exported, as tests have them.
 * @throws CamscriptError with the compiler's own text
 */
export async function compileSources(
    sources: Sources,
    moreExports: readonly string[] = []
): Promise<WebAssembly.Module> {
    return WebAssembly.compile(await wasmOf(sources, moreExports))
}

/** The bytes of such a module. */
export async function wasmOf(
    sources: Sources,
    moreExports: readonly string[] = []
): Promise<Uint8Array<ArrayBuffer>> {
    const flags = [
        ...WASM_FLAGS,
        ...[...EXPORTS, ...moreExports].map(name => `-Wl,--export=${name}`),
    ]
    const key = cacheKey(sources, flags)
    const file = join(cacheFolder, `native-${key}.wasm`)
    return (
        readIfThere(file) ??
        (await withBuildLock(
            `${file}.lock`,
            async () =>
                readIfThere(file) ?? (await compile(file, flags, sources))
        ))
    )
}

async function compile(
    file: string,
    flags: readonly string[],
    sources: Sources
): Promise<Uint8Array<ArrayBuffer>> {
    announceBuild("compiling the native C for the simulator")
    const output = await runClang(
        [...flags, ...cFiles(sources), "-o", "native.wasm"],
        sources
    )
    const wasm = Uint8Array.from(output["native.wasm"] as Uint8Array)
    writeAtomically(file, wasm)
    return wasm
}

/**
 * Run clang on sources in a folder "native".
 * @returns the files it made
 * @throws CamscriptError when it finds an error, with its text
 */
export async function runClang(
    flags: readonly string[],
    sources: Sources
): Promise<Readonly<Record<string, unknown>>> {
    // Only here: loading the compiler takes longer than a cached start.
    const { commands, runLLVM } = await import("@yowasp/clang")
    // Unpacks the compiler without a word on stdout, where --json has its object.
    await runLLVM(undefined, {}, { fetchProgress: () => {} })
    let text = ""
    const decoder = new TextDecoder()
    const collect = (bytes: Uint8Array | null): void => {
        text += bytes === null ? "" : decoder.decode(bytes, { stream: true })
    }
    try {
        const files = await commands.clang(
            [...flags],
            { native: { ...sources } },
            { stdout: collect, stderr: collect }
        )
        return files ?? {}
    } catch (error) {
        const reason = text.trim() === "" ? String(error) : text.trim()
        throw new CamscriptError(`native code does not compile:\n${reason}`)
    }
}

/** Paths of the C files as the compiler sees them. */
export function cFiles(sources: Sources): readonly string[] {
    return Object.keys(sources)
        .filter(name => name.endsWith(".c"))
        .map(name => `native/${name}`)
}

function cacheKey(sources: Sources, flags: readonly string[]): string {
    const { dependencies } = JSON.parse(
        readFileSync(join(projectRoot, "package.json"), "utf8")
    ) as { dependencies: Readonly<Record<string, string>> }
    const parts = [dependencies["@yowasp/clang"], flags, sources]
    return createHash("sha256").update(JSON.stringify(parts)).digest("hex")
}

function readIfThere(file: string): Uint8Array<ArrayBuffer> | undefined {
    try {
        return Uint8Array.from(readFileSync(file))
    } catch {
        return undefined
    }
}

/** Other processes see no file or the whole one. */
function writeAtomically(file: string, bytes: Uint8Array): void {
    mkdirSync(cacheFolder, { recursive: true })
    const temporary = `${file}.${process.pid}`
    writeFileSync(temporary, bytes)
    renameSync(temporary, file)
}

// SPDX-License-Identifier: MIT
// Compiles a fuzz target with the C code that it tries, for this computer, by clang with libFuzzer, AddressSanitizer and
// UndefinedBehaviorSanitizer.

import { execFile } from "node:child_process"
import { readdirSync, statSync } from "node:fs"
import { dirname, join } from "node:path"
import { promisify } from "node:util"
import { projectRoot } from "../../../toolchain/paths.ts"

const run = promisify(execFile)
const TARGETS = import.meta.dirname

/** C files that each target is compiled with: files, and folders with all that is in them. */
const SOURCES = {
    grabber: ["native", "test/support/fuzz/board.c"],
    jpeg: ["jpeg_check", "jpeg_huffman", "jpeg_scan"].map(
        name => `native/capture/jpeg/${name}.c`
    ),
    link: [
        "native",
        "firmware/codec",
        "firmware/link",
        "test/support/fuzz/board.c",
    ],
    slots: ["firmware/slots/slots.c", "firmware/codec/crc32.c"],
    strtod: ["firmware/vm/strtod.c"],
} as const
export type FuzzTarget = keyof typeof SOURCES
export const FUZZ_TARGETS = Object.keys(SOURCES) as FuzzTarget[]

/** The target has a USART of its own. */
const LEFT_OUT = "firmware/link/usart.c"

// The seam of the simulator: registers by calls. Its attributes are for wasm only. Addresses have 32 bits.
const FLAGS = [
    "-std=c11",
    "-O1",
    "-g",
    "-D__wasm__",
    "-D_GNU_SOURCE",
    "-Wall",
    "-Wextra",
    "-Werror",
    "-Wno-ignored-attributes",
    "-Wno-unknown-attributes",
    "-fno-pie",
    "-no-pie",
    "-fsanitize=fuzzer,address,undefined",
    "-fno-sanitize-recover=undefined",
]

/** @returns the executable, in `folder` */
export async function buildFuzzer(
    target: FuzzTarget,
    folder: string
): Promise<string> {
    const sources = SOURCES[target].flatMap(cFiles)
    const includes = ["native", "firmware"].flatMap(root =>
        foldersOf(join(projectRoot, root)).map(name => `-I${name}`)
    )
    const executable = join(folder, target)
    await run("clang", [
        ...FLAGS,
        ...includes,
        `-I${TARGETS}`,
        join(TARGETS, `${target}.c`),
        ...sources.map(name => join(projectRoot, name)),
        "-o",
        executable,
    ])
    return executable
}

function cFiles(name: string): string[] {
    if (statSync(join(projectRoot, name)).isFile()) return [name]
    return readdirSync(join(projectRoot, name), { recursive: true })
        .map(file => `${name}/${String(file)}`)
        .filter(file => file.endsWith(".c") && file !== LEFT_OUT)
        .sort()
}

function foldersOf(root: string): string[] {
    const files = readdirSync(root, { recursive: true }).map(String)
    return [...new Set(files.map(file => dirname(join(root, file))))].sort()
}

/** How long a fuzzer tries: so many inputs, or so many seconds. */
export type Effort = { readonly inputs: number } | { readonly seconds: number }

/**
 * Try inputs. What it finds stays in `found`.
 * @param corpus inputs to begin with; not written to
 * @returns what the fuzzer wrote; undefined when it found nothing
 */
export async function fuzz(
    executable: string,
    corpus: string,
    found: string,
    effort: Effort
): Promise<string | undefined> {
    const words = [
        "-seed=1",
        "-max_len=2000",
        // An input that needs more does not end.
        "-timeout=120",
        `-artifact_prefix=${found}/`,
        "inputs" in effort
            ? `-runs=${effort.inputs}`
            : `-max_total_time=${effort.seconds}`,
        // New inputs go to the first folder.
        found,
        corpus,
    ]
    return run(executable, words, { maxBuffer: 1 << 28 }).then(
        () => undefined,
        (error: { stderr?: string; message: string }) =>
            (error.stderr ?? error.message).slice(-10_000)
    )
}

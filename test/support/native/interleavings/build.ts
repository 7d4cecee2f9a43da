// SPDX-License-Identifier: MIT
// Compiles native/capture and what it needs for this computer, with a call before each access to memory, and the search
// around it (main.c says how they fit).

import { execFile } from "node:child_process"
import { mkdirSync, readdirSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { promisify } from "node:util"
import {
    nativeSources,
    type Sources,
} from "../../../../toolchain/wasm/compile-native.ts"

const run = promisify(execFile)

/** Needs the VM's side of the grabber, which is not searched. */
const LEFT_OUT =
    /^(bus|cam|grabber\w*|jacdac|board_pins|pin_edges|program_pins)\.c$/
// The seam of the simulator: registers by calls. Its attributes are for wasm only.
const FLAGS = ["-std=c11", "-g", "-fno-pie", "-D__wasm__", "-Wno-attributes"]
const WATCHED = [
    "-O1",
    "-fsanitize=thread",
    "--param=tsan-distinguish-volatile=1",
]
const HARNESS = import.meta.dirname

/**
 * Compile.
 * @param folder where to; the executable is `interleavings` in it
 * @param sources of native/, perhaps with a mistake planted
 */
export async function buildInterleavings(
    folder: string,
    sources: Sources = nativeSources()
): Promise<string> {
    mkdirSync(folder, { recursive: true })
    for (const [name, text] of Object.entries(sources))
        writeFileSync(join(folder, name), text)
    const native = Object.keys(sources).filter(
        name => name.endsWith(".c") && !LEFT_OUT.test(name)
    )
    const harness = readdirSync(HARNESS).filter(name => name.endsWith(".c"))
    const objects = [
        ...(await compile(folder, folder, native, WATCHED)),
        ...(await compile(folder, HARNESS, harness, [
            "-O2",
            "-Wall",
            "-Wextra",
            "-Werror",
            "-D_GNU_SOURCE",
            `-I${HARNESS}`,
        ])),
    ]
    const executable = join(folder, "interleavings")
    await run("gcc", ["-no-pie", ...objects, "-o", executable])
    return executable
}

async function compile(
    folder: string,
    from: string,
    names: readonly string[],
    flags: readonly string[]
): Promise<string[]> {
    const objects = names.map(name => join(folder, `${name}.o`))
    for (const [i, name] of names.entries())
        await run("gcc", [
            ...FLAGS,
            ...flags,
            `-I${folder}`,
            "-c",
            join(from, name),
            "-o",
            objects[i]!,
        ])
    return objects
}

/** In the order of call_t. */
const CALLS = [
    "next",
    "release",
    "release newest",
    "skip",
    "pin",
    "unpin",
    "restart",
    "abort",
    "watch",
] as const

/** What is tried in every combination. */
export interface Scenario {
    readonly buffers: number
    /** A window smaller than the frame: FRAME comes before VSYNC. */
    readonly crop?: boolean
    readonly keepNewest?: boolean
    readonly settle?: number
    /** Of the sensor, before the quiet end. */
    readonly frames: number
    /** Of the program or the link, each of nine kinds. */
    readonly calls: number
    /** The first ones of them, which are these in any case. */
    readonly firstCalls?: readonly (typeof CALLS)[number][]
    /** How a frame may go: 1: whole; 2: also with a word in the FIFO at FRAME; 3: also short; 4: also a DMA error. */
    readonly outcomes: number
    /** The first ones, which go well in any case. */
    readonly wholeFrames?: number
    /** Events that may come while interrupts are masked or one is served. */
    readonly late: number
    /** Of the millisecond's interrupt. */
    readonly ticks?: number
}

export interface SearchResult {
    /** Everything was tried. */
    readonly complete: boolean
    /** Different ones at which something else could have happened. */
    readonly states: number
    readonly runs: number
    readonly choices: number
    /** Empty: nothing was wrong. */
    readonly complaint: string
    /** The events of the run that was wrong. */
    readonly events: string
}

/** Search one scenario. */
export async function search(
    executable: string,
    scenario: Scenario
): Promise<SearchResult> {
    const { buffers, frames, calls, outcomes, late } = scenario
    const { crop, keepNewest, settle, wholeFrames, firstCalls, ticks } =
        scenario
    const words = [
        buffers,
        Number(crop ?? false),
        Number(keepNewest ?? false),
        settle ?? 0,
        frames,
        calls,
        outcomes,
        wholeFrames ?? 0,
        late,
        ticks ?? 0,
        (firstCalls ?? []).map(call => CALLS.indexOf(call)).join(""),
    ]
    const output = await run(executable, words.map(String)).then(
        ({ stdout }) => stdout,
        // 1: a complaint. Anything else is none.
        (error: { code?: unknown; stdout: string }) => {
            if (error.code !== 1) throw error
            return error.stdout
        }
    )
    const lines = output.trimEnd().split("\n")
    return {
        ...(JSON.parse(lines.at(-1)!) as Omit<SearchResult, "events">),
        events: lines.slice(0, -1).join("\n"),
    }
}

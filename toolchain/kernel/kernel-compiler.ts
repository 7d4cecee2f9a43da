// SPDX-License-Identifier: MIT
// The AssemblyScript compiler: a thread (compiler-worker.mjs) that stays for the next file. It takes a second to load, and a tenth of
// one for each file after the first. It holds no process back from its end.

import { existsSync, readFileSync } from "node:fs"
import { dirname, join } from "node:path"
import { fileURLToPath } from "node:url"
import { Worker } from "node:worker_threads"
import { CamscriptError } from "../../protocol/errors.ts"
import { projectRoot } from "../paths.ts"
import type { KernelExports } from "./check-kernel.ts"

/** The only version that kernels have been measured with. */
export const ASSEMBLYSCRIPT_VERSION = "0.28.20"

/**
 * Where a kernel's own memory begins in the simulator: below the SRAM, where the MCU has none that C or DMA could use. On a board
 * it is a symbol.
 */
export const KERNEL_MEMORY_BASE = 0x1f000000

/** A kernel's own memory is at most that large: half of the RAM of the board that this is for. */
export const OWN_BYTES_MAX = 0x10000

const FOLDER = dirname(fileURLToPath(import.meta.url))

export interface CompilerMessage {
    readonly text: string
    /** Path as the compiler has it, and line. */
    readonly file?: string
    readonly line?: number
}

/** What compiler-worker.mjs answers; with messages it has nothing else but `sources`. */
export interface CompilerAnswer extends KernelExports {
    readonly messages: readonly CompilerMessage[]
    /** Texts of all files that were read, by path. */
    readonly sources: Readonly<Record<string, string>>
    readonly wasm: Uint8Array
    readonly checkedWasm: Uint8Array
    /** WebAssembly text of `wasm`, with the lines that it comes from. */
    readonly text: string
    /** Of `checkedWasm`. */
    readonly sourceMap: string
}

let worker: Worker | undefined
/** Ends with the answer to the last question. */
let queue: Promise<unknown> = Promise.resolve()

/**
 * Compile a file.
 *
 * @param file path below the folder, with forward slashes
 * @throws CamscriptError when the compiler does not run
 */
export function askCompiler(
    file: string,
    folder: string
): Promise<CompilerAnswer> {
    const answer = queue.then(() => ask(file, folder))
    queue = answer.catch(() => {})
    return answer
}

function ask(file: string, folder: string): Promise<CompilerAnswer> {
    const asked = (worker ??= start())
    asked.ref()
    return new Promise((resolve, reject) => {
        const fail = (why: string): void => {
            worker = undefined
            reject(
                new CamscriptError(
                    `the compiler of kernels (npm package assemblyscript ${ASSEMBLYSCRIPT_VERSION}) ${why}: is it installed? ` +
                        `"npm ci" does it in camscript's folder, "npm install" in a project.`
                )
            )
        }
        const onError = (error: Error): void => fail(`failed: ${error.message}`)
        const onExit = (code: number): void => fail(`ended with code ${code}`)
        asked.once("error", onError).once("exit", onExit)
        asked.once("message", answer => {
            asked.off("error", onError).off("exit", onExit)
            asked.unref()
            resolve(answer as CompilerAnswer)
        })
        asked.postMessage({ file, folder })
    })
}

function start(): Worker {
    return new Worker(join(FOLDER, "compiler-worker.mjs"), {
        workerData: { ownRoot: projectRoot, memoryBase: KERNEL_MEMORY_BASE },
        // Not the loader of a clone's TypeScript.
        execArgv: [],
        stdout: true,
        stderr: true,
    })
}

/** The text of what compiles, and judges: what is in the cache came of the same. */
export function compilerText(): string {
    return (
        [
            "compiler-worker.mjs",
            "signatures.mjs",
            "static-tables.mjs",
            "check-kernel.ts",
        ]
            .map(name => join(FOLDER, name))
            // The package has no check-kernel.ts, and one version of it.
            .filter(file => existsSync(file))
            .map(file => readFileSync(file, "utf8"))
            .join("")
    )
}

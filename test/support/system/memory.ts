// SPDX-License-Identifier: MIT
// What is alive in the heap of a process that captures, by memory-run.ts.

import { execFile } from "node:child_process"
import { join } from "node:path"
import { promisify } from "node:util"
import type { SensorName, StrategyName } from "../../../protocol/names.ts"
import { projectRoot } from "../../../toolchain/paths.ts"

/** After a garbage collection. */
export interface LiveMemory {
    /** Captured until then. */
    readonly frames: number
    /** Objects, arrays, maps and functions. */
    readonly objects: number
    /** Of the JavaScript heap, the compiler's own work included. */
    readonly heapBytes: number
    /** Of what typed arrays look at. */
    readonly arrayBufferBytes: number
}

/** Capture in a new process, and look at its heap after each of so many frames. */
export async function liveMemory(
    sensor: SensorName,
    strategy: StrategyName,
    waveforms: "vcd" | "plain",
    frames: readonly number[]
): Promise<LiveMemory[]> {
    const { stdout } = await promisify(execFile)(
        process.execPath,
        [
            "--expose-gc",
            "--import=tsx",
            join(import.meta.dirname, "memory-run.ts"),
            sensor,
            strategy,
            waveforms,
            ...frames.map(String),
        ],
        { cwd: projectRoot }
    )
    return stdout
        .trimEnd()
        .split("\n")
        .map(line => JSON.parse(line) as LiveMemory)
}

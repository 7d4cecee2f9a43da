// SPDX-License-Identifier: MIT
// How fast the simulator is on this machine, and where the time goes. Nothing is asserted of these.

import { spawnSync } from "node:child_process"
import { mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { Command } from "commander"
import { readBoard } from "../../../boards/board-file.ts"
import { CamscriptError } from "../../../protocol/errors.ts"
import { projectRoot } from "../../../toolchain/paths.ts"
import { cpuShares } from "./cpu-shares.ts"
import { aimed, median, type Figure } from "../../figures.ts"
import {
    addRunOptions,
    runOptions,
    type RunOptions,
} from "../run/run-options.ts"
import { prepareSimulation } from "../../targets/in-process/prepare-simulation.ts"

const RUNS = 7
const WARM_UP_RUNS = 2
const COMMAND_RUNS = 3

/** Simulated seconds per wall second that the project aims for. */
const SPEED_TARGET = 3
/** Seconds of a first run, with nothing compiled before. */
const COLD_TARGET = 8

interface Measured {
    readonly simulatedSeconds: number
    readonly wallSeconds: number
}

/** Measure: speed of the simulation, the command, its first run, shares of the parts. */
export async function machineFigures(): Promise<Figure[]> {
    const options = defaultRun()
    const measured: Measured[] = []
    for (let run = 0; run < WARM_UP_RUNS + RUNS; run++) {
        const result = await simulateOnce(options)
        if (run >= WARM_UP_RUNS) measured.push(result)
    }
    return [
        coldFigure(),
        speedFigure(measured),
        commandFigure(),
        ...(await shareFigures(options)),
    ]
}

/** The options of `camscript run` without any flag. */
function defaultRun(): RunOptions {
    const command = addRunOptions(new Command())
    return runOptions(command.parse([], { from: "user" }).opts(), projectRoot)
}

/** Boot the board and run the default capture. Compiling is done before the clock starts, saving is left out. */
async function simulateOnce(options: RunOptions): Promise<Measured> {
    const board = readBoard(options.board, options.sensor)
    const simulation = await prepareSimulation(options, board, {
        onConsole: () => {},
        onFrame: () => {},
    })
    const startMs = performance.now()
    simulation.run({ frames: options.frames })
    const wallSeconds = (performance.now() - startMs) / 1000
    return { simulatedSeconds: simulation.seconds, wallSeconds }
}

function speedFigure(measured: readonly Measured[]): Figure {
    const speeds = measured.map(
        ({ simulatedSeconds, wallSeconds }) => simulatedSeconds / wallSeconds
    )
    const value = tenths(median(speeds))
    const low = tenths(Math.min(...speeds))
    const high = tenths(Math.max(...speeds))
    return aimed(
        {
            name: "simulated seconds per second",
            kind: "this machine",
            value,
            unit: "s/s",
            note: `default run, VM and C included; median of ${measured.length} runs (${low} to ${high}) after ${WARM_UP_RUNS} to warm up`,
        },
        "at least",
        SPEED_TARGET
    )
}

/** What a user waits for: the whole command in a process of its own, with start-up and images. */
function commandFigure(): Figure {
    const seconds = Array.from({ length: COMMAND_RUNS }, () => commandSeconds())
    return {
        name: "camscript run, start to end",
        kind: "this machine",
        value: tenths(median(seconds)),
        unit: "s",
        target: null,
        aim: null,
        met: null,
        note: `default run as a command, everything compiled before; median of ${COMMAND_RUNS}`,
    }
}

/** As on a new machine: C and program are compiled first. */
function coldFigure(): Figure {
    const cache = mkdtempSync(join(tmpdir(), "camscript-cold-"))
    try {
        return aimed(
            {
                name: "camscript run, nothing compiled before",
                kind: "this machine",
                value: tenths(commandSeconds({ CAMSCRIPT_CACHE: cache })),
                unit: "s",
                note: "default run as a command with an empty cache",
            },
            "at most",
            COLD_TARGET
        )
    } finally {
        rmSync(cache, { recursive: true, force: true })
    }
}

function commandSeconds(environment: NodeJS.ProcessEnv = {}): number {
    const out = mkdtempSync(join(tmpdir(), "camscript-bench-"))
    try {
        const startMs = performance.now()
        const script = join(projectRoot, "host", "camscript.mjs")
        const { status, stderr } = spawnSync(
            process.execPath,
            [script, "run", "--quiet", "--out", join(out, "frames")],
            { encoding: "utf8", env: { ...process.env, ...environment } }
        )
        if (status !== 0)
            throw new CamscriptError(`camscript run failed: ${stderr}`)
        return (performance.now() - startMs) / 1000
    } finally {
        rmSync(out, { recursive: true, force: true })
    }
}

async function shareFigures(options: RunOptions): Promise<Figure[]> {
    const shares = await cpuShares(async () => {
        for (let run = 0; run < RUNS; run++) await simulateOnce(options)
    })
    return [...shares].map(([part, share]) => ({
        name: `time in ${part}`,
        value: tenths(100 * share),
        kind: "this machine" as const,
        unit: "%",
        target: null,
        aim: null,
        met: null,
        note: "share of V8's CPU profile samples by source folder or wasm module, calls into others not included",
    }))
}

function tenths(value: number): number {
    return Math.round(value * 10) / 10
}

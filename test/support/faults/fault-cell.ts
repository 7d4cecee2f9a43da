// SPDX-License-Identifier: MIT
// One cell of docs/faults.md: a fault, injected several times into one capture of a simulation.

import { readBoard } from "../../../boards/board-file.ts"
import { ProgramError } from "../../../protocol/errors.ts"
import { parseFaults } from "../../../sim/faults/fault-file.ts"
import type { FaultOutcome } from "../../../sim/faults/fault-watch.ts"
import { loadScene } from "../../../sim/scene/load-scene.ts"
import { SENSOR_CATALOGUE } from "../../../sim/sensors/catalogue.ts"
import { Simulation } from "../../../sim/simulation.ts"
import { buildProgram } from "../../../toolchain/devicescript/build-program.ts"
import type { FaultCase, FaultGiven } from "./fault-cases.ts"
import { FaultTruth, type Aftermath } from "./fault-truth.ts"
import { WINDOW_ROWS, type FaultyCapture } from "./strategies.ts"

const BOARD = "nucleo-f446re"
/** When the capture has settled. */
const FIRST_S = 0.6
/** Added to each time, so that a fault is not always at the same time of a frame. */
const PHASE_S = 0.0031

/** What a fault did, all injections together. */
export interface CellResult {
    /** What it was noticed as, in alphabetical order: what the program was told, and counters of the grabber. */
    readonly names: readonly string[]
    /** Injections that found something to act on. */
    readonly happened: number
    /** The most of all injections. */
    readonly framesLost: number
    /** Frames that the sensor sent after the fault was over before one was right, and the time; the most of all. */
    readonly framesUntilRight: number
    readonly msUntilRight: number
    /** Handed over as good although they were not, in all injections. */
    readonly wrong: number
    /** Injections after which nothing was right again. */
    readonly stuck: number
    /** The supervisor stopped the capture and set the sensor up anew, at least once. */
    readonly setUpAnew: boolean
    /** How the program ended, if it did. */
    readonly ended: string | undefined
}

/** Buckets and causes by the counter that moved; the others say it by another one. */
const COUNTER_NAMES: Readonly<Record<string, string>> = {
    shortFrames: "short",
    overrunFrames: "overrun",
    dmaErrors: "dma-error",
    badJpeg: "bad-jpeg",
    tooLarge: "too-large",
    lost: "lost",
    doubtful: "doubtful",
    dropped: "dropped",
}

/** Each at its time, in different places of a frame. */
function atTimes(given: readonly FaultGiven[], everyS: number): object[] {
    return given.map((fault, index) => ({
        at: Math.round((FIRST_S + index * (everyS + PHASE_S)) * 1e6) / 1e6,
        ...fault,
    }))
}

/** A simulation of a way to capture, with who judges it. */
export async function faultySimulation(
    capture: FaultyCapture,
    seed: number,
    faults: readonly object[],
    onConsole: (line: string) => void
): Promise<{
    readonly simulation: Simulation
    readonly truth: FaultTruth
}> {
    let truth: FaultTruth | undefined = undefined as FaultTruth | undefined
    const simulation = await Simulation.create({
        board: readBoard(BOARD, capture.sensor),
        scene: await loadScene(
            capture.scene,
            SENSOR_CATALOGUE[capture.sensor].field,
            1
        ),
        program: await buildProgram(capture.app),
        request: capture.request,
        seed,
        faults: parseFaults(faults, capture.name),
        onConsole: line => {
            truth?.told(line)
            onConsole(line)
        },
        onFrame: frame => truth?.taken(frame),
    })
    truth = new FaultTruth(simulation, WINDOW_ROWS)
    return { simulation, truth }
}

/** Try a fault on a way to capture. Same result twice. */
export async function runCell(
    capture: FaultyCapture,
    { given, everyS }: FaultCase,
    seed: number
): Promise<CellResult> {
    const told = new Set<string>()
    let setUpAnew = false
    const { simulation, truth } = await faultySimulation(
        capture,
        seed,
        atTimes(given, everyS),
        line => {
            const cause = /^fault (\S+)$/.exec(line)?.[1]
            if (cause !== undefined) told.add(cause)
            if (line.includes(": frames come again after ")) setUpAnew = true
        }
    )
    let ended: string | undefined
    try {
        const seconds = FIRST_S + given.length * (everyS + PHASE_S) + 0.1
        simulation.run({ seconds })
    } catch (error) {
        if (!(error instanceof ProgramError)) throw error
        ended = error.kind
    }
    truth.settle()
    const outcomes = simulation.record.faults.outcomes()
    return {
        ...cellResult(outcomes, truth.settled, told, ended),
        setUpAnew,
    }
}

function cellResult(
    outcomes: readonly FaultOutcome[],
    settled: readonly Aftermath[],
    told: ReadonlySet<string>,
    ended: string | undefined
): Omit<CellResult, "setUpAnew"> {
    const acted = outcomes.filter(({ happenedAt }) => happenedAt !== null)
    const counted = acted
        .flatMap(({ detectedAs }) => detectedAs ?? [])
        .map(counter => COUNTER_NAMES[counter])
        .filter(name => name !== undefined)
    const most = (values: readonly number[]): number => Math.max(0, ...values)
    return {
        names: [
            ...new Set([...told, ...counted, ...(ended ? [ended] : [])]),
        ].sort(),
        happened: acted.length,
        framesLost: most(acted.map(({ framesLost }) => framesLost)),
        framesUntilRight: most(
            settled.map(({ framesUntilRight }) => framesUntilRight)
        ),
        msUntilRight: most(settled.map(({ msUntilRight }) => msUntilRight)),
        wrong: settled.reduce((sum, { wrong }) => sum + wrong, 0),
        // One that acts at the next occasion may have none after it is over.
        stuck: settled.filter(
            ({ right, effect }) => !right && effect.overNs !== undefined
        ).length,
        ended,
    }
}

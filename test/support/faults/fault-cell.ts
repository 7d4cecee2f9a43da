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
import type { FaultyCapture } from "./strategies.ts"

const BOARD = "nucleo-f446re"
/** When the capture has settled. */
export const FIRST_S = 0.6

/** What a fault did, all injections together. */
export interface CellResult {
    /** What it was noticed as, by all injections, in alphabetical order. */
    readonly detectedAs: readonly string[]
    /** Injections that acted, and those that nobody noticed although they cost a frame or made one wrong. */
    readonly happened: number
    readonly unnoticed: number
    /** The most of all injections. */
    readonly framesLost: number
    readonly recoveredAfterFrames: number
    readonly recoveredAfterMs: number
    readonly wrongFrames: number
    /** Injections after which nothing was right again. */
    readonly stuck: number
    /** How the program ended, if it did. */
    readonly ended: string | undefined
    readonly outcomes: readonly FaultOutcome[]
    readonly console: readonly string[]
}

/** Each at its time, in different places of a frame. */
export function atTimes(
    given: readonly FaultGiven[],
    everyS: number,
    firstS = FIRST_S
): object[] {
    return given.map((fault, index) => ({
        at: Math.round((firstS + index * (everyS + 0.0031)) * 1e6) / 1e6,
        ...fault,
    }))
}

/** Try a fault on a way to capture. Same result twice. */
export async function runCell(
    capture: FaultyCapture,
    { name, given, everyS }: FaultCase,
    seed: number
): Promise<CellResult> {
    const lines: string[] = []
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
        faults: parseFaults(atTimes(given, everyS), name),
        onConsole: line => lines.push(line),
    })
    let ended: string | undefined
    try {
        simulation.run({
            seconds: FIRST_S + given.length * (everyS + 0.0031) + 0.2,
        })
    } catch (error) {
        if (!(error instanceof ProgramError)) throw error
        ended = `${error.kind}: ${error.message}`
    }
    return resultOf(simulation.record.faults.outcomes(), ended, lines)
}

export function resultOf(
    outcomes: readonly FaultOutcome[],
    ended: string | undefined,
    console: readonly string[]
): CellResult {
    const acted = outcomes.filter(({ happenedAt }) => happenedAt !== null)
    const most = (value: (outcome: FaultOutcome) => number | null): number =>
        Math.max(0, ...acted.map(outcome => value(outcome) ?? 0))
    return {
        detectedAs: [
            ...new Set(acted.flatMap(({ detectedAs }) => detectedAs ?? [])),
        ].sort(),
        happened: acted.length,
        unnoticed: acted.filter(
            ({ detectedAs, framesLost, wrongFrames }) =>
                detectedAs === null && framesLost + wrongFrames > 0
        ).length,
        framesLost: most(({ framesLost }) => framesLost),
        recoveredAfterFrames: most(
            ({ recoveredAfterFrames }) => recoveredAfterFrames
        ),
        recoveredAfterMs: most(({ recoveredAfterMs }) => recoveredAfterMs),
        wrongFrames: acted.reduce(
            (sum, { wrongFrames }) => sum + wrongFrames,
            0
        ),
        stuck: acted.filter(
            ({ recoveredAfterFrames }) => recoveredAfterFrames === null
        ).length,
        ended,
        outcomes,
        console,
    }
}

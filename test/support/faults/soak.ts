// SPDX-License-Identifier: MIT
// A long capture with one random fault after the other: what was handed over wrong, what stayed stuck, what was counted twice.

import type { CaptureRecord } from "../../../sim/observe/capture-record.ts"
import { parseFault } from "../../../sim/faults/fault-file.ts"
import type { FaultSchedule } from "../../../sim/faults/fault-schedule.ts"
import { SeededChoice } from "../../../sim/faults/seeded-choice.ts"
import { frameEnds, sumOfEnds } from "../../../protocol/frame-ends.ts"
import type { StopCondition } from "../../../sim/observe/capture.ts"
import type { FaultCase } from "./fault-cases.ts"
import type { Aftermath, FaultTruth } from "./fault-truth.ts"
import { unknowable } from "./unknowable.ts"

/** A simulation or an emulated board. */
export interface SoakedMachine {
    readonly seconds: number
    readonly faults: FaultSchedule
    readonly record: Pick<CaptureRecord, "counters">
    run(until: StopCondition): void
}

export interface SoakOptions {
    readonly machine: SoakedMachine
    readonly truth: FaultTruth
    /** Name of the way to capture (strategies.ts). */
    readonly capture: string
    readonly cases: readonly FaultCase[]
    readonly seed: number
    /** Frames of the sensor, counted by the grabber. */
    readonly frames: number
    /** From one fault to the next, s. */
    readonly everyS: number
    /** Called after each fault. */
    readonly after?: (frames: number) => void
}

export interface SoakResult {
    readonly faults: number
    readonly frames: number
    /** Frames that were handed over as good and were not, where no register tells (unknowable.ts). */
    readonly excused: number
    /** What must not be, each in words with its fault; empty. */
    readonly problems: readonly string[]
}

/** When the capture has settled. */
const FIRST_S = 0.6
/** A fault begins anywhere in as much of its time. */
const PHASE_US = 20_000
/** More than the longest recovery. */
const LAST_S = 2.5
/** The one under way is counted by the sensor when it starts, by the grabber when it ends. */
const UNDER_WAY = 1

/** Capture so many frames with a fault in each `everyS`. Same result twice. */
export function soak(options: SoakOptions): SoakResult {
    const { machine, truth, cases, seed, frames, everyS, after } = options
    const choice = new SeededChoice(seed, 0)
    const problems: string[] = []
    const result = { faults: 0, excused: 0 }
    const settle = (): void => {
        for (const aftermath of truth.settled.splice(0)) {
            result.faults++
            if (isExcused(aftermath, options.capture))
                result.excused += aftermath.wrong
            else problems.push(...problemsOf(aftermath))
        }
    }
    machine.run({ seconds: FIRST_S })
    const start = machine.record.counters()
    const startFrames = start.sensorFrames
    let ahead = startFrames - start.sentFrames
    let counted = startFrames
    for (let s = FIRST_S; counted < startFrames + frames; s += everyS) {
        const { given } = cases[choice.whole(0, cases.length - 1)]!
        const fault = given[choice.whole(0, given.length - 1)]!
        const at = s + choice.whole(0, PHASE_US) / 1e6
        machine.faults.add([parseFault({ ...fault, at }, "soak")])
        machine.run({ seconds: s + everyS })
        settle()
        const counters = machine.record.counters()
        counted = counters.sensorFrames
        after?.(counted - startFrames)
        const what = `${JSON.stringify(fault)} at ${at}`
        const sum = sumOfEnds(frameEnds(counters))
        if (sum !== counted)
            problems.push(`${what}: ${counted} frames, ${sum} in buckets`)
        const nowAhead = counted - counters.sentFrames
        // A sensor that is set up anew does not send all the time.
        if (truth.keepsSending && Math.abs(nowAhead - ahead) > UNDER_WAY)
            problems.push(
                `${what}: ${nowAhead - ahead} frames too many counted`
            )
        if (Math.abs(nowAhead - ahead) > UNDER_WAY) ahead = nowAhead
        truth.keepsSending = true
    }
    machine.run({ seconds: machine.seconds + LAST_S })
    truth.settle()
    settle()
    if (truth.wrongBefore > 0)
        problems.push(`${truth.wrongBefore} wrong frames without a fault`)
    return { ...result, frames: counted - startFrames, problems }
}

function isExcused({ effect }: Aftermath, capture: string): boolean {
    return unknowable(effect.fault.fault, capture) !== undefined
}

function problemsOf({ effect, wrong, right }: Aftermath): string[] {
    const what = JSON.stringify(effect.fault)
    const problems: string[] = []
    if (wrong > 0) problems.push(`${what}: ${wrong} wrong frames as good`)
    if (!right && effect.overNs !== undefined)
        problems.push(`${what}: never right again`)
    return problems
}

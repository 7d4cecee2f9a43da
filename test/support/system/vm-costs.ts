// SPDX-License-Identifier: MIT
// A program whose handler costs time, in the simulator and on the emulated board: does it keep up?

import { CamscriptError } from "../../../protocol/errors.ts"
import type { CaptureRequest } from "../../../protocol/capture.ts"
import type { StopCondition } from "../../../sim/observe/capture.ts"
import type { CaptureRecord } from "../../../sim/observe/capture-record.ts"
import { simulate } from "../../../sim/testing.ts"
import { emulatedRig } from "./emulated-rig.ts"

export const FPS = 30

const REQUEST: CaptureRequest = {
    window: { width: 64, height: 48 },
    fps: FPS,
    buffers: 2,
    exposureUs: 2000,
    gain: 1,
}

/** Frames are counted so long from the first one on, s of virtual time. */
const COUNTED_S = 1
/** Longer than any board needs to its first frame, s. */
const START_S = 1

export interface CostVerdict {
    /** "keeps up", "loses frames", or why the program ended, without the program's name. */
    readonly verdict: string
    /** To the handler, in the second from the first frame on. */
    readonly delivered: number
    /** VM time of a frame, ms; of the simulator only. */
    readonly vmMsPerFrame?: number | undefined
}

interface Machine {
    readonly seconds: number
    readonly record: CaptureRecord
    run(until: StopCondition): void
}

/** Run on until the counted second is over. */
function judge(machine: Machine): CostVerdict {
    let ended: string | undefined
    try {
        machine.run({ frames: 1 })
        machine.run({ seconds: machine.seconds + COUNTED_S })
    } catch (error) {
        if (!(error instanceof CamscriptError)) throw error
        ended = error.message.replace(/^\S+: /, "")
    }
    const { delivered, dropped, skipped } = machine.record.counters()
    const loses = dropped + skipped > 0
    return {
        verdict: ended ?? (loses ? "loses frames" : "keeps up"),
        delivered: ended === undefined ? delivered : machine.record.judgedFrames,
    }
}

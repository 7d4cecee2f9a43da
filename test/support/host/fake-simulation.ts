// SPDX-License-Identifier: MIT
// Stands in for a whole simulation where only the command around it is under test: a frame each 10 ms of virtual time.

import {
    InProcessTarget,
    type Machine,
} from "../../../host/targets/in-process/in-process-target.ts"
import type { openTarget } from "../../../host/targets/open-target.ts"
import type {
    CapturedFrame,
    StopCondition,
} from "../../../sim/observe/capture.ts"
import type { DisplayImage } from "../../../sim/observe/display.ts"
import { Rules } from "../../../sim/rules.ts"
import {
    SAMPLE_BOARD,
    SAMPLE_COUNTERS,
    SAMPLE_MODE,
    sampleFrame,
} from "./sample-run.ts"

export interface FakeOptions {
    /** Throw this when so many frames were delivered. */
    readonly fail?: { readonly after: number; readonly error: Error }
    /** The program never starts a capture. */
    readonly idle?: boolean
    /** What the program's display shows. */
    readonly display?: DisplayImage
}

const FRAME_SECONDS = 0.01

/** What `run` takes instead of its own `openTarget`. */
export function fakeOpen(options: FakeOptions = {}): typeof openTarget {
    return (_options, { onConsole }) =>
        InProcessTarget.open(SAMPLE_BOARD, onFrame =>
            Promise.resolve(new FakeSimulation(options, onFrame, onConsole))
        )
}

class FakeSimulation implements Machine {
    readonly rules = new Rules(() => this.ticks * FRAME_SECONDS * 1e9)
    private delivered = 0
    private ticks = 0

    constructor(
        private readonly options: FakeOptions,
        private readonly onFrame: (frame: CapturedFrame) => void,
        private readonly onConsole: (line: string) => void
    ) {}

    get seconds(): number {
        return this.ticks * FRAME_SECONDS
    }

    run({ frames = Infinity, seconds = Infinity }: StopCondition): void {
        while (
            this.delivered < frames &&
            this.seconds < seconds - FRAME_SECONDS / 2
        ) {
            if (this.options.fail?.after === this.delivered)
                throw this.options.fail.error
            this.ticks++
            if (this.options.idle) continue
            if (this.delivered === 0) this.onConsole("hello from the program")
            // The first two frames of a sensor are settling.
            this.onFrame(sampleFrame(2 + this.delivered++))
        }
    }

    readonly record = {
        mode: () => (this.options.idle ? undefined : SAMPLE_MODE),
        counters: () => ({ ...SAMPLE_COUNTERS, delivered: this.delivered }),
        display: () => this.options.display,
        measuredFps: () => (this.delivered < 2 ? undefined : 1 / FRAME_SECONDS),
        faults: { outcomes: () => [] },
    }
}

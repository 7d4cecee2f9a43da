// SPDX-License-Identifier: MIT
// A target of the live view that does nothing by itself.

import type { InjectedFault } from "../../../host/view/messages/fault-messages.ts"
import { readBoard } from "../../../boards/board-file.ts"
import { makePlanReport } from "../../../host/plan/plan-report.ts"
import {
    NO_BOARD,
    type Reduction,
    type TargetDescription,
    type ViewRequest,
} from "../../../host/view/messages/messages.ts"
import type { TargetFrame, ViewTarget } from "../../../host/targets/target.ts"
import {
    PixelFormat,
    Strategy,
    TestPattern,
} from "../../../protocol/capture.ts"

const WINDOW = { x: 0, y: 0, width: 4, height: 2 }

/** A frame of 4x2 gray pixels. */
export function fakeFrame(sequence: number): TargetFrame {
    const pixels = Uint8Array.of(0, 1, 2, 3, 4, 5, 6, 7)
    return {
        sequence,
        firstRow: 0,
        source: { width: 4, height: 2, pixels, sent: { format: "gray8" } },
        image: () => ({
            sequence,
            format: "gray8",
            width: 4,
            height: 2,
            window: WINDOW,
            endUs: sequence * 10_000,
            exposureUs: 0,
            gain: 1,
            droppedBefore: 0,
            frames: 1,
            bytes: pixels,
        }),
    }
}

export class FakeTarget implements ViewTarget {
    onFrame: ((frame: TargetFrame) => void) | undefined
    onChange: (() => void) | undefined
    latest: TargetFrame | undefined
    readonly board = readBoard("nucleo-f446re")
    readonly seconds = 0
    started = false
    closed = false
    updates = 0
    /** What live() says otherwise. */
    said: Partial<ReturnType<ViewTarget["live"]>> = {}
    readonly reductions: Reduction[] = []
    readonly injected: InjectedFault[] = []
    readonly jacdac = { send: () => {}, onFrame: () => () => {} }
    readonly timers = { nowUs: () => 0, after: () => {} }
    readonly wanted: ViewRequest[] = []
    readonly switched: boolean[] = []
    readonly control = {
        applied: undefined,
        want: (request: ViewRequest) => void this.wanted.push(request),
        setStreaming: (on: boolean) => void this.switched.push(on),
    }
    readonly request: ViewRequest = {
        window: WINDOW,
        binning: 1,
        fps: 0,
        strategy: Strategy.AUTO,
        format: PixelFormat.AUTO,
        exposureUs: 0,
        gain: 0,
        testPattern: TestPattern.NONE,
    }
    description: TargetDescription = {
        kind: "nothing",
        board: "nucleo-f446re",
        sensor: "mt9v034",
        field: { width: 752, height: 480 },
        ram: [],
        fieldPicture: "none",
        hasScope: false,
        hasWaveforms: false,
        canUpdateProgram: false,
        formats: ["gray8"],
        binnings: [1, 2, 4],
        modules: [],
    }

    live(): ReturnType<ViewTarget["live"]> {
        return {
            applied: undefined,
            measuredFps: 0,
            counters: {
                frames: 0,
                delivered: 0,
                dropped: 0,
                overruns: 0,
                faults: 0,
            },
            irqsPerSecond: 0,
            seconds: 0,
            ratio: 1,
            ended: undefined,
            ...NO_BOARD,
            ...this.said,
        }
    }

    plan(request: Parameters<ViewTarget["plan"]>[0]) {
        return makePlanReport(request, this.board)
    }

    field(): undefined {}
    scope(): undefined {}
    waveforms(): undefined {}

    updateProgram(): void {
        this.updates++
    }

    injectFault(fault: InjectedFault): void {
        this.injected.push(fault)
    }

    setReduction(reduction: Reduction): void {
        this.reductions.push(reduction)
    }

    run(): Promise<void> {
        this.started = true
        return Promise.resolve()
    }

    close(): Promise<void> {
        this.closed = true
        return Promise.resolve()
    }

    /** A frame arrives. */
    arrive(frame: TargetFrame): void {
        this.latest = frame
        this.onFrame?.(frame)
    }
}

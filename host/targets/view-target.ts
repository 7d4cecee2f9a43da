// SPDX-License-Identifier: MIT
// What the live view looks at: a simulation, or a board behind a serial link, emulated or real.

import type { JacdacLine } from "../../sim/wires/jacdac-bus.ts"
import type { PictureSource } from "../images/frame-image.ts"
import type { ViewFrame } from "../view/messages/frame-message.ts"
import type {
    AppliedState,
    LiveState,
    Reduction,
    TargetDescription,
    ViewRequest,
} from "../view/messages/messages.ts"
import type { CaptureRequest, Size } from "../../protocol/capture.ts"
import type { PlanReport } from "../../protocol/plan-report.ts"

/** Changes what the camera does. Requests may come at any rate: the newest wins. */
export interface CameraControl {
    /** Ask for all of it; only what differs from the last request travels. */
    want(request: ViewRequest): void
    setStreaming(on: boolean): void
    /** What is applied; undefined until the camera has answered for the first time. */
    readonly applied: AppliedState | undefined
}

/** Part of a frame period: 0 its first pixel, 1 the next frame's. */
export interface ScopeRange {
    readonly from: number
    readonly to: number
}

/** A frame that arrived, as it came; the page's form of it is made when it is sent. */
export interface TargetFrame {
    readonly sequence: number
    readonly source: PictureSource
    picture(): ViewFrame
}

/** Something with a camera that runs while it is looked at. */
export interface ViewTarget {
    readonly description: TargetDescription
    readonly control: CameraControl
    /** What it was started with. */
    readonly request: ViewRequest
    /** Every frame that arrived; the listener must not take long. */
    onFrame: ((frame: TargetFrame) => void) | undefined
    /** Description and request are others now: a board was restarted, or another one is there. */
    onChange: (() => void) | undefined
    readonly latest: TargetFrame | undefined
    live(): Omit<LiveState, "recording">
    plan(request: CaptureRequest): PlanReport
    /** The sensor's whole field now, gray; undefined: not known. */
    field(): (Size & { readonly luma: Uint8Array }) | undefined
    /** The last frame's signals as SVG; undefined: not recorded (yet). */
    scope(range: ScopeRange): string | undefined
    /** VCD of the last second; undefined: not recorded. */
    waveforms(): string | undefined
    /** The line that other Jacdac hosts may speak on too. */
    readonly jacdac: JacdacLine
    /** Replace the program, when the description says that it can be; live() says how it goes. */
    updateProgram?(): void
    /** How much of each picture a link sends. */
    setReduction?(reduction: Reduction): void
    /** Run until close(). */
    start(): void
    close(): void | Promise<void>
}

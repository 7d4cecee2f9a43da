// SPDX-License-Identifier: MIT
// What has a camera and runs: a simulation, an emulated board, or a board behind a serial link, emulated or real. `run` takes
// frames of a Target until there are enough, `view` looks at one until it is closed:
//
//     --target     of `run`: CaptureTarget                of `view`: ViewTarget
//     sim          InProcessTarget, as fast as it goes    SimulationTarget, in real time
//     emulator     InProcessTarget, as fast as it goes    LinkTarget, to a process of its own
//     a port       PortTarget, one session                LinkTarget, session after session

import type { KernelUse } from "../../sim/kernel/kernel-calls.ts"
import type { JacdacLine } from "../../sim/wires/jacdac-bus.ts"
import type {
    AppliedMode,
    CapturedFrame,
    Counters,
    StopCondition,
} from "../../sim/observe/capture.ts"
import type { GrabberCounters } from "../../protocol/counters.ts"
import type { CpuUse } from "../../sim/observe/cpu-use.ts"
import type { DisplayImage } from "../../sim/observe/display.ts"
import type { FaultOutcome } from "../../sim/faults/fault-watch.ts"
import type { BrokenRule } from "../../sim/rule-tally.ts"
import type { VcdRecorder } from "../../sim/trace/vcd-recorder.ts"
import type { BoardFile } from "../../boards/board-file.ts"
import type { GdbRun } from "../gdb/gdb-run.ts"
import type { Timers } from "../jacdac/jacdac-host.ts"
import type { InsideRun } from "../inside/inside-run.ts"
import type { ImageSource } from "../images/frame-image.ts"
import type { InjectedFault } from "../view/messages/fault-messages.ts"
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

/** A frame that arrived, as it came. */
export interface TargetFrame {
    readonly sequence: number
    /** Row of the frame that a batch of rows starts with; 0 for frames. */
    readonly firstRow: number
    readonly source: ImageSource
    /** The page's form of it, made when it is sent. */
    image(): ViewFrame
}

/** Something with a camera that runs. */
export interface Target {
    readonly board: BoardFile
    /** Virtual time since boot, s; of a board at a link, this computer's since it was opened. */
    readonly seconds: number
    /** Every frame that arrived; the listener must not take long. */
    onFrame: ((frame: TargetFrame) => void) | undefined
    close(): Promise<void>
}

/** Who is told what of a target besides its frames. */
export interface OpenHooks {
    /** A line of the program's console; of a board at a link, of its log. */
    readonly onConsole: (line: string) => void
    /** Records the waveforms of simulated silicon. */
    readonly vcd?: VcdRecorder | undefined
    /** Looks into simulated silicon. */
    readonly inside?: InsideRun | undefined
    /** Waits for GDB when it is asked for. */
    readonly debug?: GdbRun | undefined
}

/** What a capture on simulated silicon gave. */
export interface SimulatedOutcome {
    readonly kind: "simulated"
    /** undefined: the program started no capture. */
    readonly mode: AppliedMode | undefined
    readonly counters: Counters
    readonly measuredFps: number | undefined
    readonly warnings: readonly BrokenRule[]
    /** What each injected fault did; undefined: none was to be injected. */
    readonly faults: readonly FaultOutcome[] | undefined
    /** Of an emulated board only. */
    readonly cpu: CpuUse | undefined
    /** Time of the CPU that the VM took for each frame, ms; of the simulator only. */
    readonly vmMsPerFrame?: number | undefined
    /** What each kernel's function of the program did; of the simulator only. */
    readonly kernels?: readonly KernelUse[] | undefined
    /** What the display shows; undefined: the capture goes to none. */
    readonly display: DisplayImage | undefined
    readonly lastFrame: CapturedFrame | undefined
}

/** What a board sent over its link. */
export interface LinkOutcome {
    readonly kind: "link"
    readonly program: string
    readonly baud: number
    readonly mode: AppliedMode
    /** Of the capture on the board, while the images came. */
    readonly counters: GrabberCounters
    /** Images that were not taken: damaged on the way, and not even begun here. */
    readonly corrupt: number
    readonly missed: number
    /** Images that are of one frame each; the others are of bands of successive frames. */
    readonly wholeFrames: number
    /** Pixel bytes per second from the first to the last image; undefined with fewer than two. */
    readonly pixelBytesPerSecond: number | undefined
}

/** What whoever runs a target does meanwhile. */
export interface RunHooks {
    /** Ends the run with its reason. */
    readonly signal?: AbortSignal
    /** After each slice of simulated time, with the wall seconds that they have taken so far; waited for. */
    readonly between?: (wallSeconds: number) => Promise<void>
}

/** A target that `run` takes frames of. */
export interface CaptureTarget extends Target {
    /**
     * Run until so many frames have arrived since it was opened, or so much time is over, whichever comes first.
     * @throws CamscriptError when the program, the board or its port ends; the reason of the signal
     */
    run(until: StopCondition, hooks?: RunHooks): Promise<void>
    /** What was captured until now. @throws CamscriptError when a board does not answer */
    outcome(): Promise<SimulatedOutcome | LinkOutcome>
}

/** Changes what the camera does. Requests may come at any rate: the newest wins. */
export interface CameraControl {
    /** Ask for all of it; only what differs from the last request travels. */
    want(request: ViewRequest): void
    setStreaming(on: boolean): void
    /** What is applied; undefined until the camera has answered for the first time. */
    readonly applied: AppliedState | undefined
    /** The program has had time to offer a camera service, and offers none: nobody hears what is asked for. */
    readonly absent?: boolean
}

/** Part of a frame period: 0 its first pixel, 1 the next frame's. */
export interface ScopeRange {
    readonly from: number
    readonly to: number
}

/** A target that `view` looks at while it runs. */
export interface ViewTarget extends Target {
    readonly description: TargetDescription
    readonly control: CameraControl
    /** What it was started with. */
    readonly request: ViewRequest
    /** Board, description and request are others now: a board was restarted, or another one is there. */
    onChange: (() => void) | undefined
    readonly latest: TargetFrame | undefined
    /**
     * Run until close(). A board that is gone is waited for.
     * @throws CamscriptError when a simulation ends; live() says it too
     */
    run(): Promise<void>
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
    /** The board's time, for them. */
    readonly timers: Timers
    /** Replace the program, when the description says that it can be; live() says how it goes. */
    updateProgram?(): void
    /** Break something, now, when the description has faults; live() says what came of it. */
    injectFault?(fault: InjectedFault): void
    /** How much of each image a link sends. */
    setReduction?(reduction: Reduction): void
}

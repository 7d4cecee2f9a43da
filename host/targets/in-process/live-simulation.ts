// SPDX-License-Identifier: MIT
// One simulation that is looked at: it runs in slices, its time follows the computer's as far as that can.

import type { BoardFile } from "../../../boards/board-file.ts"
import type { CaptureRequest } from "../../../protocol/capture.ts"
import type { Fault } from "../../../sim/faults/fault-table.ts"
import type { CapturedFrame } from "../../../sim/observe/capture.ts"
import type { Scene } from "../../../sim/scene/scene.ts"
import { Simulation } from "../../../sim/simulation.ts"
import { CaptureTrace } from "../../../sim/trace/capture-trace.ts"
import { VcdRecorder } from "../../../sim/trace/vcd-recorder.ts"
import type { Program } from "../../../toolchain/devicescript/program.ts"
import {
    NO_BOARD,
    type LiveState,
    type ViewRequest,
} from "../../view/messages/messages.ts"
import type { Timers } from "../../jacdac/jacdac-host.ts"
import { JacdacCameraControl } from "../camera-control.ts"
import { MachineFaults } from "../fault-bench.ts"
import { RateMeter } from "../frame-meter.ts"
import type { ScopeRange } from "../target.ts"
import { liveScope } from "./live-scope.ts"
import { Pacer } from "./pacer.ts"
import { runInSlices } from "./slices.ts"
import { VcdRing } from "./vcd-ring.ts"

/** Of waveforms and scope, ns. */
const WAVEFORMS_NS = 1e9
const SCOPE_NS = 2e9
/** Old records are thrown away that often, s: doing it costs as much as what is kept is long. */
const TIDY_SECONDS = 0.25

export interface LiveSimulationOptions {
    readonly board: BoardFile
    readonly scene: Scene
    readonly program: Program
    readonly request: CaptureRequest
    /** The same, as the page says it. */
    readonly wanted: ViewRequest
    readonly seed: number
    readonly faults: readonly Fault[] | undefined
    readonly onConsole: ((line: string) => void) | undefined
    readonly onFrame: (frame: CapturedFrame) => void
}

/** A program on a board, from its boot on. */
export class LiveSimulation {
    readonly control: JacdacCameraControl
    readonly timers: Timers

    private readonly fps = new RateMeter()
    private readonly irqs = new RateMeter()
    private readonly bench: MachineFaults
    private pacer: Pacer | undefined
    private arrived = 0
    private meterDropped = 0
    private tidySeconds = 0

    /** Wire the board; nothing runs yet. */
    static async create(
        options: LiveSimulationOptions
    ): Promise<LiveSimulation> {
        const trace = new CaptureTrace()
        const ring = new VcdRing(WAVEFORMS_NS)
        const vcd = new VcdRecorder({ sink: ring })
        const holder: { live?: LiveSimulation } = {}
        const simulation = await Simulation.create({
            ...options,
            trace,
            vcd,
            onFrame: frame => holder.live?.took(frame),
        })
        const parts = { simulation, trace, ring }
        return (holder.live = new LiveSimulation(parts, options))
    }

    private constructor(
        private readonly parts: {
            readonly simulation: Simulation
            readonly trace: CaptureTrace
            readonly ring: VcdRing
        },
        private readonly options: LiveSimulationOptions
    ) {
        const { simulation } = parts
        this.bench = new MachineFaults(simulation, options.faults !== undefined)
        this.timers = {
            nowUs: () => simulation.clock.nowNs / 1000,
            after: (delayUs, run) =>
                void simulation.clock.after(delayUs * 1000, run),
        }
        this.control = new JacdacCameraControl(
            simulation.jacdac,
            this.timers,
            options.wanted
        )
    }

    get program(): string {
        return this.options.program.name
    }

    get jacdac(): Simulation["jacdac"] {
        return this.parts.simulation.jacdac
    }

    get seconds(): number {
        return this.parts.simulation.seconds
    }

    get nowNs(): number {
        return this.parts.simulation.clock.nowNs
    }

    /** In real time, or as near to it as the computer comes. @throws what ends the program */
    run(done: () => boolean): Promise<void> {
        const wall = (): number => performance.now() / 1000
        const pacer = new Pacer(wall(), this.seconds)
        this.pacer = pacer
        return runInSlices(
            this.parts.simulation,
            {},
            {
                done,
                next: seconds => pacer.next(wall(), seconds),
                afterSlice: () => this.tidy(),
            }
        )
    }

    close(): void {
        this.control.close()
    }

    live(): Omit<LiveState, "recording"> {
        return {
            applied: this.control.applied,
            measuredFps: this.fps.perSecond(),
            counters: this.counters,
            irqsPerSecond: this.irqs.perSecond(),
            seconds: this.seconds,
            ratio: this.pacer?.ratio ?? 0,
            ended: undefined,
            ...NO_BOARD,
            faults: this.bench.state,
            uncontrolled: this.control.absent,
        }
    }

    injectFault(fault: Parameters<MachineFaults["inject"]>[0]): void {
        this.bench.inject(fault)
    }

    scope(range: ScopeRange): string | undefined {
        return liveScope(this.parts.trace, range)
    }

    waveforms(): string | undefined {
        return this.parts.ring.text()
    }

    private get counters(): LiveState["counters"] {
        const { frames, delivered, dropped, overruns, shortFrames, dmaErrors } =
            this.parts.simulation.record.counters()
        const faults = overruns + shortFrames + dmaErrors
        return { frames, delivered, dropped, overruns, faults }
    }

    /** What a run keeps for its end would grow for ever here. */
    private tidy(): void {
        const { simulation, trace } = this.parts
        if (this.seconds < this.tidySeconds) return
        this.tidySeconds = this.seconds + TIDY_SECONDS
        trace.forget(simulation.clock.nowNs - SCOPE_NS)
        this.lookAtMeter()
        const { irqs } = simulation.record.counters()
        this.irqs.note(simulation.seconds, irqs)
    }

    /** Other Jacdac hosts may be fast, and the page's own requests among what is dropped. */
    private lookAtMeter(): void {
        const { dropped } = this.parts.simulation.jacdac.counters
        this.control.lookedAtMeter(dropped > this.meterDropped)
        this.meterDropped = dropped
    }

    private took(frame: CapturedFrame): void {
        this.fps.note(this.seconds, ++this.arrived)
        this.options.onFrame(frame)
    }
}

// SPDX-License-Identifier: MIT
// The simulation as the live view's target: it runs in slices, its time follows the computer's as far as that can.

import { readBoard, type BoardFile } from "../../../boards/board-file.ts"
import type { CapturedFrame } from "../../../sim/observe/capture.ts"
import type { JacdacLine } from "../../../sim/wires/jacdac-bus.ts"
import { loadScene } from "../../../sim/scene/load-scene.ts"
import type { Fault } from "../../../sim/faults/fault-table.ts"
import type { Scene } from "../../../sim/scene/scene.ts"
import { SENSOR_CATALOGUE } from "../../../sim/sensors/catalogue.ts"
import { Simulation } from "../../../sim/simulation.ts"
import { CaptureTrace } from "../../../sim/trace/capture-trace.ts"
import { VcdRecorder } from "../../../sim/trace/vcd-recorder.ts"
import { buildProgram } from "../../../toolchain/devicescript/build-program.ts"
import { makePlanReport } from "../../plan/plan-report.ts"
import { JacdacCameraControl } from "../camera-control.ts"
import { faultKinds, MachineFaults } from "../fault-bench.ts"
import { RateMeter } from "../frame-meter.ts"
import { liveScope } from "./live-scope.ts"
import type { InjectedFault } from "../../view/messages/fault-messages.ts"
import {
    NO_BOARD,
    type TargetDescription,
    type ViewRequest,
} from "../../view/messages/messages.ts"
import { Pacer } from "./pacer.ts"
import { simulatedFrame } from "./simulated-frame.ts"
import { runInSlices } from "./slices.ts"
import { describeTarget, firstRequest } from "../target-description.ts"
import { VcdRing } from "./vcd-ring.ts"
import type { ScopeRange, TargetFrame, ViewTarget } from "../target.ts"
import type { CaptureRequest } from "../../../protocol/capture.ts"
import type { PlanReport } from "../../../protocol/plan-report.ts"

/** Of waveforms and scope, ns. */
const WAVEFORMS_NS = 1e9
const SCOPE_NS = 2e9
/** Old records are thrown away that often, s: doing it costs as much as what is kept is long. */
const TIDY_SECONDS = 0.25

export interface SimulationTargetOptions {
    readonly board: string
    readonly sensor: BoardFile["sensor"]["name"]
    readonly request: CaptureRequest
    readonly scene: string
    readonly seed: number
    readonly app: string
    readonly faults?: readonly Fault[] | undefined
    readonly onConsole?: (line: string) => void
}

/** One simulated board that is looked at. */
export class SimulationTarget implements ViewTarget {
    onFrame: ((frame: TargetFrame) => void) | undefined
    onChange: (() => void) | undefined
    latest: TargetFrame | undefined
    readonly description: TargetDescription
    readonly control: JacdacCameraControl

    private readonly fps = new RateMeter()
    private readonly irqs = new RateMeter()
    private readonly bench: MachineFaults
    private pacer: Pacer | undefined
    private arrived = 0
    private meterDropped = 0
    private tidySeconds = 0
    private ended: string | undefined
    private closed = false

    /** Build the program and wire the board; nothing runs yet. */
    static async create(
        options: SimulationTargetOptions
    ): Promise<SimulationTarget> {
        const board = readBoard(options.board, options.sensor)
        const { field } = SENSOR_CATALOGUE[board.sensor.name]
        const scene = await loadScene(options.scene, field, options.seed)
        const trace = new CaptureTrace()
        const ring = new VcdRing(WAVEFORMS_NS)
        const vcd = new VcdRecorder({ sink: ring })
        const holder: { target?: SimulationTarget } = {}
        const simulation = await Simulation.create({
            board,
            scene,
            program: await buildProgram(options.app),
            request: options.request,
            seed: options.seed,
            faults: options.faults,
            trace,
            vcd,
            onConsole: options.onConsole,
            onFrame: frame => holder.target?.took(frame),
        })
        const parts = { simulation, board, scene, trace, ring }
        return (holder.target = new SimulationTarget(parts, options))
    }

    private constructor(
        private readonly parts: {
            readonly simulation: Simulation
            readonly board: BoardFile
            readonly scene: Scene
            readonly trace: CaptureTrace
            readonly ring: VcdRing
        },
        private readonly options: SimulationTargetOptions
    ) {
        const { simulation, board } = parts
        this.description = describeTarget(board, {
            kind: "simulator",
            fieldPicture: parts.scene.still ? "still" : "moving",
            hasScope: true,
            hasWaveforms: true,
            canUpdateProgram: false,
            faults: faultKinds(),
        })
        this.bench = new MachineFaults(simulation, options.faults !== undefined)
        this.control = new JacdacCameraControl(
            simulation.jacdac,
            {
                nowUs: () => simulation.clock.nowNs / 1000,
                after: (delayUs, run) =>
                    void simulation.clock.after(delayUs * 1000, run),
            },
            this.request
        )
    }

    get request(): ViewRequest {
        const { board } = this.parts
        return firstRequest(
            this.options.request,
            SENSOR_CATALOGUE[board.sensor.name].field
        )
    }

    get jacdac(): JacdacLine {
        return this.parts.simulation.jacdac
    }

    get board(): BoardFile {
        return this.parts.board
    }

    get seconds(): number {
        return this.parts.simulation.seconds
    }

    /** In real time, or as near to it as the computer comes; the page shows an error too. */
    async run(): Promise<void> {
        const wall = (): number => performance.now() / 1000
        const pacer = new Pacer(wall(), this.seconds)
        this.pacer = pacer
        try {
            await runInSlices(
                this.parts.simulation,
                {},
                {
                    done: () => this.closed,
                    next: seconds => pacer.next(wall(), seconds),
                    afterSlice: () => this.tidy(),
                }
            )
        } catch (error) {
            this.ended = error instanceof Error ? error.message : String(error)
            throw error
        }
    }

    close(): Promise<void> {
        this.closed = true
        this.control.close()
        return Promise.resolve()
    }

    live(): ReturnType<ViewTarget["live"]> {
        const { simulation } = this.parts
        const { counters } = this
        return {
            applied: this.control.applied,
            measuredFps: this.fps.perSecond(),
            counters,
            irqsPerSecond: this.irqs.perSecond(),
            seconds: simulation.seconds,
            ratio: this.pacer?.ratio ?? 0,
            ended: this.ended,
            ...NO_BOARD,
            faults: this.bench.state,
            uncontrolled: this.control.absent,
        }
    }

    injectFault(fault: InjectedFault): void {
        this.bench.inject(fault)
    }

    plan(request: CaptureRequest): PlanReport {
        return makePlanReport(request, this.parts.board)
    }

    field(): ReturnType<ViewTarget["field"]> {
        return this.parts.scene.at(this.parts.simulation.clock.nowNs)
    }

    scope(range: ScopeRange): string | undefined {
        return liveScope(this.parts.trace, range)
    }

    waveforms(): string | undefined {
        return this.parts.ring.text()
    }

    private get counters(): ReturnType<ViewTarget["live"]>["counters"] {
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
        this.latest = simulatedFrame(frame)
        this.onFrame?.(this.latest)
    }
}

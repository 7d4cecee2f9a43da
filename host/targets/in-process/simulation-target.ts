// SPDX-License-Identifier: MIT
// The simulation as the live view's target: a board whose program can be replaced, which starts it anew.

import { readBoard, type BoardFile } from "../../../boards/board-file.ts"
import type { CaptureRequest } from "../../../protocol/capture.ts"
import type { PlanReport } from "../../../protocol/plan-report.ts"
import type { Fault } from "../../../sim/faults/fault-table.ts"
import { loadScene } from "../../../sim/scene/load-scene.ts"
import type { Scene } from "../../../sim/scene/scene.ts"
import { SENSOR_CATALOGUE } from "../../../sim/sensors/catalogue.ts"
import { buildProgram } from "../../../toolchain/devicescript/build-program.ts"
import type { Timers } from "../../jacdac/jacdac-host.ts"
import { makePlanReport } from "../../plan/plan-report.ts"
import type { InjectedFault } from "../../view/messages/fault-messages.ts"
import type {
    TargetDescription,
    UpdateState,
    ViewRequest,
} from "../../view/messages/messages.ts"
import { slotRequest } from "../board/board-request.ts"
import { faultKinds } from "../fault-bench.ts"
import type {
    CameraControl,
    ScopeRange,
    TargetFrame,
    ViewTarget,
} from "../target.ts"
import { describeTarget, firstRequest } from "../target-description.ts"
import { LiveSimulation } from "./live-simulation.ts"
import { RelayLine } from "./relay-line.ts"
import { simulatedFrame } from "./simulated-frame.ts"

export interface SimulationTargetOptions {
    readonly board: string
    readonly sensor: BoardFile["sensor"]["name"]
    readonly request: CaptureRequest
    readonly scene: string
    readonly seed: number
    readonly app: string
    readonly faults?: readonly Fault[] | undefined
    readonly onConsole?: (line: string) => void
    /** Why an update failed. */
    readonly onProblem?: (problem: string) => void
}

/** One simulated board that is looked at. */
export class SimulationTarget implements ViewTarget {
    onFrame: ((frame: TargetFrame) => void) | undefined
    onChange: (() => void) | undefined
    latest: TargetFrame | undefined
    readonly description: TargetDescription
    readonly control: CameraControl
    readonly jacdac = new RelayLine()

    private current!: LiveSimulation
    /** What the page asks for; undefined: nothing yet, the program has its own choice. */
    private wanted: ViewRequest | undefined
    private programs = 0
    private update: UpdateState | undefined
    private ended: string | undefined
    private closed = false

    /** Build the program and wire the board; nothing runs yet. */
    static async create(
        options: SimulationTargetOptions
    ): Promise<SimulationTarget> {
        const board = readBoard(options.board, options.sensor)
        const { field } = SENSOR_CATALOGUE[board.sensor.name]
        const scene = await loadScene(options.scene, field, options.seed)
        const target = new SimulationTarget(board, scene, options)
        target.take(await target.boot())
        return target
    }

    private constructor(
        readonly board: BoardFile,
        private readonly scene: Scene,
        private readonly options: SimulationTargetOptions
    ) {
        this.description = describeTarget(board, {
            kind: "simulator",
            fieldPicture: scene.still ? "still" : "moving",
            hasScope: true,
            hasWaveforms: true,
            canUpdateProgram: true,
            faults: faultKinds(),
        })
        const control = () => this.current.control
        this.control = {
            want: request => {
                this.wanted = request
                control().want(request)
            },
            setStreaming: on => control().setStreaming(on),
            get applied() {
                return control().applied
            },
            get absent() {
                return control().absent
            },
        }
    }

    get request(): ViewRequest {
        const { field } = SENSOR_CATALOGUE[this.board.sensor.name]
        return this.wanted ?? firstRequest(this.options.request, field)
    }

    get seconds(): number {
        return this.current.seconds
    }

    get timers(): Timers {
        return this.current.timers
    }

    /** One program after another; live() says an error of one, too. */
    async run(): Promise<void> {
        while (!this.closed) {
            const { current } = this
            try {
                await current.run(() => this.closed || current !== this.current)
            } catch (error) {
                this.ended = words(error)
                throw error
            }
        }
    }

    close(): Promise<void> {
        this.closed = true
        this.current.close()
        return Promise.resolve()
    }

    live(): ReturnType<ViewTarget["live"]> {
        const { current, ended, update, programs } = this
        const program = { name: current.program, sequence: programs }
        return { ...current.live(), ended, program, update }
    }

    injectFault(fault: InjectedFault): void {
        this.current.injectFault(fault)
    }

    plan(request: CaptureRequest): PlanReport {
        return makePlanReport(request, this.board)
    }

    field(): ReturnType<ViewTarget["field"]> {
        return this.scene.at(this.current.nowNs)
    }

    scope(range: ScopeRange): string | undefined {
        return this.current.scope(range)
    }

    waveforms(): string | undefined {
        return this.current.waveforms()
    }

    /** Build the program, and start the board with it; until then, and when it does not compile, the one before it runs. */
    updateProgram(): void {
        if (this.closed || this.update?.phase === "building") return
        void this.replaceProgram()
    }

    private async replaceProgram(): Promise<void> {
        this.update = { phase: "building", written: 0, problem: "" }
        try {
            const next = await this.boot()
            if (this.closed) return
            this.current.close()
            this.take(next)
            this.ended = undefined
            this.update = { phase: "done", written: 1, problem: "" }
            this.onChange?.()
        } catch (error) {
            const problem = words(error)
            this.update = { phase: "failed", written: 0, problem }
            this.options.onProblem?.(problem)
        }
    }

    private async boot(): Promise<LiveSimulation> {
        const { board, scene, options, wanted } = this
        const { app, seed, faults, onConsole } = options
        const program = await buildProgram(app)
        return LiveSimulation.create({
            ...{ board, scene, program, seed, faults, onConsole },
            request: wanted
                ? slotRequest(wanted, options.request)
                : options.request,
            wanted: this.request,
            onFrame: frame => {
                this.latest = simulatedFrame(frame)
                this.onFrame?.(this.latest)
            },
        })
    }

    private take(simulation: LiveSimulation): void {
        this.current = simulation
        this.programs++
        this.jacdac.attach(simulation.jacdac)
    }
}

function words(error: unknown): string {
    return error instanceof Error ? error.message : String(error)
}

// SPDX-License-Identifier: MIT
// A board behind a serial link as the live view's target. Sessions come and go: a board that restarts, falls silent or is
// plugged in again is taken up again.

import type { BoardFile } from "../../../boards/board-file.ts"
import { CamscriptError } from "../../../protocol/errors.ts"
import { buildSlot } from "../../../toolchain/slots/build-slot.ts"
import type { Timers } from "../../jacdac/jacdac-host.ts"
import { LinkJacdacLine } from "../../jacdac/link-line.ts"
import type { UpdateProgress } from "../../link/program-update.ts"
import type { OpenPort } from "../../link/serial-port.ts"
import { makePlanReport } from "../../plan/plan-report.ts"
import { slotRequest } from "./board-request.ts"
import { BoardSession } from "./board-session.ts"
import { linkFrame } from "./link-frame.ts"
import type {
    Reduction,
    TargetDescription,
    UpdateState,
    ViewRequest,
} from "../../view/messages/messages.ts"
import { faultKinds, type FaultBench } from "../fault-bench.ts"
import type { InjectedFault } from "../../view/messages/fault-messages.ts"
import { describeTarget } from "../target-description.ts"
import type { CameraControl, TargetFrame, ViewTarget } from "../target.ts"
import type { CaptureRequest } from "../../../protocol/capture.ts"
import type { SensorName } from "../../../protocol/names.ts"
import type { PlanReport } from "../../../protocol/plan-report.ts"

/** Between two attempts to find a lost board again. */
const RETRY_MS = 1000
/** A stream that is ended is not waited for longer. */
const FAREWELL_MS = 50

export interface LinkTargetOptions {
    /** "board at /dev/ttyACM0". */
    readonly kind: string
    /** @throws CamscriptError when it does not open */
    readonly open: () => Promise<OpenPort>
    /** Of the module, when the board does not say it. */
    readonly sensor: SensorName
    /** What "Update program" builds. */
    readonly app: string
    /** Not an emulated board. */
    readonly realTime: boolean
    /** Injects faults into an emulated board. */
    readonly faults?: FaultBench | undefined
    readonly onConsole?: (line: string) => void
    /** Why an update failed. */
    readonly onProblem?: (problem: string) => void
    /** Builds the content of a slot; another one for tests. */
    readonly build?: typeof buildSlot
}

/** What the page sees of a board that is not there now. */
const NOTHING = {
    measuredFps: 0,
    irqsPerSecond: 0,
    ratio: undefined,
    link: undefined,
} as const

export class LinkTarget implements ViewTarget {
    onFrame: ((frame: TargetFrame) => void) | undefined
    onChange: (() => void) | undefined
    latest: TargetFrame | undefined
    readonly jacdac = new LinkJacdacLine()
    readonly control: CameraControl

    /** The newest one, also when it is over. */
    private session!: BoardSession
    private wanted!: ViewRequest
    private port: OpenPort | undefined
    private waiting: string | undefined
    private ended: string | undefined
    private update: UpdateState | undefined
    /** Number of the slot that an update has filled. */
    private expected: number | undefined
    private reduction: Reduction = 0
    private closed = false
    private wake: () => void = () => {}
    private readonly startMs = performance.now()

    /**
     * Open the port and say hello.
     * @throws CamscriptError when that does not succeed at once
     */
    static async create(options: LinkTargetOptions): Promise<LinkTarget> {
        const target = new LinkTarget(options)
        try {
            target.take(await target.connect())
        } catch (error) {
            await target.close()
            throw error
        }
        return target
    }

    private constructor(private readonly options: LinkTargetOptions) {
        const applied = () =>
            this.waiting === undefined
                ? this.session.control.applied
                : undefined
        this.control = {
            want: request => {
                this.wanted = request
                this.session.control.want(request)
            },
            setStreaming: on => this.session.control.setStreaming(on),
            get applied() {
                return applied()
            },
        }
    }

    get request(): ViewRequest {
        return this.wanted
    }

    get description(): TargetDescription {
        return describeTarget(this.session.board, {
            kind: this.options.kind,
            fieldPicture: "none",
            hasScope: false,
            hasWaveforms: false,
            canUpdateProgram: true,
            faults: this.options.faults && faultKinds(),
        })
    }

    get timers(): Timers {
        return this.session.timers
    }

    get board(): BoardFile {
        return this.session.board
    }

    get seconds(): number {
        return (performance.now() - this.startMs) / 1000
    }

    /** Until close() or end(): watch a session, find the board again. */
    async run(): Promise<void> {
        for (;;) {
            this.session.watch()
            this.waiting = await this.session.ended
            const session = await this.again()
            if (!session) return
            this.take(session)
            this.onChange?.()
        }
    }

    async close(): Promise<void> {
        if (this.closed) return
        this.closed = true
        const { session, port } = this
        if (session) {
            session.stopStream()
            await delay(FAREWELL_MS)
            session.lost("the view was closed")
        }
        this.wake()
        await port?.close()
    }

    /** Nothing will come any more. */
    end(why: string): void {
        this.ended = why
        this.session?.lost(why)
    }

    injectFault(fault: InjectedFault): void {
        this.options.faults?.inject(fault)
    }

    live(): ReturnType<ViewTarget["live"]> {
        const { session, waiting, ended, update } = this
        const here = waiting === undefined && ended === undefined
        const figures = session.figures()
        const { frames, delivered, dropped, overruns, shortFrames, dmaErrors } =
            figures.counters
        const { measuredFps, irqsPerSecond, ratio, link } = here
            ? figures
            : NOTHING
        const { program, slotSequence } = session.welcome
        return {
            uncontrolled: here && session.control.absent,
            applied: this.control.applied,
            measuredFps,
            counters: {
                frames,
                delivered,
                dropped,
                overruns,
                faults: overruns + shortFrames + dmaErrors,
            },
            irqsPerSecond,
            seconds: this.seconds,
            ratio,
            faults: this.options.faults?.state,
            ended,
            waiting: ended === undefined ? waiting : undefined,
            link,
            program: { name: program, sequence: slotSequence },
            update,
        }
    }

    plan(request: CaptureRequest): PlanReport {
        return makePlanReport(request, this.session.board)
    }

    field(): undefined {}
    scope(): undefined {}
    waveforms(): undefined {}

    setReduction(reduction: Reduction): void {
        this.reduction = reduction
        this.session.setReduction(reduction)
    }

    updateProgram(): void {
        const busy =
            this.waiting !== undefined ||
            (this.update !== undefined &&
                !["done", "failed"].includes(this.update.phase))
        if (busy || this.ended !== undefined) return
        void this.replaceProgram()
    }

    private async replaceProgram(): Promise<void> {
        const { app, build = buildSlot } = this.options
        const { session } = this
        this.say("building")
        try {
            const slot = await build({
                app,
                sensor: session.board.sensor.name,
                request: slotRequest(this.wanted, session.slotRequest),
                board: session.board,
            })
            const sequence = await session.update(slot, progress =>
                this.progress(progress)
            )
            this.expected = sequence
            this.say("restarting", 1)
        } catch (error) {
            this.say("failed", 0, words(error))
        }
    }

    private progress({
        phase,
        writtenBytes,
        totalBytes,
    }: UpdateProgress): void {
        // The board has it, and restarts next.
        if (phase !== "done") this.say(phase, writtenBytes / totalBytes)
    }

    private say(phase: UpdateState["phase"], written = 0, problem = ""): void {
        this.update = { phase, written, problem }
        if (phase === "failed") this.options.onProblem?.(problem)
    }

    private async again(): Promise<BoardSession | undefined> {
        while (!this.closed && this.ended === undefined) {
            try {
                const session = await this.connect()
                if (!this.closed) return session
                session.lost("the view was closed")
            } catch (error) {
                this.waiting = words(error)
                await this.pause()
            }
        }
        return undefined
    }

    private async connect(): Promise<BoardSession> {
        const { options } = this
        const port = (this.port ??= await options.open())
        const lost = new Promise<never>((_, reject) => {
            port.onLost = reason => {
                if (this.port === port) this.port = undefined
                const why = `${options.kind}: the port is gone, ${reason}`
                reject(new CamscriptError(why))
                this.session?.lost(why)
            }
        })
        lost.catch(() => {})
        return BoardSession.open({
            port,
            lost,
            line: this.jacdac,
            sensor: options.sensor,
            realTime: options.realTime,
            reduction: this.reduction,
            onImage: image => {
                this.latest = linkFrame(image)
                this.onFrame?.(this.latest)
            },
            onLine: line => options.onConsole?.(line),
        })
    }

    private take(session: BoardSession): void {
        this.session = session
        this.wanted = session.request
        this.waiting = undefined
        this.judgeUpdate(session)
    }

    /** The board is back: with the program that it was sent? */
    private judgeUpdate({ welcome }: BoardSession): void {
        if (this.update?.phase !== "restarting") return
        const { slotSequence } = welcome
        if (slotSequence === this.expected) this.say("done", 1)
        else
            this.say(
                "failed",
                1,
                `the board has the program as number ${this.expected}, but started number ${slotSequence} (${welcome.program}): it does not take the new one for valid`
            )
    }

    private pause(): Promise<void> {
        return new Promise(resolve => {
            const timer = setTimeout(resolve, RETRY_MS)
            this.wake = () => {
                clearTimeout(timer)
                resolve()
            }
        })
    }
}

function delay(ms: number): Promise<void> {
    return new Promise(resolve => setTimeout(resolve, ms))
}

function words(error: unknown): string {
    return error instanceof Error ? error.message : String(error)
}

// SPDX-License-Identifier: MIT
// `camscript run`: build the program, simulate the board, save pictures, say what happened.

import { setImmediate } from "node:timers/promises"
import pc from "picocolors"
import { readBoard, type BoardFile } from "../../../boards/board-file.ts"
import type { CpuUse } from "../../../sim/observe/cpu-use.ts"
import { CamscriptError } from "../../../protocol/errors.ts"
import { SENSOR_CATALOGUE } from "../../../sim/sensors/catalogue.ts"
import { loadScene } from "../../../sim/scene/load-scene.ts"
import type { CapturedFrame } from "../../../sim/capture.ts"
import { Simulation, type SimulationOptions } from "../../../sim/simulation.ts"
import type { VcdRecorder } from "../../../sim/trace/vcd-recorder.ts"
import { buildProgram } from "../../../toolchain/devicescript/build-program.ts"
import { grayPicture } from "../../images/frame-image.ts"
import { PictureFolder } from "../../images/image-folder.ts"
import { preview } from "../../images/preview.ts"
import { Progress } from "../../progress.ts"
import type { RunOptions } from "./run-options.ts"
import { makeReport, type FinishedRun } from "./run-report.ts"
import { runTable } from "./run-table.ts"
import type { Terminal } from "../../terminal.ts"
import { withWaveforms } from "../../waveforms.ts"

/** The part of a simulation, or of an emulated board, that a run uses. */
export type RunnableSimulation = Pick<
    Simulation,
    | "run"
    | "seconds"
    | "mode"
    | "counters"
    | "measuredFps"
    | "display"
    | "rules"
> & {
    /** Only where the program's code takes time. */
    cpuUse?(): CpuUse | undefined
}

export type RunHooks = Pick<
    SimulationOptions,
    "onConsole" | "onFrame" | "trace" | "vcd"
>

/** Virtual time between two updates of the progress bar, s. The same in a pipe, so that the result is. */
const SLICE_SECONDS = 0.1

/** Virtual times are sums of ns: half of one is no difference. */
const TIME_TOLERANCE_SECONDS = 0.5e-9

/** Widest preview, characters. */
const PREVIEW_COLUMNS = 64

/** Make what the options describe, where they say that the program runs. */
export async function prepareTarget(
    options: RunOptions,
    board: BoardFile,
    hooks: RunHooks
): Promise<RunnableSimulation> {
    if (options.target === "sim")
        return prepareSimulation(options, board, hooks)
    const { prepareEmulation } =
        await import("../../targets/emulated-target.ts")
    return prepareEmulation(options, board, hooks)
}

/** Make the simulation that the options describe. */
export async function prepareSimulation(
    options: RunOptions,
    board: BoardFile,
    hooks: RunHooks
): Promise<RunnableSimulation> {
    // The scene first: a wrong file name is found before anything is compiled.
    const scene = await loadScene(
        options.scene,
        SENSOR_CATALOGUE[board.sensor.name].field,
        options.seed
    )
    const program = await buildProgram(options.app)
    const { request, seed } = options
    return Simulation.create({ board, scene, program, request, seed, ...hooks })
}

/**
 * Run, save and print.
 * @param prepare makes the simulation; tests hand in their own
 * @throws CamscriptError of any kind; nothing is then left in the output folder
 */
export async function run(
    options: RunOptions,
    terminal: Terminal,
    prepare: typeof prepareSimulation = prepareTarget
): Promise<void> {
    const finished = await withWaveforms(options, vcd =>
        recordRun({ options, terminal, prepare, vcd })
    )
    await print(finished, options, terminal)
}

interface RunTools {
    readonly options: RunOptions
    readonly terminal: Terminal
    readonly prepare: typeof prepareSimulation
    readonly vcd: VcdRecorder | undefined
}

/** Run and save. */
async function recordRun({
    options,
    terminal,
    prepare,
    vcd,
}: RunTools): Promise<FinishedRun> {
    const board = readBoard(options.board, options.sensor)
    const folder = new PictureFolder(options.out)
    const saver = new FrameSaver(folder, options.every)
    const lines: string[] = []
    const simulation = await prepare(options, board, {
        onConsole: line => lines.push(line),
        onFrame: frame => saver.take(frame),
        vcd,
    })
    folder.open()
    try {
        const finished = await capture({
            options,
            board,
            folder,
            terminal,
            simulation,
            saver,
            lines,
        })
        folder.publish(finished.report)
        return finished
    } catch (error) {
        folder.discard()
        throw error
    }
}

interface CaptureTools {
    readonly options: RunOptions
    readonly board: BoardFile
    readonly folder: PictureFolder
    readonly terminal: Terminal
    readonly simulation: RunnableSimulation
    readonly saver: FrameSaver
    /** Console lines of the program that are not yet shown. */
    readonly lines: string[]
}

async function capture(tools: CaptureTools): Promise<FinishedRun> {
    const { options, terminal, folder, simulation, saver, lines } = tools
    const progress = new Progress(terminal, {
        frames: options.frames,
        seconds: options.seconds,
        bar: !options.quiet && !options.json,
        console: !options.quiet && (terminal.errIsTty || !options.json),
    })
    const wallSeconds = await simulateInSlices(simulation, options, {
        afterSlice: async seconds => {
            progress.lines(lines.splice(0))
            progress.update(saver.frames, simulation.seconds, seconds)
            await saver.flush()
        },
        frames: () => saver.frames,
    }).finally(() => {
        progress.lines(lines.splice(0))
        progress.stop()
    })
    await saver.finish()
    const shown = simulation.display()
    if (shown) await folder.addDisplay(shown)
    return finish(tools, wallSeconds)
}

export interface SliceHooks {
    /** Called with the wall seconds spent in the simulation so far. */
    readonly afterSlice: (wallSeconds: number) => Promise<void>
    readonly frames: () => number
}

/**
 * Run until `frames` or `seconds` of the options are over, in slices between which a signal ends it.
 * @returns wall seconds spent in the simulation itself
 */
export async function simulateInSlices(
    simulation: Pick<RunnableSimulation, "run" | "seconds">,
    options: Pick<RunOptions, "frames" | "seconds">,
    hooks: SliceHooks
): Promise<number> {
    const frames = options.frames ?? Infinity
    const seconds = options.seconds ?? Infinity
    const interruption = new Interruption()
    let wallSeconds = 0
    try {
        while (
            hooks.frames() < frames &&
            simulation.seconds < seconds - TIME_TOLERANCE_SECONDS
        ) {
            const startMs = performance.now()
            simulation.run({
                frames: options.frames,
                seconds: Math.min(seconds, simulation.seconds + SLICE_SECONDS),
            })
            wallSeconds += (performance.now() - startMs) / 1000
            await hooks.afterSlice(wallSeconds)
            // Lets a signal in.
            await setImmediate()
            interruption.check()
        }
    } finally {
        interruption.dispose()
    }
    return wallSeconds
}

/** Ctrl-C ends the run as a failed one, so that nothing half-written stays. */
class Interruption {
    private signal: NodeJS.Signals | undefined
    private readonly listener = (signal: NodeJS.Signals): void => {
        this.signal = signal
    }

    constructor() {
        process.once("SIGINT", this.listener).once("SIGTERM", this.listener)
    }

    check(): void {
        if (this.signal)
            throw new CamscriptError(
                `the run was interrupted (${this.signal}); no pictures were saved`
            )
    }

    dispose(): void {
        process.off("SIGINT", this.listener).off("SIGTERM", this.listener)
    }
}

/** Chooses the frames to save: the first, every Nth and the last. */
class FrameSaver {
    frames = 0
    last: CapturedFrame | undefined
    private captures = 1
    private readonly waiting: [frame: CapturedFrame, capture: number][] = []

    constructor(
        private readonly folder: PictureFolder,
        private readonly every: number | undefined
    ) {}

    take(frame: CapturedFrame): void {
        // Each start of a capture counts its frames from 0; a batch of rows has the number of its frame.
        const { sequence, firstRow } = frame
        if (
            this.last &&
            (sequence < this.last.sequence ||
                (sequence === this.last.sequence &&
                    firstRow <= this.last.firstRow))
        )
            this.captures++
        this.last = frame
        const nth = this.every !== undefined && this.frames % this.every === 0
        if (this.frames === 0 || nth) this.waiting.push([frame, this.captures])
        this.frames++
    }

    async flush(): Promise<void> {
        for (const [frame, capture] of this.waiting.splice(0))
            await this.folder.add(frame.sequence, frame, capture)
    }

    async finish(): Promise<void> {
        if (this.last) this.waiting.push([this.last, this.captures])
        await this.flush()
    }
}

function finish(tools: CaptureTools, wallSeconds: number): FinishedRun {
    const { options, simulation, board, folder, saver } = tools
    const mode = simulation.mode()
    if (mode === undefined)
        throw new CamscriptError(
            `the program started no capture in ${simulation.seconds.toFixed(2)} s of simulated time`
        )
    const counters = simulation.counters()
    return {
        report: makeReport({
            board,
            mode,
            counters,
            measuredFps: simulation.measuredFps(),
            warnings: simulation.rules.warnings,
            cpu: simulation.cpuUse?.(),
            frames: saver.frames,
            files: folder.files(),
            waveforms: options.vcd,
        }),
        request: options.request,
        board,
        buffers: mode.buffers,
        field: SENSOR_CATALOGUE[board.sensor.name].field,
        lastFrame: saver.last,
        shortFrames: counters.shortFrames,
        dmaErrors: counters.dmaErrors,
        simulatedSeconds: simulation.seconds,
        wallSeconds,
    }
}

async function print(
    finished: FinishedRun,
    options: RunOptions,
    terminal: Terminal
): Promise<void> {
    if (options.json) {
        terminal.out(`${JSON.stringify(finished.report)}\n`)
        return
    }
    const lines = runTable(finished, pc.createColors(terminal.colour))
    const { lastFrame } = finished
    if (terminal.outIsTty && !options.quiet && lastFrame) {
        const columns = Math.min(PREVIEW_COLUMNS, terminal.columns - 4)
        const gray = await grayPicture(lastFrame)
        const picture = preview(gray, columns, terminal.grayDepth)
        lines.unshift(...picture.map(line => `  ${line}`), "")
    }
    terminal.out(`${lines.join("\n")}\n`)
}

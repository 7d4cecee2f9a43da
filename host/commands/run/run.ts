// SPDX-License-Identifier: MIT
// `camscript run`: let a target capture, save images, say what happened.

import pc from "picocolors"
import { CamscriptError, ProgramError } from "../../../protocol/errors.ts"
import { SENSOR_CATALOGUE } from "../../../sim/sensors/catalogue.ts"
import type { VcdRecorder } from "../../../sim/trace/vcd-recorder.ts"
import { grayImage, type ImageSource } from "../../images/frame-image.ts"
import { ImageFolder } from "../../images/image-folder.ts"
import { preview } from "../../images/preview.ts"
import { largestWindowHint } from "../../plan/largest-window.ts"
import { isPort } from "../../target-options.ts"
import { openTarget } from "../../targets/open-target.ts"
import type {
    CaptureTarget,
    LinkOutcome,
    SimulatedOutcome,
} from "../../targets/target.ts"
import type { Colours, Terminal } from "../../terminal.ts"
import { runWatched } from "../../watched-run.ts"
import { GdbRun } from "../../gdb/gdb-run.ts"
import { insideFiles } from "../../inside/inside-options.ts"
import { InsideRun } from "../../inside/inside-run.ts"
import { withWaveforms } from "../../waveforms.ts"
import { FrameSaver } from "./frame-saver.ts"
import { makePortReport, portTable } from "./port-report.ts"
import type { RunOptions } from "./run-options.ts"
import { makeReport, type FinishedRun } from "./run-report.ts"
import { runTable } from "./run-table.ts"

/** Widest preview, characters. */
const PREVIEW_COLUMNS = 64

/** What a run leaves. */
interface Result {
    readonly report: object
    readonly table: (colours: Colours) => string[]
    /** Shown above the table. */
    readonly image: ImageSource | undefined
    /** An injected fault ended the run: the command fails with it. */
    readonly ended?: CamscriptError | undefined
}

/**
 * Run, save and print.
 * @param open makes the target; tests hand in their own
 * @param signal ends the run with its reason
 * @throws CamscriptError of any kind; nothing is then left in the output folder, but for what was captured until an injected
 *     fault ended the run
 */
export async function run(
    options: RunOptions,
    terminal: Terminal,
    open: typeof openTarget = openTarget,
    signal?: AbortSignal
): Promise<void> {
    const result = await withWaveforms(options, vcd =>
        record({ options, terminal, open, vcd, signal })
    )
    await print(result, options, terminal)
    if (result.ended) throw result.ended
}

interface RunTools {
    readonly options: RunOptions
    readonly terminal: Terminal
    readonly open: typeof openTarget
    readonly vcd: VcdRecorder | undefined
    readonly signal: AbortSignal | undefined
}

/** Run and save. */
async function record(tools: RunTools): Promise<Result> {
    const { options, terminal, open, vcd } = tools
    const folder = new ImageFolder(options.out)
    const saver = new FrameSaver(folder, options.every)
    const lines: string[] = []
    const onConsole = isPort(options.target)
        ? boardLog(options, terminal)
        : (line: string) => lines.push(line)
    const inside = new InsideRun(options)
    const debug = new GdbRun(options.gdb, terminal)
    const target = await open(options, { onConsole, vcd, inside, debug })
    target.onFrame = frame => saver.take(frame)
    try {
        folder.open()
        try {
            const capture = { ...tools, target, inside, folder, saver, lines }
            // What was executed until an error is what one looks for then.
            const result = await captured(capture).finally(() => inside.write())
            folder.publish(result.report)
            return result
        } catch (error) {
            folder.discard()
            debug.close(error instanceof Error ? error.message : undefined)
            throw error
        }
    } finally {
        debug.close()
        await target.close()
    }
}

/** Its lines say themselves what they are. */
function boardLog(
    { quiet }: RunOptions,
    terminal: Terminal
): (line: string) => void {
    return line => {
        if (!quiet) terminal.err(`${line}\n`)
    }
}

interface CaptureTools {
    readonly options: RunOptions
    readonly terminal: Terminal
    readonly target: CaptureTarget
    readonly inside: InsideRun
    readonly folder: ImageFolder
    readonly saver: FrameSaver
    /** Console lines of the program that are not yet shown. */
    readonly lines: string[]
    readonly signal: AbortSignal | undefined
}

async function captured(tools: CaptureTools): Promise<Result> {
    const { options, terminal, target, saver, lines, signal } = tools
    let ended: CamscriptError | undefined
    let wallSeconds = 0
    const watched = runWatched(target, {
        ...options,
        terminal,
        lines,
        simulated: !isPort(options.target),
        signal,
        arrived: () => saver.frames,
        between: () => saver.flush(),
    })
    try {
        wallSeconds = await watched
    } catch (caught) {
        const error = withHint(caught, tools)
        // What a fault did is what was asked for, also when it ended the run.
        if (!options.faults || !(error instanceof CamscriptError)) throw error
        ended = error
    }
    const outcome = await target.outcome()
    await saver.finish()
    return outcome.kind === "link"
        ? linkResult(tools, outcome)
        : simulatedResult(tools, { outcome, wallSeconds, ended })
}

/** A program's refusal for want of memory, with what would fit. */
function withHint(error: unknown, { options, target }: CaptureTools): unknown {
    if (!(error instanceof ProgramError && error.refusal)) return error
    const { message, kind } = error
    const hint = largestWindowHint(message, options.request, target.board)
    return hint === undefined
        ? error
        : new ProgramError(`${message}; ${hint}`, true, kind)
}

function linkResult(
    { target, folder, saver }: CaptureTools,
    outcome: LinkOutcome
): Result {
    const report = makePortReport({
        board: target.board.name,
        outcome,
        images: saver.frames,
        files: folder.files(),
    })
    return { report, table: () => portTable(report), image: undefined }
}

interface SimulatedRun {
    readonly outcome: SimulatedOutcome
    readonly wallSeconds: number
    readonly ended: CamscriptError | undefined
}

async function simulatedResult(
    { options, target, inside, folder, saver }: CaptureTools,
    { outcome, wallSeconds, ended }: SimulatedRun
): Promise<Result> {
    const { mode, counters, display, lastFrame } = outcome
    const { board, seconds } = target
    if (display) await folder.addDisplay(display)
    if (mode === undefined && ended) throw ended
    if (mode === undefined)
        throw new CamscriptError(
            `the program started no capture in ${seconds.toFixed(2)} s of simulated time`
        )
    const finished: FinishedRun = {
        report: makeReport({
            board,
            mode,
            counters,
            measuredFps: outcome.measuredFps,
            warnings: outcome.warnings,
            faults: outcome.faults,
            ended: ended?.message,
            cpu: outcome.cpu,
            vmMsPerFrame: outcome.vmMsPerFrame,
            kernels: outcome.kernels,
            frames: saver.frames,
            files: folder.files(),
            waveforms: options.vcd,
            inside: insideFiles(options),
            lastWriter: inside.lastWriter,
        }),
        request: options.asked ?? options.request,
        board,
        buffers: mode.buffers,
        field: SENSOR_CATALOGUE[board.sensor.name].field,
        lastFrame,
        shortFrames: counters.shortFrames,
        dmaErrors: counters.dmaErrors,
        simulatedSeconds: seconds,
        wallSeconds,
    }
    return {
        report: finished.report,
        table: colours => runTable(finished, colours),
        image: lastFrame,
        ended,
    }
}

async function print(
    { report, table, image }: Result,
    options: RunOptions,
    terminal: Terminal
): Promise<void> {
    if (options.json) {
        terminal.out(`${JSON.stringify(report)}\n`)
        return
    }
    const lines = table(pc.createColors(terminal.colour))
    if (terminal.outIsTty && !options.quiet && image) {
        const columns = Math.min(PREVIEW_COLUMNS, terminal.columns - 4)
        const gray = await grayImage(image)
        const shown = preview(gray, columns, terminal.grayDepth)
        lines.unshift(...shown.map(line => `  ${line}`), "")
    }
    terminal.out(`${lines.join("\n")}\n`)
}

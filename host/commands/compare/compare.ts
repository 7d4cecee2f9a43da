// SPDX-License-Identifier: MIT
// `camscript compare`: every strategy that is possible, one after another, on the same scene with the same window.

import pc from "picocolors"
import { readBoard, type BoardFile } from "../../../boards/board-file.ts"
import { CamscriptError, UsageError } from "../../../protocol/errors.ts"
import type { CapturedFrame } from "../../../sim/observe/capture.ts"
import { CaptureTrace } from "../../../sim/trace/capture-trace.ts"
import type { VcdRecorder } from "../../../sim/trace/vcd-recorder.ts"
import { candidates } from "./candidates.ts"
import { CompareFolder, comparedName } from "./compare-folder.ts"
import { COMPARED_FRAMES } from "./compare-options.ts"
import type {
    ComparedStrategy,
    CompareReport,
    RejectedStrategy,
} from "./compare-report.ts"
import { captureScope, scopeTitle } from "./compare-scope.ts"
import { compareTable } from "./compare-table.ts"
import { captureTimes, captureTiming } from "./capture-timing.ts"
import { InterruptedError } from "../../interruption.ts"
import { imageFile } from "../../images/frame-image.ts"
import type { RunOptions } from "../run/run-options.ts"
import { makeReport } from "../run/run-report.ts"
import { InProcessTarget } from "../../targets/in-process/in-process-target.ts"
import { prepareSimulation } from "../../targets/in-process/prepare-simulation.ts"
import type { SimulatedOutcome } from "../../targets/target.ts"
import { largestWindowHint } from "../../plan/largest-window.ts"
import type { Terminal } from "../../terminal.ts"
import { runWatched } from "../../watched-run.ts"
import { strategyVcd, withWaveforms } from "../../waveforms.ts"
import { strategyNamed, type StrategyName } from "../../../protocol/names.ts"

/** What is recorded before the measured frame begins, ns: the scope shows less of it than a frame. */
const TRACED_BEFORE_NS = 1e9

/**
 * Run all strategies, save and print.
 * @param choose which strategies; tests hand in their own
 * @throws UsageError when no strategy is possible; CamscriptError when one fails; nothing is then written
 */
export async function compare(
    options: RunOptions,
    terminal: Terminal,
    choose: typeof candidates = candidates
): Promise<void> {
    const board = readBoard(options.board, options.sensor)
    const { possible, rejected } = choose(options.request, board)
    if (possible.length === 0) {
        const said = allRejected(rejected)
        const hint = largestWindowHint(said, options.request, board)
        throw new UsageError([said, ...(hint ? [hint] : [])].join("; "))
    }
    const folder = new CompareFolder(options.out)
    const strategies: ComparedStrategy[] = []
    for (const strategy of possible)
        strategies.push(
            await compared({ options, terminal, board, folder, strategy })
        )
    const report: CompareReport = { strategies, rejected }
    folder.publish(report)
    if (options.json) return terminal.out(`${JSON.stringify(report)}\n`)
    const finished = { report, boardName: board.name, scene: options.scene }
    const lines = compareTable(finished, pc.createColors(terminal.colour))
    terminal.out(`${lines.join("\n")}\n`)
}

/** Each reason once: a window that is too large is so for all. */
function allRejected(rejected: readonly RejectedStrategy[]): string {
    const reasons = new Map<string, StrategyName[]>()
    for (const { strategy, reason } of rejected)
        reasons.set(reason, [...(reasons.get(reason) ?? []), strategy])
    const said = [...reasons].map(
        ([reason, strategies]) => `${reason} (${strategies.join(", ")})`
    )
    return `no strategy is possible: ${said.join("; ")}`
}

interface CompareTools {
    readonly options: RunOptions
    readonly terminal: Terminal
    readonly board: BoardFile
    readonly folder: CompareFolder
    readonly strategy: StrategyName
}

/** Run one strategy. */
async function compared(tools: CompareTools): Promise<ComparedStrategy> {
    const { options, strategy } = tools
    const vcd = options.vcd && strategyVcd(options.vcd, strategy)
    try {
        const recording = await withWaveforms({ ...options, vcd }, recorder =>
            record(tools, recorder)
        )
        const measured = await evaluate(tools, recording)
        return vcd === undefined ? measured : { ...measured, waveforms: vcd }
    } catch (error) {
        // A wrong request is wrong for every strategy.
        if (error instanceof UsageError || error instanceof InterruptedError)
            throw error
        if (!(error instanceof CamscriptError)) throw error
        throw new CamscriptError(`${tools.strategy}: ${error.message}`)
    }
}

/** What is left of a strategy's run. */
interface Recording {
    readonly outcome: SimulatedOutcome
    readonly seconds: number
    readonly trace: CaptureTrace
    readonly delivered: number
    /** The last `COMPARED_FRAMES`, in order. */
    readonly frames: readonly CapturedFrame[]
}

async function record(
    tools: CompareTools,
    vcd: VcdRecorder | undefined
): Promise<Recording> {
    const { options, terminal, board, strategy } = tools
    const trace = new CaptureTrace()
    const frames: CapturedFrame[] = []
    const lines: string[] = []
    let delivered = 0
    const request = {
        ...options.request,
        strategy: strategyNamed(strategy),
    }
    const target = await InProcessTarget.open(
        board,
        onFrame =>
            prepareSimulation({ ...options, request }, board, {
                trace,
                vcd,
                onConsole: line => lines.push(line),
                onFrame: frame => {
                    onFrame(frame)
                    delivered++
                    if (frames.push(frame) > COMPARED_FRAMES) frames.shift()
                },
            }),
        options.faults !== undefined
    )
    await runWatched(target, {
        ...options,
        terminal,
        lines,
        simulated: true,
        arrived: () => delivered,
        between: () => {
            const [oldest] = frames
            if (oldest) trace.forget(oldest.sent.startNs - TRACED_BEFORE_NS)
            return Promise.resolve()
        },
    })
    const { seconds } = target
    return {
        outcome: await target.outcome(),
        seconds,
        trace,
        delivered,
        frames,
    }
}

/** Measure, and hand the images to the folder. */
async function evaluate(
    { board, folder, strategy }: CompareTools,
    { outcome, seconds, trace, delivered, frames }: Recording
): Promise<ComparedStrategy> {
    const [measured] = frames
    const times = measured && captureTimes(trace.frames, measured)
    const { mode } = outcome
    if (!times || !mode || frames.length < COMPARED_FRAMES)
        throw new CamscriptError(
            `${delivered} frames were delivered in ${seconds.toFixed(2)} s of simulated time, a comparison needs at least ${COMPARED_FRAMES}`
        )
    if (mode.strategy !== strategy)
        throw new CamscriptError(
            `the program took ${mode.strategy} instead; compare needs one that does what it is asked for, by readRequest() of its Camera`
        )
    const report = makeReport({
        board,
        mode,
        counters: outcome.counters,
        measuredFps: outcome.measuredFps,
        warnings: outcome.warnings,
        faults: outcome.faults,
        frames: delivered,
        files: [],
    })
    const sequence = measured.sent.sequence
    const scope = captureScope({
        title: scopeTitle(report, report.fps.measured ?? report.fps.planned),
        trace,
        frame: trace.frames.find(({ sent }) => sent.sequence === sequence)!,
        times,
        wantedRows: mode.window.height / mode.binning,
    })
    const { extension, bytes } = await imageFile(frames.at(-1)!)
    const files = [
        folder.add(comparedName(strategy, extension), bytes),
        folder.add(comparedName(strategy, "svg"), scope),
    ]
    return { ...report, files, ...captureTiming(times) }
}

// SPDX-License-Identifier: MIT
// What a run did: the shape of `camscript run --json` (docs/json.md), and how it is made of the simulation's counters.

import {
    kernelCycles,
    type KernelUse,
} from "../../../sim/kernel/kernel-calls.ts"
import type { InsideFiles } from "../../inside/inside-options.ts"
import type { BoardFile } from "../../../boards/board-file.ts"
import type {
    AppliedMode,
    CapturedFrame,
    Counters,
} from "../../../sim/observe/capture.ts"
import type { CpuTiming } from "../../../sim/cortex-m/execution-time.ts"
import type { CpuUse } from "../../../sim/observe/cpu-use.ts"
import type { FaultOutcome } from "../../../sim/faults/fault-watch.ts"
import { slowHandlerMessage } from "../../../sim/observe/slow-handler.ts"
import type { CaptureRequest } from "../../../protocol/capture.ts"
import {
    frameEnds,
    sumOfEnds,
    type FrameEnds,
} from "../../../protocol/frame-ends.ts"
import type { StrategyName } from "../../../protocol/names.ts"
import type { BrokenRule } from "../../../sim/rule-tally.ts"
import {
    brokenRuleReport,
    type BrokenRuleReport,
} from "../../broken-rule-report.ts"

/** `camscript run --json`. The same run gives the same object: nothing in it depends on the machine. */
export interface RunReport {
    readonly sensor: string
    readonly strategy: StrategyName
    /** As applied, pixels of the sensor's field. */
    readonly window: {
        readonly x: number
        readonly y: number
        readonly width: number
        readonly height: number
    }
    /** Pixels of the window that one pixel of the frame is made of, each way. */
    readonly binning: number
    readonly fps: {
        /** By the program's arithmetic. */
        readonly planned: number
        /** By the time stamps of the delivered frames; null with fewer than two. */
        readonly measured: number | null
    }
    /** Frames of the sensor while the program captured, those that were due and did not come included. */
    readonly sensorFrames: number
    /** Where each of them ended: one place each, so that the sum is `sensorFrames`. */
    readonly ends: FrameEnds
    /** Delivered to the program's callback. */
    readonly frames: number
    /** No buffer was free. */
    readonly dropped: number
    /** Captured, but the program did not look at them. */
    readonly skipped: number
    /** Marked unusable after a start or a change. */
    readonly settling: number
    readonly overruns: number
    readonly resyncs: number
    /** Delivered frames with rows of more than one frame of the sensor. */
    readonly torn: number
    /** Crossed the parallel bus, measured. */
    readonly busBytesPerFrame: number
    readonly storedBytesPerFrame: number
    /** DCMI and DMA interrupts per frame of the sensor. */
    readonly irqsPerFrame: number
    readonly ram: {
        readonly frameBuffers: number
        /** Frame buffers and every other owner in the board file. */
        readonly total: number
    }
    /** Delivered pixels that differ from the scene seen through the sensor model. */
    readonly pixelErrors: number
    /** What was reserved or doubtful in the use of the silicon, and did no harm. */
    readonly warnings: readonly BrokenRuleReport[]
    /** With --faults: what each of them did, in the order of the file. */
    readonly faults?: readonly FaultOutcome[]
    /** With --faults: why the run ended before its time; the command then fails. */
    readonly ended?: string
    /** Of an emulated board only: the simulator executes no instructions of its CPU. */
    readonly cpu?: CpuReport
    /** Of the simulator only: time of the board's CPU that the VM took for each frame, ms, by the board file's rates. */
    readonly vmMsPerFrame?: number
    /** Frames were lost because that is more than the sensor's frame. */
    readonly tooSlow?: string
    /** Of the simulator only, and of a program that calls kernels: its functions, in the order of their first calls. */
    readonly kernels?: readonly KernelReport[]
    /** Images written, in order. */
    readonly files: readonly string[]
    /** With --vcd: the file of the waveforms. */
    readonly waveforms?: string
    /** With --profile and its kin: their files, by the option's name. */
    readonly inside?: InsideFiles
    /** With --last-writer: who wrote the byte, in words. */
    readonly lastWriter?: string
}

/** What the CPU did from the first start of the capture on. Instructions are counted, times follow from them. */
export interface CpuReport {
    /** What virtual time was made of. */
    readonly timing: CpuTiming
    /** Cycles per instruction: as they came out, or as --cpi asked for. */
    readonly cpi: number
    /** All instructions, per frame of the sensor. */
    readonly instructionsPerFrame: number
    /** Those in interrupt handlers of DCMI and DMA. */
    readonly captureIrqInstructionsPerFrame: number
    /** Those in all exception handlers. */
    readonly irqInstructionsPerFrame: number
    /** Share of the time in which the CPU slept, 0..1. */
    readonly idleShare: number
}

/** What a program's use of one function of a kernel came to. */
export interface KernelReport {
    /** Path of the kernel file from the project's folder. */
    readonly file: string
    readonly name: string
    readonly calls: number
    /** Calls in which it did what it may not. */
    readonly stopped: number
    /** HCLK cycles that a call was charged with, in the mean: an estimate. */
    readonly cyclesPerCall: number
}

/** A finished run: the report, and what only the table for people shows. */
export interface FinishedRun {
    readonly report: RunReport
    /** What was asked for; the report has what was applied. */
    readonly request: CaptureRequest
    readonly board: BoardFile
    readonly buffers: number
    readonly field: { readonly width: number; readonly height: number }
    readonly lastFrame: CapturedFrame | undefined
    readonly shortFrames: number
    readonly dmaErrors: number
    readonly simulatedSeconds: number
    readonly wallSeconds: number
}

/** What the simulation says at its end. */
export interface RunFacts {
    readonly board: BoardFile
    readonly mode: AppliedMode
    readonly counters: Counters
    readonly measuredFps: number | undefined
    readonly warnings: readonly BrokenRule[]
    readonly faults?: readonly FaultOutcome[] | undefined
    readonly ended?: string | undefined
    readonly cpu?: CpuUse | undefined
    readonly vmMsPerFrame?: number | undefined
    readonly kernels?: readonly KernelUse[] | undefined
    /** Frames that reached the callback. */
    readonly frames: number
    readonly files: readonly string[]
    readonly waveforms?: string
    readonly inside?: InsideFiles | undefined
    readonly lastWriter?: string | undefined
}

/** Make the report of a run. */
export function makeReport(facts: RunFacts): RunReport {
    const { mode, counters, measuredFps } = facts
    const { x, y, width, height } = mode.window
    const sentFrames = Math.max(1, counters.sentFrames)
    const frameBuffers = mode.frameBufferBytes
    const delivered = Math.max(1, counters.delivered)
    return {
        sensor: mode.sensor.toLowerCase(),
        strategy: mode.strategy,
        window: { x, y, width, height },
        binning: mode.binning,
        fps: {
            planned: mode.fps,
            measured: measuredFps === undefined ? null : round(measuredFps, 3),
        },
        sensorFrames: counters.sensorFrames,
        ends: checkedEnds(counters),
        frames: facts.frames,
        dropped: counters.dropped,
        skipped: counters.skipped,
        settling: counters.settling,
        overruns: counters.overruns,
        resyncs: counters.resyncs,
        torn: counters.torn,
        busBytesPerFrame: round(counters.busBytes / sentFrames, 1),
        // What a compressed frame takes shows only afterwards.
        storedBytesPerFrame:
            mode.format === "jpeg"
                ? round(counters.deliveredBytes / delivered, 1)
                : mode.storedBytesPerFrame,
        irqsPerFrame: round(counters.irqs / sentFrames, 3),
        ram: { frameBuffers, total: ownedBytes(facts.board) + frameBuffers },
        pixelErrors: counters.pixelErrors,
        warnings: facts.warnings.map(rule => brokenRuleReport(rule)),
        ...(facts.faults && { faults: facts.faults }),
        ...(facts.ended !== undefined && { ended: facts.ended }),
        ...(facts.cpu && { cpu: cpuReport(facts.cpu, sentFrames) }),
        ...vmReport(facts),
        ...(facts.kernels?.length && {
            kernels: facts.kernels.map(kernelReport),
        }),
        files: facts.files,
        ...(facts.waveforms === undefined
            ? {}
            : { waveforms: facts.waveforms }),
        ...(facts.inside && { inside: facts.inside }),
        ...(facts.lastWriter !== undefined && {
            lastWriter: facts.lastWriter,
        }),
    }
}

/** @throws Error when a frame is in two places or in none: the grabber's own mistake */
function checkedEnds(counters: Counters): FrameEnds {
    const ends = frameEnds(counters)
    const sum = sumOfEnds(ends)
    if (sum !== counters.sensorFrames)
        throw new Error(
            `the frame grabber counted ${counters.sensorFrames} frames of the sensor, and ${sum} ends of frames`
        )
    return ends
}

function cpuReport(use: CpuUse, sensorFrames: number): CpuReport {
    return {
        timing: use.timing,
        cpi: round(use.cpi, 3),
        instructionsPerFrame: round(use.instructions / sensorFrames, 0),
        captureIrqInstructionsPerFrame: round(
            use.captureIrqInstructions / sensorFrames,
            1
        ),
        irqInstructionsPerFrame: round(use.irqInstructions / sensorFrames, 1),
        idleShare: round(use.idleNs / Math.max(1, use.elapsedNs), 4),
    }
}

function kernelReport(use: KernelUse): KernelReport {
    const { file, functionName, calls, stopped } = use
    const cyclesPerCall = round(kernelCycles(use) / Math.max(1, calls), 0)
    return { file, name: functionName, calls, stopped, cyclesPerCall }
}

function vmReport({
    vmMsPerFrame,
    mode,
    counters,
    board,
}: RunFacts): Pick<RunReport, "vmMsPerFrame" | "tooSlow"> {
    if (vmMsPerFrame === undefined) return {}
    const tooSlow = slowHandlerMessage({
        vmMsPerFrame,
        fps: mode.fps,
        lost: counters.dropped + counters.skipped,
        board: board.name,
    })
    return {
        vmMsPerFrame: round(vmMsPerFrame, 3),
        ...(tooSlow !== undefined && { tooSlow }),
    }
}

/** RAM of every fixed owner in the board file, bytes. */
export function ownedBytes(board: BoardFile): number {
    return board.ramOwners.reduce((sum, owner) => sum + owner.bytes, 0)
}

function round(value: number, decimals: number): number {
    const scale = 10 ** decimals
    return Math.round(value * scale) / scale
}

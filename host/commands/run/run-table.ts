// SPDX-License-Identifier: MIT
// The table that a person reads at the end of a run.

import { faultLines } from "../../fault-lines.ts"
import type { Colours } from "../../terminal.ts"
import { ownedBytes, type FinishedRun } from "./run-report.ts"
import { timingText } from "../../../sim/observe/cpu-use.ts"
import { WHO_DROPS_THE_PIXELS } from "../../../protocol/names.ts"

const LABEL_COLUMNS = 14

/** A frame rate that is nearer than this is what was asked for; a sensor counts whole rows and clocks. */
const FPS_TOLERANCE = 0.5

/**
 * Lay out the result of a run.
 * @returns lines, with colour codes only when `colours` has them on
 */
export function runTable(run: FinishedRun, colours: Colours): string[] {
    const { report, board } = run
    const row = (label: string, text: string) =>
        `  ${colours.dim(label.padEnd(LABEL_COLUMNS))}${text}`
    return [
        `${colours.bold(`${report.sensor.toUpperCase()} on ${board.name}`)}, ` +
            `${report.strategy}: ${WHO_DROPS_THE_PIXELS[report.strategy]}`,
        "",
        row("window", windowText(run)),
        row("frame rate", frameRateText(run)),
        ...exposureRows(run).map(text => row("exposure", text)),
        ...trafficRows(run, row),
        row("interrupts", `${report.irqsPerFrame} per frame`),
        ...cpuRows(run).map(text => row("CPU", text)),
        ...kernelRows(run, colours).map((text, index) =>
            row(index === 0 ? "kernels" : "", text)
        ),
        row("frames", framesText(run)),
        row("faults", faultsText(run, colours)),
        ...faultLines(report.faults ?? [], colours).map((text, index) =>
            row(index === 0 ? "injected" : "", text)
        ),
        ...(report.ended === undefined
            ? []
            : [row("ended", colours.red(report.ended))]),
        ...(report.tooSlow === undefined
            ? []
            : [row("too slow", colours.red(report.tooSlow))]),
        ...report.warnings.map(({ message, count }) =>
            row("warning", colours.yellow(`${count} x ${message}`))
        ),
        ...ramRows(run, row),
        row("time", timeText(run)),
        ...imageRows(run, row),
        ...(report.waveforms === undefined
            ? []
            : [row("waveforms", report.waveforms)]),
        ...(report.lastWriter === undefined
            ? []
            : [row("last writer", report.lastWriter)]),
        ...Object.entries(report.inside ?? {}).map(([name, file]) =>
            row(name, file)
        ),
    ]
}

/** Each function of a kernel: how often, how long, and how often it was stopped. */
function kernelRows(
    { report, board }: FinishedRun,
    colours: Colours
): readonly string[] {
    return (report.kernels ?? []).map(
        ({ name, calls, stopped, cyclesPerCall }) => {
            const ms = (cyclesPerCall / board.hclkHz) * 1000
            const text = `${name}: ${calls} calls, about ${ms.toFixed(2)} ms each`
            return stopped === 0
                ? text
                : colours.red(`${text}, ${stopped} of them stopped`)
        }
    )
}

function windowText({ report, field, request }: FinishedRun): string {
    const { x, y, width, height } = report.window
    const { binning } = report
    const binned =
        binning === 1
            ? ""
            : `, binned to ${width / binning}x${height / binning}`
    const asked = request.window
    const same =
        asked === undefined ||
        (asked.width === width &&
            asked.height === height &&
            (asked.x ?? x) === x &&
            (asked.y ?? y) === y)
    const place =
        asked?.x === undefined ? "" : `+${asked.x}+${asked.y ?? "centred"}`
    const note = same
        ? ""
        : `, asked for ${asked.width}x${asked.height}${place}`
    return `${width}x${height}+${x}+${y} of ${field.width}x${field.height} pixels${binned}${note}`
}

function frameRateText({ report, request }: FinishedRun): string {
    const { planned, measured } = report.fps
    const text = measured === null ? "not" : `${measured.toFixed(2)} fps`
    const { fps } = request
    const near = fps === undefined || Math.abs(planned - fps) < FPS_TOLERANCE
    const note = near ? "" : `, asked for ${fps}`
    return `${text} measured, ${planned.toFixed(2)} fps planned${note}`
}

function exposureRows({ lastFrame, request }: FinishedRun): string[] {
    if (lastFrame === undefined) return []
    const { exposureUs, gain } = lastFrame.sent
    const milliseconds = (us: number) => `${(us / 1000).toFixed(2)} ms`
    const exposureNote = clamped(request.exposureUs, exposureUs)
        ? `, asked for ${milliseconds(request.exposureUs!)}`
        : ""
    const gainNote = clamped(request.gain, gain)
        ? `, asked for ${request.gain!.toFixed(2)}`
        : ""
    return [
        `${milliseconds(exposureUs)}${exposureNote}, gain ${gain.toFixed(2)}${gainNote} (last frame)`,
    ]
}

/** A sensor counts whole rows, and sixteenths of gain: what is nearer than this is what was asked for. */
const CLAMPED_SHARE = 0.1

/** @param asked 0 and undefined are automatic */
function clamped(asked: number | undefined, applied: number): boolean {
    return (
        asked !== undefined &&
        asked > 0 &&
        Math.abs(applied - asked) > CLAMPED_SHARE * asked
    )
}

/** Simulator: bytecode is counted; emulated board: instructions are. The time that they take is estimated. */
function cpuRows({ report, board }: FinishedRun): string[] {
    const { cpu, vmMsPerFrame, fps } = report
    if (vmMsPerFrame !== undefined)
        return [
            `about ${vmMsPerFrame.toFixed(1)} ms per frame for the program on ${board.name}, of ${(1000 / fps.planned).toFixed(1)} ms`,
        ]
    if (cpu === undefined) return []
    return [
        `${thousands(cpu.instructionsPerFrame)} instructions per frame, ` +
            `${cpu.captureIrqInstructionsPerFrame} of them in the capture's interrupts; ` +
            `asleep ${(100 * cpu.idleShare).toFixed(1)} % of the time at ${timingText(cpu)}`,
    ]
}

type Row = (label: string, text: string) => string

/** Bytes on the bus against bytes stored, per frame and per second. */
function trafficRows({ report }: FinishedRun, row: Row): string[] {
    const { busBytesPerFrame: bus, storedBytesPerFrame: stored, fps } = report
    const rate = fps.measured ?? fps.planned
    const line = (bytes: number) =>
        `${thousands(bytes).padStart(8)} bytes/frame ${((bytes * rate) / 1e6).toFixed(2).padStart(7)} MB/s`
    const share = bus === 0 ? 0 : (100 * stored) / bus
    return [
        row("on the bus", line(bus)),
        row("stored", `${line(stored)}   ${share.toFixed(1)} % of the bus`),
    ]
}

function framesText({ report }: FinishedRun): string {
    const { frames, dropped, skipped, settling } = report
    return `${thousands(frames)} delivered, ${dropped} dropped, ${skipped} skipped, ${settling} settling`
}

/** Zeros in green, the rest in red: the one line to glance at. */
function faultsText(run: FinishedRun, colours: Colours): string {
    const { report, shortFrames, dmaErrors } = run
    const counts: readonly (readonly [number, string])[] = [
        [report.overruns, "overruns"],
        [shortFrames, "short frames"],
        [dmaErrors, "DMA errors"],
        [report.torn, "torn"],
        [report.resyncs, "resyncs"],
        [report.pixelErrors, "wrong pixels"],
    ]
    return counts
        .map(([count, what]) => {
            const text = `${thousands(count)} ${what}`
            return count === 0 ? colours.green(text) : colours.red(text)
        })
        .join(", ")
}

function ramRows(run: FinishedRun, row: Row): string[] {
    const { report, board, buffers, request } = run
    const wanted = request.buffers ?? buffers
    const short = wanted === buffers ? "" : `, asked for ${wanted}`
    const whole = board.memories.reduce((sum, memory) => sum + memory.bytes, 0)
    // JPEG: the buffer, not the frame in it. Line mode: with its share of the two rows.
    const each = Math.round(report.ram.frameBuffers / buffers)
    const owners = board.ramOwners.map(owner => ({
        name: inWords(owner.name),
        bytes: owner.bytes,
        note: board.memories.length > 1 ? owner.memory : "",
    }))
    owners.push({
        name: "frame buffers",
        bytes: report.ram.frameBuffers,
        note: `${buffers} x ${thousands(each)}${short}`,
    })
    const total = ownedBytes(board) + report.ram.frameBuffers
    const line = (bytes: number, name: string, note: string) =>
        `${thousands(bytes).padStart(8)} ${note === "" ? name : `${name} (${note})`}`
    return [
        ...owners.map(({ bytes, name, note }, index) =>
            row(index === 0 ? "RAM" : "", line(bytes, name, note))
        ),
        row("", line(total, `of ${thousands(whole)} bytes`, "")),
    ]
}

/** "gcHeap" as "GC heap", "nativeStack" as "native stack". */
function inWords(name: string): string {
    return name
        .replace(/[A-Z]/g, letter => ` ${letter.toLowerCase()}`)
        .replace(/^gc\b/, "GC")
        .replace(/^vm\b/, "VM")
}

function timeText({ simulatedSeconds, wallSeconds }: FinishedRun): string {
    const speed = wallSeconds > 0 ? simulatedSeconds / wallSeconds : 0
    return (
        `${simulatedSeconds.toFixed(2)} s simulated in ${wallSeconds.toFixed(2)} s, ` +
        `${speed.toFixed(1)} times real time`
    )
}

function imageRows({ report }: FinishedRun, row: Row): string[] {
    const { files } = report
    const shown =
        files.length <= 4 ? files : [...files.slice(0, 3), files.at(-1)!]
    const left = files.length - shown.length
    return shown.map((file, index) =>
        row(
            index === 0 ? "images" : "",
            left > 0 && index === 3 ? `... ${left} more ... ${file}` : file
        )
    )
}

function thousands(value: number): string {
    return value.toLocaleString("en-US")
}

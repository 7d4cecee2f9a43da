// SPDX-License-Identifier: MIT
// What `camscript emulate` tells: the shape of its --json, and how a person reads it.

import type { Colours } from "../../terminal.ts"
import { faultLines } from "../../fault-lines.ts"
import type { FaultOutcome } from "../../../sim/faults/fault-watch.ts"
import { blockName } from "../../../sim/foreign/block-names.ts"
import type { ForeignRun } from "../../../sim/foreign/foreign-run.ts"
import {
    brokenRuleReport,
    type BrokenRuleReport,
} from "../../broken-rule-report.ts"
import type { CpuTiming } from "../../../sim/cortex-m/mcu.ts"
import { timingText } from "../../../sim/observe/cpu-use.ts"
import type { EmulateOptions } from "./emulate-options.ts"

/** `camscript emulate --json`. */
export interface EmulateReport {
    readonly elf: string
    readonly chip: string
    readonly sensor: string
    readonly i2c: string
    /** 7-bit address. */
    readonly address: number
    readonly xclkHz: number
    readonly seconds: number
    /** Frames that the DCMI took whole. */
    readonly frames: number
    /** Of those, byte for byte what the sensor sent. */
    readonly exactFrames: number
    /** By the starts of the first and the last; null with fewer than two. */
    readonly fps: number | null
    readonly sensorFrames: number
    readonly overruns: number
    readonly placements: readonly PlacementReport[]
    /** Places beyond those listed. */
    readonly morePlacements: number
    readonly exceptions: readonly ExceptionReport[]
    readonly instructions: {
        /** What virtual time was made of. */
        readonly timing: CpuTiming
        /** Cycles per instruction: as they came out, or as --cpi asked for. */
        readonly cpi: number
        readonly total: number
        readonly thread: number
        /** In all handlers, per taken frame; null without frames. */
        readonly handlersPerFrame: number | null
        /** Share of virtual time asleep, 0 to 1. */
        readonly idle: number
    }
    readonly resets: number
    /** With --faults: what each of them did, in the order of the file. */
    readonly faults?: readonly FaultOutcome[]
    readonly uart: readonly {
        readonly usart: number
        readonly bytes: number
        readonly text: string
    }[]
    readonly unmodelled: readonly UnmodelledReport[]
    /** Errors; with --permissive only. */
    readonly violations: readonly BrokenRuleReport[]
    /** What is reserved or doubtful, and did no harm. */
    readonly warnings: readonly BrokenRuleReport[]
    readonly files: readonly string[]
}

/** Where DMA put frames or parts of them. */
export interface PlacementReport {
    /** "0x20000020". */
    readonly address: string
    readonly bytes: number
    readonly count: number
}

export interface ExceptionReport {
    readonly name: string
    readonly entries: number
    readonly instructions: number
    /** Entries per taken frame; null without frames. */
    readonly perFrame: number | null
}

export interface UnmodelledReport {
    readonly address: string
    /** Of the memory map; "" when it has none there. */
    readonly block: string
    readonly reads: number
    readonly writes: number
}

/** Rows of a frame go to hundreds of places. */
const PLACEMENTS_MAX = 16

/** Collect it at the end of a run. */
export function emulateReport(
    run: ForeignRun,
    options: EmulateOptions,
    files: readonly string[]
): EmulateReport {
    const { watch } = run
    const placements = watch.placements()
    return {
        elf: options.elf,
        chip: options.chip,
        sensor: options.sensor.name,
        i2c: options.sensor.i2c,
        address: options.sensor.address,
        xclkHz: options.xclkHz,
        seconds: round(run.seconds, 6),
        frames: watch.frames,
        exactFrames: watch.exactFrames,
        fps: framesPerSecond(run),
        sensorFrames: watch.sensorFrames,
        overruns: watch.overruns,
        placements: placements
            .slice(0, PLACEMENTS_MAX)
            .map(({ address, bytes, count }) => ({
                address: hex(address),
                bytes,
                count,
            })),
        morePlacements: Math.max(0, placements.length - PLACEMENTS_MAX),
        exceptions: exceptions(run),
        instructions: instructions(run),
        resets: run.resets,
        ...(options.faults && { faults: run.faults.outcomes() }),
        uart: [...run.sent].map(([usart, bytes]) => ({
            usart,
            bytes: bytes.total,
            text: Buffer.from(bytes.bytes()).toString("latin1"),
        })),
        unmodelled: run.unmodelled
            .accesses()
            .map(({ address, reads, writes }) => ({
                address: hex(address),
                block: blockName(address),
                reads,
                writes,
            })),
        violations: run.rules.violations.map(brokenRuleReport),
        warnings: run.rules.warnings.map(brokenRuleReport),
        files,
    }
}

function framesPerSecond({ watch }: ForeignRun): number | null {
    const { frames, firstStartNs, lastStartNs } = watch
    if (firstStartNs === undefined || frames < 2) return null
    return round(((frames - 1) * 1e9) / (lastStartNs - firstStartNs), 3)
}

function exceptions({
    exceptions: tally,
    watch,
}: ForeignRun): ExceptionReport[] {
    return tally.counts().map(({ name, entries, instructions: executed }) => ({
        name,
        entries,
        instructions: executed,
        perFrame: watch.frames > 0 ? round(entries / watch.frames, 2) : null,
    }))
}

function instructions({
    mcu,
    watch,
    seconds,
}: ForeignRun): EmulateReport["instructions"] {
    const { total, byException } = mcu.instructions
    const thread = byException.get(0) ?? 0
    return {
        timing: mcu.timing,
        cpi: round(mcu.cpi, 3),
        total,
        thread,
        handlersPerFrame:
            watch.frames > 0
                ? Math.round((total - thread) / watch.frames)
                : null,
        idle: round(seconds > 0 ? mcu.idleNs / 1e9 / seconds : 0, 4),
    }
}

function round(value: number, digits: number): number {
    return Number(value.toFixed(digits))
}

function hex(address: number): string {
    return `0x${address.toString(16).padStart(8, "0")}`
}

/** Lines shown of each list. */
const SHOWN_MAX = 12

/** What a person reads. */
export function emulateLines(
    report: EmulateReport,
    colours: Colours
): string[] {
    const { chip, sensor, i2c, address, seconds, uart, files } = report
    return [
        `  ${colours.bold(`${chip}, ${sensor} on ${i2c} at 0x${address.toString(16)}`)}: ${seconds} s of virtual time, ${timingText(report.instructions)}`,
        "",
        ...frameLines(report),
        ...cpuLines(report),
        ...uart.map(
            ({ usart, bytes, text }) =>
                `  USART${usart}        ${bytes} bytes: ${shown(text)}`
        ),
        ...(report.resets > 0
            ? [`  restarts      ${report.resets}, by software or a watchdog`]
            : []),
        ...faultLines(report.faults ?? [], colours).map(
            (line, index) =>
                `  ${index === 0 ? "injected      " : " ".repeat(14)}${line}`
        ),
        ...list("not modelled", report.unmodelled, entry => {
            const { address: at, block, reads, writes } = entry
            return `${at} ${block.padEnd(10)} ${reads} reads, ${writes} writes`
        }),
        ...list(
            "against the manual",
            report.violations,
            ({ message, count }) => `${count} x ${message}`
        ),
        ...list(
            "doubtful, without harm",
            report.warnings,
            ({ message, count }) => `${count} x ${message}`
        ),
        ...(files.length > 0 ? ["", `  saved: ${files.join(", ")}`] : []),
    ]
}

function frameLines(report: EmulateReport): string[] {
    const { frames, exactFrames, sensorFrames, overruns, fps } = report
    const rate = fps === null ? "" : `, ${fps} per second`
    const places = report.placements.map(
        ({ address, bytes, count }) =>
            `  DMA placed    ${count} x ${bytes} bytes at ${address}`
    )
    const more =
        report.morePlacements > 0
            ? [`  DMA placed    at ${report.morePlacements} more addresses`]
            : []
    return [
        `  frames        ${frames} of the sensor's ${sensorFrames} taken whole${rate}; ${exactFrames} are exactly what it sent`,
        `  overruns      ${overruns}`,
        ...places,
        ...more,
    ]
}

function cpuLines({
    exceptions: all,
    instructions: cpu,
}: EmulateReport): string[] {
    const width = Math.max(0, ...all.map(({ name }) => name.length))
    const perFrame =
        cpu.handlersPerFrame === null
            ? ""
            : `, ${cpu.handlersPerFrame} per frame in handlers`
    return [
        `  instructions  ${cpu.total}${perFrame}; asleep ${(cpu.idle * 100).toFixed(1)} % of the time`,
        ...all.map(
            ({ name, entries, instructions: executed, perFrame: each }) => {
                const rate = each === null ? "" : `, ${each} per frame`
                const mean = entries > 0 ? (executed / entries).toFixed(1) : "0"
                return `  exception     ${name.padEnd(width)}  ${entries}${rate}, ${mean} instructions each`
            }
        ),
    ]
}

function list<Entry>(
    title: string,
    entries: readonly Entry[],
    line: (entry: Entry) => string
): string[] {
    if (entries.length === 0) return []
    const rest = entries.length - SHOWN_MAX
    return [
        "",
        `  ${title}:`,
        ...entries.slice(0, SHOWN_MAX).map(entry => `    ${line(entry)}`),
        ...(rest > 0 ? [`    and ${rest} more (--json has all)`] : []),
    ]
}

/** The start of a text on one line; control characters as escapes. */
function shown(text: string): string {
    const start = text.length > 60 ? `${text.slice(0, 60)}...` : text
    return JSON.stringify(start)
}

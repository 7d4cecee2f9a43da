// SPDX-License-Identifier: MIT
// What `camscript emulate` tells: the shape of its --json, and how a person reads it.

import type { Colours } from "../../terminal.ts"
import { faultLines } from "../../fault-lines.ts"
import type { FaultOutcome } from "../../../sim/faults/fault-watch.ts"
import { blockName } from "../../../sim/stm32/block-names.ts"
import {
    foundCauses,
    type FoundCause,
} from "../../../sim/foreign/causes/causes.ts"
import { clockFacts } from "../../../sim/foreign/clock-facts.ts"
import { observed } from "../../../sim/foreign/observed.ts"
import type { ForeignRun } from "../../../sim/foreign/foreign-run.ts"
import {
    brokenRuleReport,
    placeReportText,
    type BrokenRuleReport,
} from "../../broken-rule-report.ts"
import type { CpuTiming } from "../../../sim/cortex-m/execution-time.ts"
import { timingText } from "../../../sim/observe/cpu-use.ts"
import {
    coreFaultLines,
    coreFaultReport,
    type CoreFaultReport,
} from "./core-fault-report.ts"
import type { EmulateOptions } from "./emulate-options.ts"
import { keptLines, keptReport, type KeptReport } from "./kept-report.ts"
import { lcdLines, lcdReport, type LcdReport } from "./lcd-report.ts"
import { i2cLines, i2cSection, type I2cSection } from "./i2c-section.ts"
import {
    dcmiReport,
    megahertz,
    sentReport,
    wiresLines,
    type DcmiReport,
    type SentReport,
} from "./wires-report.ts"

/** `camscript emulate --json`. */
export interface EmulateReport extends I2cSection {
    readonly elf: string
    readonly chip: string
    readonly sensor: string
    /** 7-bit address. */
    readonly address: number
    readonly xclkHz: number
    /** Where the firmware makes it; null: it is given. */
    readonly xclkPin: string | null
    readonly seconds: number
    /** Why the run ended before its time; the command then fails. */
    readonly ended?: string
    /** With --last-writer: who wrote the byte, in words. */
    readonly lastWriter?: string
    readonly clocks: ClocksReport
    /** What the sensor sent; null: no pixels came. */
    readonly sent: SentReport | null
    readonly dcmi: DcmiReport
    /** Frames that the DCMI took whole. */
    readonly frames: number
    /** Of those, byte for byte what the sensor sent within the DCMI's window. */
    readonly exactFrames: number
    /** Others, whose content means nothing: the sensor changed its mode meanwhile. */
    readonly unusableFrames: number
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
    /** HardFault and its kin, by instruction. */
    readonly coreFaults: readonly CoreFaultReport[]
    /** With --faults: what each of them did, in the order of the file. */
    readonly faults?: readonly FaultOutcome[]
    readonly uart: readonly {
        readonly usart: number
        readonly bytes: number
        readonly text: string
    }[]
    /** With --lcd, or when bank 1 was used without one. */
    readonly lcd?: LcdReport
    /** Blocks that hold what is written to them, and do nothing else. */
    readonly kept: readonly KeptReport[]
    readonly unmodelled: readonly UnmodelledReport[]
    /** Errors; with --permissive only. */
    readonly violations: readonly BrokenRuleReport[]
    /** What is reserved or doubtful, and did no harm. */
    readonly warnings: readonly BrokenRuleReport[]
    /** Why frames are missing or wrong, as far as the run shows it. */
    readonly causes: readonly FoundCause[]
    readonly files: readonly string[]
}

/** The chip's clocks at the end. */
export interface ClocksReport {
    /** Of SYSCLK. */
    readonly source: "HSI" | "HSE" | "PLL from HSI" | "PLL from HSE"
    readonly hclkHz: number
    readonly pclk1Hz: number
    readonly pclk2Hz: number
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

/** Collect it at the end of a run. @param ended why it ended before its time */
export function emulateReport(
    run: ForeignRun,
    options: EmulateOptions,
    files: readonly string[],
    { ended, lastWriter }: { ended?: string; lastWriter?: string } = {}
): EmulateReport {
    const { watch } = run
    const placements = watch.placements()
    return {
        elf: options.elf,
        chip: options.chip,
        sensor: options.sensor.name,
        ...i2cSection(run, options),
        address: options.sensor.address,
        xclkHz: run.xclkHz,
        xclkPin: options.sensorPins.xclk ?? null,
        seconds: round(run.seconds, 6),
        ...(ended !== undefined && { ended }),
        ...(lastWriter !== undefined && { lastWriter }),
        clocks: clocks(run),
        sent: sentReport(run),
        dcmi: dcmiReport(run),
        frames: watch.frames,
        exactFrames: watch.exactFrames,
        unusableFrames: watch.unusableFrames,
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
        coreFaults: run.coreFaults.all().map(coreFaultReport),
        ...(options.faults && { faults: run.faults.outcomes() }),
        uart: [...run.sent].map(([usart, bytes]) => ({
            usart,
            bytes: bytes.total,
            text: Buffer.from(bytes.bytes()).toString("latin1"),
        })),
        ...lcdReport(run, options.lcd),
        kept: keptReport(run),
        unmodelled: run.unmodelled
            .accesses()
            .map(({ address, reads, writes }) => ({
                address: hex(address),
                block: blockName(address),
                reads,
                writes,
            })),
        violations: run.rules.violations.map(rule =>
            brokenRuleReport(rule, run.map)
        ),
        warnings: run.rules.warnings.map(rule =>
            brokenRuleReport(rule, run.map)
        ),
        causes: foundCauses(observed(run)),
        files,
    }
}

function clocks({ chip }: ForeignRun): ClocksReport {
    const { source, hclkHz, pclk1Hz, pclk2Hz } = clockFacts(chip)
    return { source, hclkHz, pclk1Hz, pclk2Hz }
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
        timing: mcu.time.timing,
        cpi: round(mcu.time.cpi, 3),
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

/** What a person reads. @param explain with the causes in words */
export function emulateLines(
    report: EmulateReport,
    colours: Colours,
    explain = false
): string[] {
    const { chip, sensor, bus, address, seconds, uart, files } = report
    return [
        `  ${colours.bold(`${chip}, ${sensor} on ${bus} at 0x${address.toString(16)}`)}: ${seconds} s of virtual time, ${timingText(report.instructions)}`,
        `  sensor clock  ${report.xclkHz / 1e6} MHz, ${report.xclkPin === null ? "given, whatever the firmware does (--xclk-pin follows it)" : `made by the firmware at ${report.xclkPin}`}`,
        "",
        clockLine(report.clocks),
        ...wiresLines(report.sent, report.dcmi),
        ...frameLines(report),
        ...cpuLines(report),
        ...i2cLines(report, colours),
        ...uart.map(
            ({ usart, bytes, text }) =>
                `  USART${usart}        ${bytes} bytes: ${shown(text)}`
        ),
        ...lcdLines(report.lcd),
        ...(report.resets > 0
            ? [`  restarts      ${report.resets}, by software or a watchdog`]
            : []),
        ...faultLines(report.faults ?? [], colours).map(
            (line, index) =>
                `  ${index === 0 ? "injected      " : " ".repeat(14)}${line}`
        ),
        ...(report.lastWriter === undefined
            ? []
            : [`  last writer   ${report.lastWriter}`]),
        ...keptLines(report.kept),
        ...list("not modelled", report.unmodelled, entry => {
            const { address: at, block, reads, writes } = entry
            return `${at} ${block.padEnd(10)} ${reads} reads, ${writes} writes`
        }),
        ...list("against the manual", report.violations, ruleLine),
        ...list("doubtful, without harm", report.warnings, ruleLine),
        ...coreFaultLines(report.coreFaults),
        ...causeLines(report.causes, colours, explain),
        ...(report.ended === undefined
            ? []
            : ["", `  ${colours.red("ended")}: ${report.ended}`]),
        ...(files.length > 0 ? ["", `  saved: ${files.join(", ")}`] : []),
    ]
}

function causeLines(
    causes: readonly FoundCause[],
    colours: Colours,
    explain: boolean
): string[] {
    if (explain && causes.length === 0)
        return ["", "  why: this run shows none of the causes that are known"]
    if (causes.length === 0) return []
    if (!explain)
        return [
            "",
            `  ${causes.map(({ name }) => name).join(", ")}: --explain says it in words`,
        ]
    return causes.flatMap(({ name, text }) => [
        "",
        `  ${colours.bold(name)}: ${text}`,
    ])
}

function clockLine({ source, hclkHz, pclk1Hz, pclk2Hz }: ClocksReport): string {
    return `  clocks        HCLK ${megahertz(hclkHz)} (${source}), PCLK1 ${megahertz(pclk1Hz)}, PCLK2 ${megahertz(pclk2Hz)}`
}

/** A rule, and where it was broken first. */
function ruleLine({ message, count, places }: BrokenRuleReport): string {
    const [first, ...others] = places ?? []
    if (first === undefined) return `${count} x ${message}`
    const more =
        others.length > 0
            ? ` and at ${others.length} other place${others.length > 1 ? "s" : ""}`
            : ""
    return `${count} x ${message}, ${placeReportText(first)}${more}`
}

function frameLines(report: EmulateReport): string[] {
    const { frames, exactFrames, unusableFrames, sensorFrames } = report
    const { overruns, fps } = report
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
        `  frames        ${frames} of the sensor's ${sensorFrames} taken whole${rate}; ${exactFrames} are exactly what it sent${report.dcmi.crop === null ? "" : " in the window"}${unusableFrames > 0 ? `, ${unusableFrames} came while it changed its mode` : ""}`,
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

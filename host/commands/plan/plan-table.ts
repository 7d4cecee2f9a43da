// SPDX-License-Identifier: MIT
// The planner's answer as a person reads it: a line for each strategy, then the chosen one in detail.

import type { Colours } from "../../terminal.ts"
import type {
    ImpossibleStrategy,
    PlannedStage,
    PlannedStrategy,
    PlanReport,
} from "../../../protocol/plan-report.ts"
import { WHO_DROPS_THE_PIXELS } from "../../../protocol/names.ts"

const NAME_COLUMNS = 15
const LABEL_COLUMNS = 14

/** Registers in one line of the details. */
const REGISTERS_PER_LINE = 4

type Column = readonly [
    heading: string,
    width: number,
    cell: (of: PlannedStrategy) => string,
]

const COLUMNS: readonly Column[] = [
    ["fps", 7, of => of.fps.toFixed(2)],
    ["bus B/frame", 11, of => count(of.busBytesPerFrame)],
    ["stored", 9, of => count(of.storedBytesPerFrame)],
    ["RAM", 9, of => count(of.ramBytes)],
    ["irq/s", 7, of => count(Math.round(of.irqsPerSecond))],
    ["CPU %", 6, of => (of.cpuShare * 100).toFixed(2)],
    ["latency us", 10, of => count(of.latencyUs && Math.round(of.latencyUs))],
]

/** Lay out a report. @returns lines, with colour codes only when `colours` has them on */
export function planTable(report: PlanReport, colours: Colours): string[] {
    const { strategies, chosen } = report
    const headings = COLUMNS.map(([heading, width]) => heading.padStart(width))
    const taken = strategies.find(({ name }) => name === chosen)
    return [
        `${colours.bold(`${report.sensor.toUpperCase()} on ${report.board}`)}, ${wanted(report)}`,
        "",
        `  ${"".padEnd(NAME_COLUMNS)}${colours.dim(headings.join("  "))}`,
        ...strategies.map(strategy =>
            strategyLine(strategy, strategy === taken, colours)
        ),
        "",
        report.answer,
        ...(taken?.ok ? ["", ...details(taken, colours)] : []),
    ]
}

function wanted({ request }: PlanReport): string {
    const { window, size, binning = 1, format, fps, timing } = request
    const { buffers, ramBytes, strategy } = request
    const place =
        window?.x === undefined ? " centred" : `+${window.x}+${window.y ?? 0}`
    const words = [
        window ? `${window.width}x${window.height}${place}` : "the whole field",
        size && `scaled to ${size.width}x${size.height}`,
        binning > 1 && `binned by ${binning}`,
        format,
        fps === undefined ? "as fast as possible" : `${fps} fps`,
        timing && `${timing} timing`,
        buffers && `${buffers} buffers`,
        ramBytes && `at most ${count(ramBytes)} bytes`,
        strategy && strategy !== "auto" && `by ${strategy}`,
    ]
    return `wanted: ${words.filter(word => word).join(", ")}`
}

function strategyLine(
    strategy: PlannedStrategy | ImpossibleStrategy,
    chosen: boolean,
    colours: Colours
): string {
    const name = strategy.name.padEnd(NAME_COLUMNS)
    if (!strategy.ok)
        return `  ${name}${colours.yellow("out")}: ${strategy.reason}`
    const cells = COLUMNS.map(([, width, cell]) =>
        cell(strategy).padStart(width)
    ).join("  ")
    return chosen
        ? `${colours.green("*")} ${colours.bold(`${name}${cells}`)}`
        : `  ${name}${cells}`
}

function details(strategy: PlannedStrategy, colours: Colours): string[] {
    const row = (label: string, text: string) =>
        `  ${colours.dim(label.padEnd(LABEL_COLUMNS))}${text}`
    const { dma, size, window, buffers, stages } = strategy
    const scaled = size.width !== window.width || size.height !== window.height
    const registers = strategy.registers.map(
        ({ name, value }) => `${name}=0x${value.toString(16)}`
    )
    const lines: string[] = []
    while (registers.length > 0)
        lines.push(registers.splice(0, REGISTERS_PER_LINE).join(" "))
    return [
        `${strategy.name}: ${WHO_DROPS_THE_PIXELS[strategy.name]}`,
        ...stages.map((stage, index) =>
            row(stage.stage, stageText(stage, stages[index - 1]))
        ),
        ...(scaled ? [row("frame", `${size.width}x${size.height}`)] : []),
        row(
            "memory",
            `${buffers} x ${count(strategy.storedBytesPerFrame)} bytes of ${strategy.format}`
        ),
        row(
            "DMA",
            `${count(dma.transfers)} x ${count(dma.words)} words per frame`
        ),
        row("exposure", `at most ${count(strategy.exposureMaxUs)} us`),
        ...lines.map((text, index) =>
            row(index === 0 ? "registers" : "", text)
        ),
    ]
}

/** What a stage passes on, and how much it drops. */
function stageText(
    { stage, window, bytes }: PlannedStage,
    before: PlannedStage | undefined
): string {
    const { width, height, x, y } = window
    const left = `${width}x${height}+${x}+${y}`
    if (stage === "sensor")
        return `reads ${left}, sends ${bytes === null ? "a compressed frame" : `${count(bytes)} bytes`}`
    const dropped = (before?.bytes ?? 0) - (bytes ?? 0)
    return dropped === 0
        ? "drops nothing"
        : `keeps ${left}, drops ${count(dropped)} bytes`
}

/** With thousands; "-": not known before. */
function count(value: number | null): string {
    return value === null ? "-" : value.toLocaleString("en-US")
}

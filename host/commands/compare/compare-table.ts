// SPDX-License-Identifier: MIT
// The table of a comparison: a column for each strategy.

import type { ComparedStrategy, CompareReport } from "./compare-report.ts"
import { faultLines } from "../../fault-lines.ts"
import type { Colours } from "../../terminal.ts"
import { WHO_DROPS_THE_PIXELS } from "../../../protocol/names.ts"

const LABEL_COLUMNS = 25
const COLUMN = 13

/** What is printed: the report, and what it does not say. */
export interface FinishedComparison {
    readonly report: CompareReport
    readonly boardName: string
    readonly scene: string
}

type Row = readonly [label: string, cell: (of: ComparedStrategy) => string]

const ROWS: readonly Row[] = [
    ["frames/s planned", ({ fps }) => fps.planned.toFixed(2)],
    ["         measured", ({ fps }) => fps.measured?.toFixed(2) ?? "-"],
    ["bytes/frame on the bus", of => thousands(of.busBytesPerFrame)],
    ["            stored", of => thousands(of.storedBytesPerFrame)],
    ["RAM of frame buffers", ({ ram }) => thousands(ram.frameBuffers)],
    ["    with all owners", ({ ram }) => thousands(ram.total)],
    ["interrupts/frame", of => `${of.irqsPerFrame}`],
    ["ms of capture", of => ms(of.captureUs)],
    ["ms until the rows end", of => ms(of.slackToLastLineUs)],
    ["ms until the next frame", of => ms(of.slackToNextFrameUs)],
    ["wrong pixels", of => thousands(of.pixelErrors)],
    [
        "dropped, overruns, torn",
        of => `${of.dropped}, ${of.overruns}, ${of.torn}`,
    ],
]

/** Lay out a comparison. @returns lines, with colour codes only when `colours` has them on */
export function compareTable(
    { report, boardName, scene }: FinishedComparison,
    colours: Colours
): string[] {
    const { strategies, rejected } = report
    const [first] = strategies
    const { width, height, x, y } = first!.window
    const cells = (cell: Row[1]) =>
        strategies.map(of => cell(of).padStart(COLUMN)).join(" ")
    const name = Math.max(
        ...[...strategies, ...rejected].map(of => of.strategy.length)
    )
    return [
        `${colours.bold(`${first!.sensor.toUpperCase()} on ${boardName}`)}, window ${width}x${height}+${x}+${y}, scene ${scene}`,
        "",
        `  ${"".padEnd(LABEL_COLUMNS)}${colours.bold(cells(of => of.strategy))}`,
        ...ROWS.map(
            ([label, cell]) =>
                `  ${colours.dim(label.padEnd(LABEL_COLUMNS))}${cells(cell)}`
        ),
        "",
        ...strategies.map(
            ({ strategy, files, waveforms = [] }) =>
                `  ${strategy.padEnd(name)}  ${WHO_DROPS_THE_PIXELS[strategy]}: ${[...files].concat(waveforms).join(", ")}`
        ),
        ...strategies.flatMap(({ strategy, faults = [] }) =>
            faultLines(faults, colours).map(
                line => `  ${strategy.padEnd(name)}  ${line}`
            )
        ),
        ...rejected.map(
            ({ strategy, reason }) =>
                `  ${strategy.padEnd(name)}  ${colours.yellow("not possible")}: ${reason}`
        ),
    ]
}

function ms(us: number): string {
    return (us / 1000).toFixed(3)
}

function thousands(value: number): string {
    return value.toLocaleString("en-US")
}

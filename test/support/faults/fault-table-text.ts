// SPDX-License-Identifier: MIT
// The matrix of docs/faults.md: a row for each fault, a column for each way to capture.

import type { CellResult } from "./fault-cell.ts"
import type { FaultCase } from "./fault-cases.ts"
import { FAULTY_CAPTURES, type FaultyCapture } from "./strategies.ts"
import { UNKNOWABLE, unknowable } from "./unknowable.ts"

export const BEGIN =
    "<!-- the table below is generated: npm run faults-table -->"
export const END = "<!-- the end of what is generated -->"

/** A fault with its cells, in the order of the captures; undefined: the sensor has no such fault. */
export interface TableRow {
    readonly fault: FaultCase
    readonly cells: readonly (CellResult | undefined)[]
}

/** A sensor's own fault is none of the other sensor. */
export function applies({ name }: FaultCase, { sensor }: FaultyCapture) {
    return sensor === "ov2640" || !name.startsWith("jpeg-")
}

/** All of the generated part, with its markers. */
export function tableText(rows: readonly TableRow[]): string {
    const head = ["fault", ...FAULTY_CAPTURES.map(({ name }) => name)]
    const lines = rows.map(({ fault, cells }) => [
        fault.name,
        ...cells.map((cell, i) => cellText(cell, fault, FAULTY_CAPTURES[i]!)),
    ])
    const widths = head.map((_, column) =>
        Math.max(...[head, ...lines].map(line => line[column]!.length))
    )
    const line = (cells: readonly string[]): string =>
        `| ${cells.map((cell, i) => cell.padEnd(widths[i]!)).join(" | ")} |`
    return [
        BEGIN,
        "",
        line(head),
        line(widths.map(width => "-".repeat(width))),
        ...lines.map(line),
        "",
        ...UNKNOWABLE.map(({ why }, index) => `${index + 1}. ${why}`),
        "",
        END,
    ].join("\n")
}

function cellText(
    cell: CellResult | undefined,
    { given }: FaultCase,
    { name }: FaultyCapture
): string {
    if (cell === undefined) return ""
    const { names, framesLost, framesUntilRight, wrong, ended } = cell
    if (ended !== undefined) return `${ended}: the program ends`
    if (framesLost === 0 && wrong === 0) return "no frame lost"
    const why = unknowable(given[0]!.fault, name)
    const seen = names.length > 0 ? names.join(", ") : "not noticed"
    const bad = wrong === 0 ? "" : `; ${wrong} wrong [${why ?? "?"}]`
    return `${seen}: ${framesLost}, ${framesUntilRight}${bad}`
}

// SPDX-License-Identifier: MIT
// Measured figures: the shape of `camscript bench --json` (docs/json.md), and how a person reads them.

/** One measured number. */
export interface Figure {
    readonly name: string
    readonly value: number
    readonly unit: string
    /** What the project aims for; null: there is no aim, it is only shown. */
    readonly target: number | null
    /** null without a target. */
    readonly met: boolean | null
    /** How it was measured. */
    readonly note: string
}

/** `camscript bench --json`. */
export interface BenchReport {
    readonly figures: readonly Figure[]
}

/** The middle value; of an even count the mean of the two in the middle. */
export function median(values: readonly number[]): number {
    const sorted = [...values].sort((a, b) => a - b)
    const middle = sorted.length >> 1
    return sorted.length % 2 === 1
        ? sorted[middle]!
        : (sorted[middle - 1]! + sorted[middle]!) / 2
}

/** Lines of a table: name, value, target, note. */
export function figureLines(figures: readonly Figure[]): string[] {
    const name = Math.max(...figures.map(figure => figure.name.length))
    const value = (figure: Figure) => `${figure.value} ${figure.unit}`
    const wide = Math.max(...figures.map(figure => value(figure).length))
    return figures.map((figure, index) => {
        const target =
            figure.target === null
                ? ""
                : `, aim ${figure.target}: ${figure.met ? "met" : "not met"}`
        const repeated = figure.note === figures[index - 1]?.note
        const note = `${repeated ? "" : figure.note}${target}`
        return `  ${figure.name.padEnd(name)}  ${value(figure).padStart(wide)}  ${note}`.trimEnd()
    })
}

// SPDX-License-Identifier: MIT
// Measured figures: the shape of `camscript bench --json` (docs/json.md), and how a person reads them.

/** What a number is of: counts and virtual times are the same on every machine, the third kind is not. */
export type FigureKind = "count" | "virtual time" | "this machine"

/** One measured number. */
export interface Figure {
    readonly name: string
    readonly kind: FigureKind
    /** null: it cannot be measured, the note says why. */
    readonly value: number | null
    readonly unit: string
    /** What the project aims for; null: there is no aim, it is only shown. */
    readonly target: number | null
    /** Which side of the target is good; null without one. */
    readonly aim: "at least" | "at most" | null
    /** null without a target. */
    readonly met: boolean | null
    /** How it was measured. */
    readonly note: string
}

/** What a capture costs at one point of a row of captures. */
export interface GrowthPoint {
    /** What is varied, in the unit of the row. */
    readonly at: number | string
    readonly deliveredFps: number
    readonly dropped: number
    /** Per frame of the sensor. */
    readonly instructionsPerFrame: number
    readonly captureIrqInstructionsPerFrame: number
    /** Share of the time, 0..1. */
    readonly idleShare: number
}

/** How the cost of a capture grows with one thing. */
export interface Growth {
    /** What is varied. */
    readonly by: string
    readonly unit: string
    /** What stays the same. */
    readonly note: string
    readonly points: readonly GrowthPoint[]
}

/** A capture that is written in the manner of vendors' examples, beside ours. */
export interface Baseline {
    readonly name: string
    /** null: the command does not reach it; the note says why. */
    readonly counts: BaselineCounts | null
    readonly note: string
}

export interface BaselineCounts {
    /** Per frame. */
    readonly captureIrqs: number
    readonly captureIrqInstructions: number
    readonly ours: {
        readonly captureIrqs: number
        readonly captureIrqInstructions: number
    }
}

/** `camscript bench --json`. */
export interface BenchReport {
    readonly figures: readonly Figure[]
    readonly growth: readonly Growth[]
    readonly baseline: Baseline
}

/** A figure with a target. */
export function aimed(
    figure: Omit<Figure, "met" | "target" | "aim">,
    aim: "at least" | "at most",
    target: number
): Figure {
    const { value } = figure
    const met =
        value !== null &&
        (aim === "at least" ? value >= target : value <= target)
    return { ...figure, target, aim, met }
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
    const value = ({ value, unit }: Figure) =>
        value === null ? "-" : `${thousands(value)} ${unit}`
    const wide = Math.max(...figures.map(figure => value(figure).length))
    return figures.map((figure, index) => {
        const target =
            figure.target === null
                ? ""
                : `, ${figure.aim} ${thousands(figure.target)}: ${figure.met ? "met" : "not met"}`
        const repeated = figure.note === figures[index - 1]?.note
        const note = `${repeated ? "" : figure.note}${target}`
        return `  ${figure.name.padEnd(name)}  ${value(figure).padStart(wide)}  ${note}`.trimEnd()
    })
}

/** Lines of tables: how costs grow, and the baseline. */
export function growthLines(growth: readonly Growth[]): string[] {
    return growth.flatMap(({ by, unit, note, points }) => [
        `${by} (${note})`,
        ...points.map(
            point =>
                `  ${String(point.at).padStart(9)} ${unit}: ` +
                `${thousands(point.instructionsPerFrame).padStart(9)} instructions per frame, ` +
                `${thousands(point.captureIrqInstructionsPerFrame)} in its interrupts, ` +
                `${point.deliveredFps} fps delivered, ${point.dropped} dropped, ` +
                `${Math.round(100 * point.idleShare)} % idle`
        ),
    ])
}

export function baselineLines({ name, counts, note }: Baseline): string[] {
    if (counts === null) return [`${name}: ${note}`]
    const { ours } = counts
    return [
        `${name}: ${counts.captureIrqs} interrupts and ${thousands(counts.captureIrqInstructions)} instructions in them per frame; ` +
            `camscript ${ours.captureIrqs} and ${ours.captureIrqInstructions} (${note})`,
    ]
}

/** With commas between thousands. */
export function thousands(value: number): string {
    return value.toLocaleString("en-US")
}

/** Rounded to so many digits after the point. */
export function roundedTo(value: number, digits: number): number {
    return Number(value.toFixed(digits))
}

// SPDX-License-Identifier: MIT
// `camscript bench`: what the project aims for and what it reaches. Counts and virtual times on the emulated board first, which
// are the same on every machine; then how fast the simulator is on this one.

import type { Terminal } from "../../terminal.ts"
import {
    baselineLines,
    figureLines,
    growthLines,
    type BenchReport,
    type FigureKind,
} from "../../figures.ts"
import { baseline } from "./baseline.ts"
import { boardFigures } from "./board-figures.ts"
import { machineFigures } from "./machine-figures.ts"

const TITLES: Readonly<Record<FigureKind, string>> = {
    count: "Counts, on the emulated board",
    "virtual time": "Virtual times, on the emulated board by the cycle model",
    "this machine": "Times of this machine",
}

/**
 * Measure and print.
 * @throws CamscriptError when the ARM compiler or the emulator is missing (npm run setup)
 */
export async function bench(terminal: Terminal, json: boolean): Promise<void> {
    const say = (what: string): void => {
        if (!json && terminal.errIsTty) terminal.err(`${what}\n`)
    }
    const report = await repeatableReport(say)
    const figures = [...report.figures, ...(await machineFigures())]
    const whole: BenchReport = { ...report, figures }
    terminal.out(
        json
            ? `${JSON.stringify(whole)}\n`
            : `${benchLines(whole).join("\n")}\n`
    )
}

/**
 * What is the same on every machine.
 * @param say which capture runs now
 */
export async function repeatableReport(
    say: (what: string) => void
): Promise<BenchReport> {
    const { figures, growth, ours } = await boardFigures(say)
    return { figures, growth, baseline: await baseline(ours) }
}

/** As a person reads it. */
export function benchLines(report: BenchReport): string[] {
    return [
        ...(Object.keys(TITLES) as FigureKind[]).flatMap(kind => {
            const figures = report.figures.filter(of => of.kind === kind)
            return figures.length === 0
                ? []
                : [TITLES[kind], ...figureLines(figures), ""]
        }),
        ...growthLines(report.growth),
        "",
        ...baselineLines(report.baseline),
    ]
}

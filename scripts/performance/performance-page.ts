// SPDX-License-Identifier: MIT
// docs/performance.md and the README's table, as text.

import {
    thousands,
    type BenchReport,
    type Figure,
    type Growth,
} from "../../host/figures.ts"
import { COUNTED, METHOD, PUBLISHED } from "./published.ts"

/** Around the README's table. */
const BEGIN = "<!-- figures: npm run performance -->"
const END = "<!-- end of figures -->"

/** @returns the page, in Markdown */
export function performancePage(report: BenchReport): string {
    const { figures, growth, baseline } = report
    const open = figures.filter(({ met }) => met === false)
    return [
        "# Performance",
        "",
        "Made by `npm run performance` from what `camscript bench` measures; nothing here is written by hand. Counts are instructions on the emulated board, which is the ELF that is flashed on an emulated Cortex-M4. Times are virtual: cycles by [the model of the core](fidelity/cortex-m4.md), not a board's. Both are the same on every machine. Times of the simulator on your machine, and of a first run, `camscript bench` has beside them.",
        "",
        "## Figures",
        "",
        ...figureTable(figures),
        "",
        `${figures.length - open.length} of ${figures.length} targets are met. How each is measured:`,
        "",
        ...figures.map(({ name, note }) => `- ${name}: ${note}.`),
        "",
        "## How costs grow",
        "",
        "Instructions per frame of the sensor: all that the CPU executes, and of those what the handlers of DCMI and DMA take.",
        "",
        ...growth.flatMap(growthTable),
        "## Beside a capture as in vendors' examples",
        "",
        ...(baseline.counts === null
            ? [`${baseline.name}: ${baseline.note}.`]
            : [
                  ...table(
                      ["per frame", "vendors' manner", "camscript"],
                      [
                          [
                              "interrupts",
                              thousands(baseline.counts.captureIrqs),
                              thousands(baseline.counts.ours.captureIrqs),
                          ],
                          [
                              "instructions in them",
                              thousands(baseline.counts.captureIrqInstructions),
                              thousands(
                                  baseline.counts.ours.captureIrqInstructions
                              ),
                          ],
                      ]
                  ),
                  "",
                  `${baseline.note[0]!.toUpperCase()}${baseline.note.slice(1)}.`,
              ]),
        "",
        "## Published figures",
        "",
        "Of other chips, sensors and sizes, too: as their sources say, not measured here.",
        "",
        ...table(
            ["what", "figure", "source"],
            PUBLISHED.map(({ what, figure, source }) => [what, figure, source])
        ),
        "",
        `Instructions in the capture interrupts of published code. ${METHOD}`,
        "",
        ...table(
            ["code", "interrupts", "instructions", "revision"],
            COUNTED.map(({ code, irqs, instructions, revision }) => [
                code,
                irqs,
                instructions,
                revision,
            ])
        ),
        "",
    ].join("\n")
}

/** @returns the README with its table in place of the old one @throws Error without the marks around it */
export function withFigures(readme: string, report: BenchReport): string {
    const begin = readme.indexOf(BEGIN)
    const end = readme.indexOf(END)
    if (begin < 0 || end < begin)
        throw new Error(`README.md has no "${BEGIN}" before "${END}"`)
    return [
        readme.slice(0, begin + BEGIN.length),
        "",
        ...figureTable(report.figures),
        "",
        readme.slice(end),
    ].join("\n")
}

function figureTable(figures: readonly Figure[]): string[] {
    return table(
        ["figure", "state", "target", "met"],
        figures.map(({ name, value, unit, target, aim, met }) => [
            name,
            value === null ? "-" : `${thousands(value)} ${unit}`,
            target === null ? "" : `${aim} ${thousands(target)}`,
            met === null ? "" : met ? "yes" : "no",
        ])
    )
}

function growthTable({ by, unit, note, points }: Growth): string[] {
    return [
        `### By ${by}`,
        "",
        `${note[0]!.toUpperCase()}${note.slice(1)}.`,
        "",
        ...table(
            [
                unit,
                "fps delivered",
                "dropped",
                "instructions",
                "in interrupts",
                "idle",
            ],
            points.map(point => [
                String(point.at),
                String(point.deliveredFps),
                String(point.dropped),
                thousands(point.instructionsPerFrame),
                thousands(point.captureIrqInstructionsPerFrame),
                `${(100 * point.idleShare).toFixed(1)} %`,
            ])
        ),
        "",
    ]
}

function table(
    head: readonly string[],
    rows: readonly (readonly string[])[]
): string[] {
    const line = (cells: readonly string[]): string =>
        `| ${cells.join(" | ")} |`
    return [line(head), line(head.map(() => "---")), ...rows.map(line)]
}

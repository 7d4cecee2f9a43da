// SPDX-License-Identifier: MIT
// docs/performance.md and the README's table come of one measurement.

import { readFileSync } from "node:fs"
import { join } from "node:path"
import { describe, expect, it } from "vitest"
import { aimed, type BenchReport } from "../../host/figures.ts"
import {
    performancePage,
    withFigures,
} from "../../scripts/performance/performance-page.ts"
import { projectRoot } from "../../toolchain/paths.ts"

const REPORT: BenchReport = {
    figures: [
        aimed(
            {
                name: "instructions per frame",
                kind: "count",
                value: 157033,
                unit: "instructions",
                note: "one buffer",
            },
            "at most",
            115_000
        ),
        aimed(
            {
                name: "delivered",
                kind: "virtual time",
                value: 169,
                unit: "fps",
                note: "two buffers",
            },
            "at least",
            169
        ),
    ],
    growth: [
        {
            by: "rate",
            unit: "fps of the sensor",
            note: "one buffer",
            points: [
                {
                    at: 169.1,
                    deliveredFps: 84.5,
                    dropped: 42,
                    instructionsPerFrame: 82968,
                    captureIrqInstructionsPerFrame: 111.5,
                    idleShare: 0.8215,
                },
            ],
        },
    ],
    baseline: { name: "vendor", counts: null, note: "no clone" },
}

describe("the page of figures", () => {
    const page = performancePage(REPORT)

    it("says of each target whether it is met, and how many are", () => {
        expect(page).toContain(
            "| instructions per frame | 157,033 instructions | at most 115,000 | no |"
        )
        expect(page).toContain("| delivered | 169 fps | at least 169 | yes |")
        expect(page).toContain("1 of 2 targets are met.")
    })

    it("shows how costs grow", () => {
        expect(page).toContain(
            "| 169.1 | 84.5 | 42 | 82,968 | 111.5 | 82.2 % |"
        )
    })

    it("has the baseline, or why there is none", () => {
        const counts = {
            captureIrqs: 223,
            captureIrqInstructions: 5418,
            ours: { captureIrqs: 1, captureIrqInstructions: 43 },
        }

        expect(page).toContain("vendor: no clone.")
        expect(
            performancePage({
                ...REPORT,
                baseline: { ...REPORT.baseline, counts },
            })
        ).toContain("| instructions in them | 5,418 | 43 |")
    })

    it("goes into the README between its marks, and nowhere else", () => {
        const around = (content: string): string =>
            `# a\n\n<!-- figures: npm run performance -->\n${content}\n<!-- end of figures -->\n\nb\n`

        const readme = withFigures(around("\nold\n"), REPORT)

        expect(readme).toMatch(/^# a\n/)
        expect(readme).toMatch(/\n\nb\n$/)
        expect(readme).not.toContain("old")
        expect(readme).toContain("| delivered | 169 fps |")
        expect(withFigures(readme, REPORT)).toBe(readme)
        expect(() => withFigures("# a\n", REPORT)).toThrow(/README.md has no/)
    })
})

describe("docs/performance.md", () => {
    it("has the README's table", () => {
        const read = (name: string): string =>
            readFileSync(join(projectRoot, name), "utf8")
        const [, table] =
            /<!-- figures: npm run performance -->\n\n([^]*?)\n\n<!-- end of figures -->/.exec(
                read("README.md")
            )!

        expect(table).toMatch(/instructions per frame, default program/)
        expect(read("docs/performance.md")).toContain(table)
    })
})

// SPDX-License-Identifier: MIT
// `camscript selftest`: the sensor's test patterns through the whole chain, and what is wired wrong, in words.

import pc from "picocolors"
import type { Terminal } from "../../terminal.ts"
import { judge, type Verdict } from "./judge/judge.ts"
import { measure } from "./measure.ts"
import type { SelftestOptions } from "./selftest-options.ts"

/**
 * Measure, judge, print.
 * @returns nothing is wrong
 * @throws CamscriptError when nothing could be measured
 */
export async function selftest(
    options: SelftestOptions,
    terminal: Terminal
): Promise<boolean> {
    const { board, measurements } = await measure(options)
    const verdict = judge(measurements, board)
    terminal.out(
        options.json
            ? `${JSON.stringify(verdict)}\n`
            : table(verdict, terminal.colour)
    )
    return verdict.ok
}

function table({ ok, findings, notes }: Verdict, colour: boolean): string {
    const colours = pc.createColors(colour)
    const lines = [
        ...findings.map(
            ({ name, part, detail }) =>
                `${colours.red(name)}  ${part}\n  ${detail}`
        ),
        ...notes.map(note => colours.dim(`note: ${note}`)),
        ok ? colours.green("ok: nothing wrong found") : "",
    ]
    return `${lines.filter(line => line !== "").join("\n")}\n`
}

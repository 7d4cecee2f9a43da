// SPDX-License-Identifier: MIT
// Measures what the VM's work costs on each board, and writes the rates into boards/*.json.
//
// Run it after a change of firmware, compiler, VM or of the emulated core's time: npm run vm-rates [board ...].

import { readFileSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { boardNames } from "../boards/board-file.ts"
import { VM_WORK, type VmWork } from "../boards/vm-cycles.ts"
import { projectRoot } from "../toolchain/paths.ts"
import { leastSquares } from "./vm-rates/least-squares.ts"
import { segmentsOf, type Segment } from "./vm-rates/segments.ts"

const PROGRAMS = "scripts/vm-rates/programs"
/** Segments of workload.ts, which then begins again; the first begins with the program. */
const KINDS = 26
/** A frame of a program counts so often as much as one kind of operations: frames are what the rates are for. */
const FRAME_WEIGHT = 12
/** Frames at the beginning that are not like the others. */
const FIRST_FRAMES = 3

const WINDOW = { window: { width: 64, height: 48 }, exposureUs: 500, gain: 1 }

/** One equation each of what programs do, and of a frame of each program. */
async function equations(board: string): Promise<Segment[]> {
    const workload = await segmentsOf(board, {
        app: `${PROGRAMS}/workload.ts`,
        seconds: 0.6,
    })
    if (workload.length < KINDS)
        throw new Error(
            `${board}: workload.ts came to mark ${workload.length} of ${KINDS}`
        )
    const frames: Segment[] = []
    for (const [app, fps] of [
        ["frames", 30],
        ["frames", 120],
        ["pixels", 20],
        ["methods", 15],
    ] as const) {
        const segments = await segmentsOf(board, {
            app: `${PROGRAMS}/${app}.ts`,
            request: { ...WINDOW, fps },
            seconds: 1,
        })
        frames.push(mean(segments.slice(FIRST_FRAMES)))
    }
    return [
        // Without the pauses: what happens in one is of the main loop, not of the program.
        ...workload.slice(0, KINDS).filter(({ work }) => work.turn === 0),
        ...frames.flatMap(frame => Array<Segment>(FRAME_WEIGHT).fill(frame)),
    ]
}

function mean(segments: readonly Segment[]): Segment {
    const of = (value: (segment: Segment) => number): number =>
        segments.reduce((sum, segment) => sum + value(segment), 0) /
        segments.length
    return {
        work: Object.fromEntries(
            VM_WORK.map(kind => [kind, of(({ work }) => work[kind])])
        ) as VmWork,
        cycles: of(({ cycles }) => cycles),
    }
}

/** Rates in the order of VM_WORK, and the largest relative error. */
function fit(segments: readonly Segment[]): {
    readonly rates: readonly number[]
    readonly errors: readonly number[]
} {
    // Relative errors count, whether a segment is short or long. The last unknown is the mark's own way to the bus.
    const rows = segments.map(({ work, cycles }) =>
        [...VM_WORK.map(kind => work[kind]), 1].map(value => value / cycles)
    )
    const solution = leastSquares(
        rows,
        rows.map(() => 1)
    )
    return {
        rates: solution.slice(0, VM_WORK.length),
        errors: rows.map(
            row => row.reduce((sum, x, i) => sum + x * solution[i]!, 0) - 1
        ),
    }
}

for (const board of process.argv.length > 2
    ? process.argv.slice(2)
    : boardNames()) {
    const segments = await equations(board)
    const { rates, errors } = fit(segments)
    const file = join(projectRoot, "boards", `${board}.json`)
    let text = readFileSync(file, "utf8")
    for (const [i, kind] of VM_WORK.entries()) {
        const cycles = Math.round(rates[i]!)
        if (cycles < 0)
            throw new Error(`${board}: ${kind} would take ${cycles} cycles`)
        text = text.replace(
            new RegExp(`(?<="vmCycles": \\{[^}]*"${kind}": )\\d+`),
            String(cycles)
        )
    }
    writeFileSync(file, text)
    const rms = Math.hypot(...errors) / Math.sqrt(errors.length)
    const percent = (error: number): string => `${(100 * error).toFixed(1)} %`
    console.log(
        `${board}: ${VM_WORK.map((kind, i) => `${kind} ${Math.round(rates[i]!)}`).join(", ")}; ` +
            `error rms ${percent(rms)}, each: ${errors.map(percent).join(", ")}`
    )
}

// SPDX-License-Identifier: MIT
// What came over a serial link: the shape of `camscript run --target PORT --json` (docs/json.md), and how a person reads it.

import type { GrabberCounters } from "../../../protocol/counters.ts"
import type { AppliedMode } from "../../../sim/observe/capture.ts"
import type { LinkOutcome } from "../../targets/target.ts"

/** `camscript run --target PORT --json`. */
export interface PortReport {
    readonly board: string
    /** Name of the program in the slot that was started. */
    readonly program: string
    /** Bits per second of the link. */
    readonly baud: number
    readonly mode: AppliedMode
    /** Images that came, bit-exact. */
    readonly pictures: number
    readonly corrupt: number
    readonly missed: number
    /** Images that are of one frame each; the others are of bands of successive frames. */
    readonly wholeFrames: number
    /** Pixel bytes per second from the first to the last image; null with fewer than two. */
    readonly pixelBytesPerSecond: number | null
    /** Of the capture on the board, while the images came. */
    readonly counters: GrabberCounters
    readonly files: readonly string[]
}

/** What came, and what was saved of it. */
export interface PortFacts {
    readonly board: string
    readonly outcome: LinkOutcome
    readonly images: number
    readonly files: readonly string[]
}

export function makePortReport(facts: PortFacts): PortReport {
    const { board, outcome, images, files } = facts
    const { program, baud, mode, corrupt, missed, wholeFrames } = outcome
    return {
        board,
        program,
        baud,
        mode,
        pictures: images,
        corrupt,
        missed,
        wholeFrames,
        pixelBytesPerSecond: outcome.pixelBytesPerSecond ?? null,
        counters: outcome.counters,
        files,
    }
}

/** For people. */
export function portTable(report: PortReport): string[] {
    const { mode, counters, pixelBytesPerSecond: rate } = report
    const { x, y, width, height } = mode.window
    const row = (label: string, text: string): string =>
        `  ${label.padEnd(14)}${text}`
    const share =
        rate === null
            ? ""
            : `, ${rate} pixel bytes/s: ${(100 * (rate / (report.baud / 10))).toFixed(0)} % of ${report.baud} baud`
    return [
        `${report.program} on ${report.board}, ${mode.strategy}`,
        "",
        row(
            "window",
            `${width}x${height}+${x}+${y} pixels, ${mode.fps} fps planned, ${mode.buffers} buffers`
        ),
        row(
            "link",
            `${report.pictures} images, ${report.wholeFrames} of one frame each${share}`
        ),
        row(
            "lost",
            `${report.corrupt} corrupt, ${report.missed} not even begun here`
        ),
        row(
            "frames",
            `${counters.delivered} delivered, ${counters.dropped} dropped, ${counters.skipped} skipped, ${counters.settling} settling`
        ),
        row(
            "faults",
            `${counters.overruns} overruns, ${counters.shortFrames} short frames, ${counters.dmaErrors} DMA errors`
        ),
        ...report.files.map((file, i) => row(i === 0 ? "images" : "", file)),
    ]
}

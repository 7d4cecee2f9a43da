// SPDX-License-Identifier: MIT
// The progress bar of a run, and the program's console lines above it. In a pipe there is no bar.

import { Presets, SingleBar } from "cli-progress"
import pc from "picocolors"
import type { Terminal } from "./terminal.ts"

export interface ProgressOptions {
    /** Frames to come; undefined: `seconds` is the measure. */
    readonly frames: number | undefined
    readonly seconds: number | undefined
    /** Draw the bar. */
    readonly bar: boolean
    /** Show the program's console lines. */
    readonly console: boolean
}

/** Milliseconds in a second: the bar counts whole numbers. */
const MS = 1000

/** Shows how far a run is. Writes to stderr only. */
export class Progress {
    private readonly bar: SingleBar | undefined

    constructor(
        private readonly terminal: Terminal,
        private readonly options: ProgressOptions
    ) {
        if (!options.bar || !terminal.errIsTty) return
        const unit = options.frames === undefined ? "ms" : "frames"
        this.bar = new SingleBar(
            {
                format: `  {bar} {value}/{total} ${unit}  {simulated} s simulated  {speed}x`,
                stopOnComplete: false,
                clearOnComplete: true,
                hideCursor: true,
                barsize: 30,
            },
            Presets.shades_classic
        )
        const total = options.frames ?? Math.ceil((options.seconds ?? 0) * MS)
        this.bar.start(total, 0, { simulated: "0.00", speed: "0.0" })
    }

    /** Called after each slice of the simulation. */
    update(
        frames: number,
        simulatedSeconds: number,
        wallSeconds: number
    ): void {
        const value =
            this.options.frames === undefined
                ? Math.floor(simulatedSeconds * MS)
                : frames
        this.bar?.update(value, {
            simulated: simulatedSeconds.toFixed(2),
            speed: (simulatedSeconds / Math.max(wallSeconds, 1e-6)).toFixed(1),
        })
    }

    /** A line of the program's console. */
    line(text: string): void {
        if (!this.options.console) return
        // The bar stands on the current line: it is wiped here and drawn again by the next update.
        const wipe = this.bar === undefined ? "" : "\r\u001b[2K"
        const shown = `program: ${text}`
        this.terminal.err(
            `${wipe}${this.terminal.colour ? pc.dim(shown) : shown}\n`
        )
    }

    stop(): void {
        this.bar?.stop()
    }
}

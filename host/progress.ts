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

const FORMAT =
    "  {bar} {value}/{total} {unit}  {simulated} s simulated  {speed}x"

/** What the bar shows. */
interface Reading {
    readonly value: number
    readonly payload: {
        readonly unit: string
        readonly simulated: string
        readonly speed: string
    }
}

/** Shows how far a run is. Writes to stderr only. */
export class Progress {
    private readonly bar: SingleBar | undefined
    private readonly total: number
    private reading: Reading

    constructor(
        private readonly terminal: Terminal,
        private readonly options: ProgressOptions
    ) {
        const { frames, seconds = 0, bar } = options
        this.total = frames ?? Math.ceil(seconds * MS)
        this.reading = this.read(0, 0, 0)
        if (!bar || !terminal.errIsTty) return
        this.bar = new SingleBar(
            {
                format: FORMAT,
                clearOnComplete: true,
                hideCursor: true,
                barsize: 30,
                // run() ends the bar, also after a signal.
                gracefulExit: false,
            },
            Presets.shades_classic
        )
        this.draw()
    }

    /** Called after each slice of the simulation. */
    update(
        frames: number,
        simulatedSeconds: number,
        wallSeconds: number
    ): void {
        this.reading = this.read(frames, simulatedSeconds, wallSeconds)
        this.bar?.update(this.reading.value, this.reading.payload)
    }

    /** Lines of the program's console; they go above the bar. */
    lines(texts: readonly string[]): void {
        if (!this.options.console || texts.length === 0) return
        this.bar?.stop()
        for (const text of texts) {
            const shown = `program: ${text}`
            this.terminal.err(
                `${this.terminal.colour ? pc.dim(shown) : shown}\n`
            )
        }
        this.draw()
    }

    stop(): void {
        this.bar?.stop()
    }

    private draw(): void {
        this.bar?.start(this.total, this.reading.value, this.reading.payload)
    }

    private read(
        frames: number,
        simulatedSeconds: number,
        wallSeconds: number
    ): Reading {
        const byFrames = this.options.frames !== undefined
        const speed = simulatedSeconds / Math.max(wallSeconds, 1e-6)
        return {
            value: byFrames ? frames : Math.floor(simulatedSeconds * MS),
            payload: {
                unit: byFrames ? "frames" : "ms",
                simulated: simulatedSeconds.toFixed(2),
                speed: speed.toFixed(1),
            },
        }
    }
}

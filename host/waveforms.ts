// SPDX-License-Identifier: MIT
// `--vcd FILE`: the waveforms of a run, written while it runs.

import type { Command } from "commander"
import { UsageError } from "../protocol/errors.ts"
import { checkVcdPath, VcdFile } from "../sim/trace/vcd-file.ts"
import type { VcdRecorder } from "../sim/trace/vcd-recorder.ts"
import type { StrategyName } from "../protocol/names.ts"

/** What is asked for. */
export interface WaveformOptions {
    /** As the user wrote it; undefined: none. */
    readonly vcd?: string | undefined
    /** Also the pixel clock and the data, edge by edge. */
    readonly vcdPixels?: boolean
}

/** Add --vcd and --vcd-pixels to a command. */
export function addWaveformOptions(command: Command): Command {
    return command
        .option(
            "--vcd <file>",
            "write the waveforms of the run for GTKWave, PulseView and others"
        )
        .option(
            "--vcd-pixels",
            "also the pixel clock and the data of each byte on the bus: large"
        )
}

/**
 * Check the flags.
 * @param path absolute path of the file
 * @throws UsageError when no waveform file can be there, or when there is none that could have pixels
 */
export function waveformOptions(
    { vcd, vcdPixels = false }: WaveformOptions,
    path: (name: string) => string
): WaveformOptions {
    if (vcd !== undefined) checkVcdPath(vcd, path(vcd))
    else if (vcdPixels)
        throw new UsageError("--vcd-pixels needs --vcd with the file's name")
    return { vcd, vcdPixels }
}

/** One file per strategy: "run.vcd" is "run-dcmi-crop.vcd", "run-rows-crop.vcd" then. */
export function strategyVcd(vcd: string, strategy: StrategyName): string {
    return vcd.replace(/\.vcd$/, `-${strategy.replace("+", "-")}.vcd`)
}

/**
 * Do something with a recorder that writes into the file, or with none. When it fails, the file has what happened until
 * then; when that was nothing, an older file stays.
 */
export async function withWaveforms<T>(
    { vcd, vcdPixels }: WaveformOptions,
    work: (recorder: VcdRecorder | undefined) => Promise<T>
): Promise<T> {
    if (vcd === undefined) return work(undefined)
    const { VcdRecorder } = await import("../sim/trace/vcd-recorder.ts")
    const file = new VcdFile(vcd)
    try {
        const recorder = new VcdRecorder({ sink: file, pixels: vcdPixels })
        try {
            return await work(recorder)
        } finally {
            recorder.finish()
        }
    } finally {
        file.close()
    }
}

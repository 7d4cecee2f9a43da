// SPDX-License-Identifier: MIT
// The options of `camscript compare`: those of `run` without what each strategy answers for itself.

import { UsageError } from "../sim/errors.ts"
import { runOptions, type RunOptions } from "./run-options.ts"

/** The frame that is measured, the next one, and the one after it, whose exposure begins in the next. */
export const COMPARED_FRAMES = 3

/**
 * Turn parsed flags into checked options. Without --fps each strategy runs as fast as --timing allows, and without
 * --timing as fast as it can.
 * @throws UsageError for --strategy and --every, for fewer than 3 frames, and whatever `run` refuses
 */
export function compareOptions(
    flags: Parameters<typeof runOptions>[0],
    cwd: string
): RunOptions {
    if (flags.strategy !== undefined)
        throw new UsageError(
            `--strategy ${flags.strategy}: compare runs every strategy that is possible; for one alone there is camscript run`
        )
    if (flags.every !== undefined)
        throw new UsageError(
            `--every ${flags.every}: compare saves the last frame of each strategy; for more there is camscript run`
        )
    const timing =
        flags.timing ?? (flags.fps === undefined ? "fastest" : undefined)
    const options = runOptions({ ...flags, timing }, cwd)
    if (options.frames !== undefined && options.frames < COMPARED_FRAMES)
        throw new UsageError(
            `--frames ${options.frames}: compare needs at least ${COMPARED_FRAMES}, the frame that is measured and two after it`
        )
    return options
}

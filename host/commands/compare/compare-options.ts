// SPDX-License-Identifier: MIT
// The options of `camscript compare`: those of `run` without what each strategy answers for itself.

import type { Command } from "commander"
import { UsageError } from "../../../protocol/errors.ts"
import {
    addRunOptions,
    runOptions,
    type RunFlags,
    type RunOptions,
} from "../run/run-options.ts"
import { STRATEGY_NAMES, TimingMode } from "../../../protocol/capture.ts"

/** The frame that is measured, the next one, and the one after it, whose exposure begins in the next. */
export const COMPARED_FRAMES = 3

/** Options of `run` that are refused with the reason rather than as unknown. */
const REFUSED = ["--strategy", "--every"]

/** Options whose defaults are others than in `run`. */
const DESCRIPTIONS: Readonly<Record<string, string>> = {
    "--fps": "frames per second; without it as fast as --timing allows",
    "--timing":
        "sensor timing: fastest, default (default: fastest without --fps)",
}

/** Add the options of `compare` to a command. */
export function addCompareOptions(command: Command): Command {
    addRunOptions(command)
    for (const option of command.options) {
        const name = option.long ?? ""
        option.hideHelp(REFUSED.includes(name))
        option.description = DESCRIPTIONS[name] ?? option.description
    }
    return command
}

/**
 * Turn parsed flags into checked options. Without --fps each strategy runs as fast as --timing allows, and without
 * --timing as fast as it can.
 * @throws UsageError for --strategy and --every, for fewer than 3 frames, and whatever `run` refuses
 */
export function compareOptions(flags: RunFlags, cwd: string): RunOptions {
    if (flags.strategy !== undefined)
        throw new UsageError(
            `--strategy ${STRATEGY_NAMES[flags.strategy]}: compare runs every strategy that is possible; for one alone there is camscript run`
        )
    if (flags.every !== undefined)
        throw new UsageError(
            `--every ${flags.every}: compare saves the last frame of each strategy; for more there is camscript run`
        )
    const timing =
        flags.timing ??
        (flags.fps === undefined ? TimingMode.FASTEST : undefined)
    const options = runOptions({ ...flags, timing }, cwd)
    if (options.frames !== undefined && options.frames < COMPARED_FRAMES)
        throw new UsageError(
            `--frames ${options.frames}: compare needs at least ${COMPARED_FRAMES}, the frame that is measured and two after it`
        )
    return options
}

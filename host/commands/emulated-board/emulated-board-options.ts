// SPDX-License-Identifier: MIT
// The options of `camscript emulated-board`: a board to talk to saves no images and ends by its time.

import { Option, type Command } from "commander"
import { numberArgument } from "../../arguments.ts"
import {
    addEmulatorOptions,
    addRequestOptions,
    addSceneOptions,
    targetOptions,
    type TargetFlags,
    type TargetOptions,
} from "../../target-options.ts"

export interface EmulatedBoardOptions extends TargetOptions {
    /** Stop after so much of the board's time, s. */
    readonly seconds: number | undefined
    readonly quiet: boolean
}

/** What commander makes of the command line. */
export interface EmulatedBoardFlags extends Omit<TargetFlags, "target"> {
    seconds?: number
    quiet?: boolean
}

/** Add the options to the command. */
export function addEmulatedBoardOptions(command: Command): Command {
    addRequestOptions(command)
    command.option(
        "--seconds <s>",
        "stop after S seconds of the board's time",
        numberArgument("--seconds", { min: 1e-3, max: 1e6, what: "seconds" })
    )
    addEmulatorOptions(addSceneOptions(command))
    return command
        .option("--quiet", "print nothing but the path and errors")
        .addOption(
            // What it is anyway: `camscript run` has it, too.
            new Option("--target <target>").choices(["emulator"]).hideHelp()
        )
}

/**
 * Turn parsed flags into checked options.
 * @param cwd folder that relative paths start from
 * @throws UsageError for an unknown board or sensor, a missing program
 */
export function emulatedBoardOptions(
    flags: EmulatedBoardFlags,
    cwd: string
): EmulatedBoardOptions {
    return {
        ...targetOptions({ ...flags, target: "emulator" }, cwd),
        seconds: flags.seconds,
        quiet: flags.quiet ?? false,
    }
}

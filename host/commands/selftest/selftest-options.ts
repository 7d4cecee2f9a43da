// SPDX-License-Identifier: MIT
// The options of `camscript selftest`: their names, help and defaults.

import { join } from "node:path"
import { Option, type Command } from "commander"
import { projectRoot } from "../../../toolchain/paths.ts"
import { numberArgument } from "../../arguments.ts"
import {
    addBoardOptions,
    addTargetOptions,
    targetOptions,
    type TargetOptions,
} from "../../target-options.ts"

/** Absolute path of the program that measures. */
export const SELFTEST_APP = join(projectRoot, "src", "selftest", "main.ts")

/** Everything a self-test needs to know, checked. */
export interface SelftestOptions extends TargetOptions {
    readonly json: boolean
}

interface Flags {
    board: string
    sensor: string
    target: string
    cpi?: number
    seed: number
    faults?: string
    json?: boolean
}

const U32_MAX = 0xffffffff

/** Add the options of `selftest` to a command. */
export function addSelftestOptions(command: Command): Command {
    return addTargetOptions(
        addBoardOptions(command),
        "what is tested: sim, emulator, or the serial port of a board (/dev/ttyACM0) that runs src/selftest/main.ts"
    )
        .addOption(
            new Option("--seed <n>", "seed of everything random")
                .default(1)
                .argParser(
                    numberArgument("--seed", {
                        min: 0,
                        max: U32_MAX,
                        what: "the seed",
                        integer: true,
                    })
                )
        )
        .option("--json", "print one JSON object on stdout and nothing else")
}

/**
 * Turn parsed flags into checked options.
 * @param cwd folder that relative paths start from
 * @throws UsageError for an unknown board, sensor or target, a file of faults with a mistake in it
 */
export function selftestOptions(flags: Flags, cwd: string): SelftestOptions {
    const target = targetOptions({ ...flags, scene: "flat" }, cwd)
    return {
        ...target,
        // Its captures are its own.
        request: {},
        app: SELFTEST_APP,
        json: flags.json ?? false,
    }
}

// SPDX-License-Identifier: MIT
// The options of `camscript init`.

import { basename, resolve } from "node:path"
import type { Command } from "commander"
import { boardNames } from "../../../boards/board-file.ts"
import { UsageError } from "../../../protocol/errors.ts"
import { SENSORS, type SensorName } from "../../../protocol/names.ts"
import { choiceArgument } from "../../arguments.ts"
import { boardName } from "../../target-options.ts"
import { exampleNames, readExample, type Example } from "./example.ts"

/** What a new project is to be. */
export interface InitOptions {
    /** Absolute path of the project's folder. */
    readonly folder: string
    readonly name: string
    readonly board: string
    readonly sensor: SensorName
    /** Its program; undefined: the one that comes with the sensor. */
    readonly example: Example | undefined
    /** Its program has a kernel (docs/kernels). */
    readonly withKernel: boolean
}

/** The template that is no example: a program with a kernel and the kernel's test. */
const KERNEL_TEMPLATE = "kernel"

/** What commander makes of the command line. */
export interface InitFlags {
    readonly board: string
    readonly sensor: SensorName
    readonly template?: string
}

/** Add the options to the command. */
export function addInitOptions(command: Command): Command {
    return command
        .argument("[folder]", "of the project", ".")
        .option(
            "--board <name>",
            `board: ${boardNames().join(", ")}`,
            "nucleo-f446re"
        )
        .option(
            "--sensor <name>",
            `sensor: ${SENSORS.join(", ")}`,
            choiceArgument("--sensor", SENSORS),
            "mt9v034"
        )
        .option(
            "--template <example>",
            `begin with an example: ${exampleNames().join(", ")}; or with a kernel: ${KERNEL_TEMPLATE}`,
            choiceArgument("--template", [...exampleNames(), KERNEL_TEMPLATE])
        )
}

/**
 * Turn parsed flags into checked options.
 * @param cwd folder that relative paths start from
 * @param given names of the flags that the user wrote; for the others an example's own count
 * @throws UsageError for an unknown board, or an example of another sensor
 */
export function initOptions(
    folder: string,
    flags: InitFlags,
    { cwd, given }: { cwd: string; given: readonly string[] }
): InitOptions {
    const path = resolve(cwd, folder)
    const withKernel = flags.template === KERNEL_TEMPLATE
    if (withKernel && flags.sensor !== "mt9v034")
        throw new UsageError(
            `--template ${KERNEL_TEMPLATE} is a program for the mt9v034, not for --sensor ${flags.sensor}: leave --sensor out, or take another template`
        )
    const example =
        flags.template && !withKernel ? readExample(flags.template) : undefined
    if (
        example?.sensor &&
        given.includes("sensor") &&
        example.sensor !== flags.sensor
    )
        throw new UsageError(
            `--template ${flags.template} is a program for the ${example.sensor}, not for --sensor ${flags.sensor}: ` +
                `leave --sensor out, or take another template`
        )
    const board =
        example?.board && !given.includes("board") ? example.board : flags.board
    return {
        folder: path,
        name: packageName(basename(path)),
        board: boardName(board),
        sensor: example?.sensor ?? flags.sensor,
        example,
        withKernel,
    }
}

/** What npm takes for a name, as near as possible to the folder's. */
function packageName(folder: string): string {
    const name = folder
        .toLowerCase()
        .replace(/[^a-z0-9-]+/g, "-")
        .replace(/^-+|-+$/g, "")
    return name === "" ? "camera" : name
}

// SPDX-License-Identifier: MIT
// The options of `camscript wiring`.

import { resolve } from "node:path"
import type { Command } from "commander"
import { UsageError } from "../../../protocol/errors.ts"
import { SENSORS, type SensorName } from "../../../protocol/names.ts"
import { choiceArgument } from "../../arguments.ts"
import { addBoardOptions, boardName } from "../../target-options.ts"

export interface WiringOptions {
    readonly board: string
    readonly sensor: SensorName
    /** The first that works on the board, when left out. */
    readonly module: string | undefined
    /** Absolute path of the drawing. */
    readonly svg: string | undefined
    readonly json: boolean
}

/** What commander makes of the command line. */
export interface WiringFlags {
    board: string
    sensor: string
    module?: string
    svg?: string
    json?: boolean
}

/** Add the options to the command. */
export function addWiringOptions(command: Command): Command {
    return addBoardOptions(command)
        .option(
            "--module <name>",
            "the module that carries the sensor: mt9v034, atk-mc2640, waveshare-ov2640 (default: the first with the sensor that works on the board)"
        )
        .option("--svg <file>", "write a drawing of it")
        .option("--json", "print one JSON object on stdout and nothing else")
}

/**
 * Turn parsed flags into checked options.
 * @param cwd folder that relative paths start from
 * @throws UsageError for an unknown board or sensor
 */
export function wiringOptions(flags: WiringFlags, cwd: string): WiringOptions {
    const { module, svg, json = false } = flags
    if (svg === "") throw new UsageError("--svg needs the name of a file")
    return {
        board: boardName(flags.board),
        sensor: choiceArgument("--sensor", SENSORS)(flags.sensor),
        module,
        svg: svg === undefined ? undefined : resolve(cwd, svg),
        json,
    }
}

// SPDX-License-Identifier: MIT
// The options of `camscript flash`.

import type { Command } from "commander"
import { boardNames } from "../../../boards/board-file.ts"
import { UsageError } from "../../../protocol/errors.ts"
import { choiceArgument } from "../../arguments.ts"
import { appFile, boardName } from "../../target-options.ts"
import { FLASH_TOOL_NAMES, type FlashToolName } from "./flash-tools.ts"
import { SENSORS, type SensorName } from "../../../protocol/names.ts"

/** Everything a flash needs to know, checked. */
export interface FlashOptions {
    readonly board: string
    readonly sensor: SensorName
    /** Absolute path of the DeviceScript entry file; undefined: the default program. */
    readonly app: string | undefined
    /** Replace just the program, over the link at `port`. */
    readonly programOnly: boolean
    readonly port: string | undefined
    /** Undefined: the first that is in PATH. */
    readonly tool: FlashToolName | undefined
    /** Build and print the commands; write nothing. */
    readonly dryRun: boolean
    readonly json: boolean
}

interface Flags {
    board: string
    sensor: SensorName
    app?: string
    programOnly?: boolean
    port?: string
    tool?: FlashToolName
    dryRun?: boolean
    json?: boolean
}

/** Add the options of `flash` to a command. */
export function addFlashOptions(command: Command): Command {
    return command
        .requiredOption(
            "--board <name>",
            `board: ${boardNames().join(", ")}`,
            boardName
        )
        .option(
            "--sensor <name>",
            `sensor: ${SENSORS.join(", ")}`,
            choiceArgument("--sensor", SENSORS),
            "mt9v034"
        )
        .option(
            "--app <file>",
            "DeviceScript program (default: src/main.ts of the project, else of camscript)"
        )
        .option(
            "--program-only",
            "replace just the program of a running board, over its serial port"
        )
        .option("--port <port>", "serial port, for example /dev/ttyACM0")
        .option(
            "--tool <name>",
            `${FLASH_TOOL_NAMES.join(", ")} (default: the first that is there)`,
            choiceArgument("--tool", FLASH_TOOL_NAMES)
        )
        .option("--dry-run", "build, and print the commands instead of running")
        .option("--json", "print one JSON object on stdout and nothing else")
}

/**
 * Check what commander collected.
 * @param folder what relative paths are relative to
 * @throws UsageError
 */
export function flashOptions(flags: Flags, folder: string): FlashOptions {
    const { app, port, tool } = flags
    const programOnly = flags.programOnly ?? false
    const dryRun = flags.dryRun ?? false
    if (programOnly && port === undefined)
        throw new UsageError(
            "--program-only needs --port, the serial port of the board, for example --port /dev/ttyACM0"
        )
    if (!programOnly && port !== undefined)
        throw new UsageError(
            "--port is for --program-only: a whole firmware goes through a flash tool"
        )
    if (programOnly && (tool !== undefined || dryRun))
        throw new UsageError(
            "--program-only goes over the board's own link: --tool and --dry-run do not apply"
        )
    return {
        board: flags.board,
        sensor: flags.sensor,
        app: app === undefined ? undefined : appFile(app, folder),
        programOnly,
        port,
        tool,
        dryRun,
        json: flags.json ?? false,
    }
}

// SPDX-License-Identifier: MIT
// The options of `camscript debug`: those of a request, where the program runs, the scene, and the port for debuggers.

import { resolve } from "node:path"
import type { Command } from "commander"
import { numberArgument } from "../../arguments.ts"
import {
    addRequestOptions,
    addSceneOptions,
    addTargetOptions,
    isPort,
    refuseAtPort,
    targetOptions,
    type TargetFlags,
    type TargetOptions,
} from "../../target-options.ts"

/** Everything that the command needs to know, checked. */
export interface DebugOptions extends TargetOptions {
    /** Absolute path, for the process of an emulated board; undefined: none. */
    readonly faultsFile: string | undefined
    /** 0: any that is free. */
    readonly port: number
}

/** `debugServer` of .vscode/launch.json names it too. */
export const DEFAULT_DEBUG_PORT = 4711

/** Add the options to the command. */
export function addDebugOptions(command: Command): Command {
    addSceneOptions(addRequestOptions(command))
    return addTargetOptions(
        command,
        "where the program runs: sim, emulator (the ELF that is flashed, on an emulated Cortex-M4), or the serial port of a board (/dev/ttyACM0)"
    ).option(
        "--port <n>",
        "port for debuggers on 127.0.0.1, 0: any that is free",
        numberArgument("--port", {
            ...{ min: 0, max: 65535, integer: true },
            what: "the port",
        }),
        DEFAULT_DEBUG_PORT
    )
}

/** What commander makes of the command line. */
export interface DebugFlags extends TargetFlags {
    port: number
}

/**
 * Turn parsed flags into checked options.
 * @param cwd folder that relative paths start from
 * @param given names of the flags that the command line has
 * @throws UsageError as targetOptions(); for an option that a board at a serial port does not take
 */
export function debugOptions(
    flags: DebugFlags,
    cwd: string,
    given: readonly string[] = []
): DebugOptions {
    if (isPort(flags.target))
        refuseAtPort(
            flags.target,
            given,
            "change it with camscript view, or in the program"
        )
    return {
        ...targetOptions(flags, cwd),
        faultsFile: flags.faults && resolve(cwd, flags.faults),
        port: flags.port,
    }
}

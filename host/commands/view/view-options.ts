// SPDX-License-Identifier: MIT
// The options of `camscript view`: those of a request, where the program runs, the scene, and where the page is.

import { resolve } from "node:path"
import type { Command } from "commander"
import { numberArgument } from "../../arguments.ts"
import {
    addRequestOptions,
    addTargetOptions,
    isPort,
    refuseAtPort,
    targetOptions,
    type TargetFlags,
    type TargetOptions,
} from "../../target-options.ts"

/** Everything the live view needs to know, checked. */
export interface ViewOptions extends TargetOptions {
    /** Absolute path, for the process of an emulated board; undefined: none. */
    readonly faultsFile: string | undefined
    /** Port for Jacdac's own tools; undefined: they do not join. */
    readonly jacdac: number | undefined
    /** 0: any that is free. */
    readonly port: number
    /** Open the page in the user's browser. */
    readonly open: boolean
    /** Replace the program at each save. */
    readonly watch?: boolean
}

/** Spells "view" on a telephone's keys, and needs no privilege. */
const DEFAULT_PORT = 8439

/** Where Jacdac's tools look for a proxy (DeviceScript's devtools). */
const JACDAC_PORT = 8081

/** Add the options of `view` to a command. */
export function addViewOptions(command: Command): Command {
    addRequestOptions(command)
        .option("--scene <scene>", "what the sensor sees, as in run", "chart")
        .option(
            "--seed <n>",
            "seed of everything random",
            numberArgument("--seed", {
                min: 0,
                max: 0xffffffff,
                what: "the seed",
                integer: true,
            }),
            1
        )
        .option(
            "--app <file>",
            "DeviceScript program with the camera service (default: src/main.ts of the project, else of camscript); at a serial port: what the page's Update program sends"
        )
    addTargetOptions(
        command,
        "where the program runs: sim, emulator (the ELF that is flashed, on an emulated Cortex-M4), or the serial port of a board (/dev/ttyACM0)"
    )
    const port = (flag: string, min: number) =>
        numberArgument(flag, {
            min,
            max: 65535,
            what: "the port",
            integer: true,
        })
    return command
        .option(
            "--port <n>",
            "port of the page on 127.0.0.1, 0: any that is free",
            port("--port", 0),
            DEFAULT_PORT
        )
        .option(
            "--jacdac [port]",
            `let Jacdac's and DeviceScript's own tools join, by a websocket on 127.0.0.1 (port ${JACDAC_PORT} when left out)`,
            port("--jacdac", 0)
        )
        .option("--no-open", "do not open the page in the browser")
        .option(
            "--watch",
            "replace the program whenever one of its files is saved, on a board, too"
        )
}

/** What commander makes of the command line. */
export interface ViewFlags extends TargetFlags {
    port: number
    open: boolean
    jacdac?: number | true
    watch?: boolean
}

/**
 * Turn parsed flags into checked options.
 * @param cwd folder that relative paths start from
 * @param given names of the flags that the command line has
 * @throws UsageError as targetOptions(); for an option that a board at a serial port does not take
 */
export function viewOptions(
    flags: ViewFlags,
    cwd: string,
    given: readonly string[] = []
): ViewOptions {
    if (isPort(flags.target))
        refuseAtPort(
            flags.target,
            given,
            `change it on the page, which "Update program" then makes the program's request`
        )
    const { port, open, jacdac } = flags
    return {
        ...targetOptions(flags, cwd),
        faultsFile: flags.faults && resolve(cwd, flags.faults),
        jacdac: jacdac === true ? JACDAC_PORT : jacdac,
        port,
        open,
        watch: flags.watch ?? false,
    }
}

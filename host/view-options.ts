// SPDX-License-Identifier: MIT
// The options of `camscript view`: those of a request, the scene, and where the page is.

import type { Command } from "commander"
import type { SensorName } from "../sim/board-file.ts"
import type { CaptureRequest } from "../sim/capture.ts"
import { numberArgument } from "./arguments.ts"
import { addRequestOptions, runOptions } from "./run-options.ts"

/** Everything the live view needs to know, checked. */
export interface ViewOptions {
    readonly board: string
    readonly sensor: SensorName
    readonly request: CaptureRequest
    readonly scene: string
    readonly seed: number
    /** Absolute path of the DeviceScript entry file. */
    readonly app: string
    /** 0: any that is free. */
    readonly port: number
    /** Open the page in the user's browser. */
    readonly open: boolean
}

/** Spells "view" on a telephone's keys, and needs no privilege. */
const DEFAULT_PORT = 8439

/** Add the options of `view` to a command. */
export function addViewOptions(command: Command): Command {
    return addRequestOptions(command)
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
            "DeviceScript program with the camera service (default: src/main.ts of camscript)"
        )
        .option(
            "--port <n>",
            "port of the page on 127.0.0.1, 0: any that is free",
            numberArgument("--port", {
                min: 0,
                max: 65535,
                what: "the port",
                integer: true,
            }),
            DEFAULT_PORT
        )
        .option("--no-open", "do not open the page in the browser")
}

/**
 * Turn parsed flags into checked options.
 * @param cwd folder that relative paths start from
 * @throws UsageError as `run` does
 */
export function viewOptions(
    flags: Parameters<typeof runOptions>[0] & { port: number; open: boolean },
    cwd: string
): ViewOptions {
    const { board, sensor, request, scene, seed, app } = runOptions(
        { ...flags, out: "out" },
        cwd
    )
    const { port, open } = flags
    return { board, sensor, request, scene, seed, app, port, open }
}

// SPDX-License-Identifier: MIT
// The options of `camscript run`: their names, help, limits and defaults.

import { resolve } from "node:path"
import type { Command } from "commander"
import type { CaptureRequest } from "../../../protocol/capture.ts"
import { UsageError } from "../../../protocol/errors.ts"
import { addGdbOption } from "../../gdb/gdb-option.ts"
import { numberArgument } from "../../arguments.ts"
import { addPinOptions, pinOptions, type PinFlags } from "../../pin-options.ts"
import {
    addRequestOptions,
    addSceneOptions,
    addTargetOptions,
    isPort,
    targetOptions,
    type TargetFlags,
    type TargetOptions,
} from "../../target-options.ts"
import {
    addInsideOptions,
    firstInsideOption,
    insideOptions,
    type InsideOptions,
} from "../../inside/inside-options.ts"
import {
    addWaveformOptions,
    waveformOptions,
    type WaveformOptions,
} from "../../waveforms.ts"

/** Everything a run needs to know, checked. */
export interface RunOptions
    extends TargetOptions, WaveformOptions, InsideOptions {
    /** Stop after so many delivered frames; undefined: only `seconds` counts. */
    readonly frames: number | undefined
    /** Stop after so much virtual time since boot, s. */
    readonly seconds: number | undefined
    /** Save every Nth delivered frame, besides the first and the last. */
    readonly every: number | undefined
    /** Folder of the images, as the user wrote it. */
    readonly out: string
    /** TCP port for GDB; undefined: no debugger. */
    readonly gdb?: number | undefined
    readonly json: boolean
    readonly quiet: boolean
    /** Run again at each save. */
    readonly watch?: boolean
    /** What the user asked for, without the defaults that the default program is given besides. */
    readonly asked?: CaptureRequest
}

/** Run length when neither --frames nor --seconds is given: 1 s of sensor time at the default frame rate. */
const DEFAULT_FRAMES = 120

/** What commander makes of the command line. */
export interface RunFlags extends TargetFlags, PinFlags, InsideOptions {
    frames?: number
    seconds?: number
    every?: number
    out: string
    vcd?: string
    vcdPixels?: boolean
    gdb?: number
    json?: boolean
    quiet?: boolean
    watch?: boolean
}

/** Add the options of `run` to a command. */
export function addRunOptions(command: Command): Command {
    addRequestOptions(command)
    const integer = (flag: string, min: number, max: number, what: string) =>
        numberArgument(flag, { min, max, what, integer: true })
    command
        .option(
            "--frames <n>",
            `stop after N delivered frames (default: ${DEFAULT_FRAMES} without --seconds)`,
            integer("--frames", 1, 1e9, "frames")
        )
        .option(
            "--seconds <s>",
            "stop after S seconds of simulated time since boot",
            numberArgument("--seconds", {
                min: 1e-3,
                max: 1e6,
                what: "seconds",
            })
        )
        .option(
            "--every <n>",
            "also save every Nth frame, besides the first and the last",
            integer("--every", 1, 1e9, "frames")
        )
        .option("--out <dir>", "folder for the images", "out")
    addSceneOptions(command)
    addTargetOptions(
        command,
        "where the program runs: sim, emulator (the ELF that is flashed, on an emulated Cortex-M4), or the serial port of a board (/dev/ttyACM0): what it captures, by its own request"
    )
    return addGdbOption(
        addInsideOptions(addWaveformOptions(addPinOptions(command)))
    )
        .option("--json", "print one JSON object on stdout and nothing else")
        .option("--quiet", "print nothing but errors and the result")
        .option(
            "--watch",
            "stay, and run the program again whenever one of its files is saved; Ctrl-C ends it"
        )
}

/**
 * Turn parsed flags into checked options.
 * @param flags what commander made of the command line
 * @param cwd folder that relative paths start from
 * @throws UsageError for an unknown board, sensor or target, a missing program, a waveform file that cannot be
 */
export function runOptions(flags: RunFlags, cwd: string): RunOptions {
    const target = targetOptions(flags, cwd)
    if (flags.out === "")
        throw new UsageError("--out needs the name of a folder")
    if (flags.watch) refuseToWatch(flags)
    if (flags.gdb !== undefined) checkGdb(flags)
    if (isPort(flags.target)) refuseToLookInto(flags)
    const unlimited = flags.frames === undefined && flags.seconds === undefined
    return {
        ...target,
        ...pinOptions(flags, target, flags.seconds),
        frames: unlimited ? DEFAULT_FRAMES : flags.frames,
        seconds: flags.seconds,
        every: flags.every,
        asked: {
            ...target.request,
            window: flags.window,
            fps: flags.fps,
        },
        out: flags.out,
        gdb: flags.gdb,
        json: flags.json ?? false,
        quiet: flags.quiet ?? false,
        watch: flags.watch ?? false,
        ...waveformOptions(flags, name => resolve(cwd, name)),
        ...insideOptions(flags, name => resolve(cwd, name)),
    }
}

/** GDB debugs instructions of a core that we execute. */
function checkGdb({ target, watch }: RunFlags): void {
    if (watch)
        throw new UsageError(
            "--gdb debugs one run, and --watch runs again at each save: leave one of them out"
        )
    if (isPort(target))
        throw new UsageError(
            `--gdb debugs the emulated board; for the board at ${target} its debug probe's server (OpenOCD, st-util) is the way`
        )
    if (target !== "emulator")
        throw new UsageError(
            "--gdb: in the simulator the C code runs as WebAssembly, which has no instructions of the core; use --target emulator"
        )
}

/** Silicon shows none of it. */
function refuseToLookInto(flags: RunFlags): void {
    const option = firstInsideOption(flags)
    if (option !== undefined)
        throw new UsageError(
            `${option} looks into the simulator or the emulated board; the board at ${flags.target} executes its program unseen: ` +
                `use --target sim or --target emulator`
        )
}

/** One reason for each. */
function refuseToWatch({ target, json }: RunFlags): void {
    if (json)
        throw new UsageError(
            "--watch runs again and again, and --json is one object for one run: leave one of them out"
        )
    if (isPort(target))
        throw new UsageError(
            `--watch: run takes images of the program that the board at ${target} has; ` +
                `camscript view --watch --target ${target} sends the board each saved program`
        )
}

// SPDX-License-Identifier: MIT
// The options of `camscript run`: their names, help, limits and defaults.

import { existsSync, statSync } from "node:fs"
import { resolve } from "node:path"
import { Option, type Command } from "commander"
import { boardNames } from "../../../boards/board-file.ts"
import { DEFAULT_CPI } from "../../../sim/observe/cpu-use.ts"
import { UsageError } from "../../../protocol/errors.ts"

import {
    choiceArgument,
    numberArgument,
    parseSize,
    parseWindow,
} from "../../arguments.ts"
import {
    addWaveformOptions,
    waveformOptions,
    type WaveformOptions,
} from "../../waveforms.ts"
import {
    DEFAULT_APP,
    DEFAULT_REQUESTS,
} from "../../../toolchain/devicescript/default-program.ts"
import { type CaptureRequest } from "../../../protocol/capture.ts"
import { SENSORS, type SensorName } from "../../../protocol/names.ts"
import {
    optionName,
    REQUEST_OPTIONS,
    type RequestOption,
} from "../../../protocol/request-options.ts"

/** Everything a run needs to know, checked. */
export interface RunOptions extends WaveformOptions {
    readonly board: string
    readonly sensor: SensorName
    readonly request: CaptureRequest
    /** Stop after so many delivered frames; undefined: only `seconds` counts. */
    readonly frames: number | undefined
    /** Stop after so much virtual time since boot, s. */
    readonly seconds: number | undefined
    /** Save every Nth delivered frame, besides the first and the last. */
    readonly every: number | undefined
    readonly scene: string
    readonly seed: number
    /** Folder of the pictures, as the user wrote it. */
    readonly out: string
    /** Absolute path of the DeviceScript entry file. */
    readonly app: string
    /** Where the program runs. */
    readonly target: Target
    /** CPU cycles per instruction of the emulated board. */
    readonly cpi: number
    readonly json: boolean
    readonly quiet: boolean
}

/** sim: the VM in Node and the native code as wasm; emulator: the ELF that is flashed, on an emulated Cortex-M4. */
export const TARGETS = ["sim", "emulator"] as const
/** Or the path of a serial port with a board behind it. */
export type Target = string

/** Run length when neither --frames nor --seconds is given: 1 s of sensor time at the default frame rate. */
const DEFAULT_FRAMES = 120

/** What commander makes of the command line. */
export interface Flags extends Omit<CaptureRequest, "ramBytes" | "exposureUs"> {
    board: string
    sensor: string
    frames?: number
    seconds?: number
    every?: number
    scene: string
    seed: number
    out: string
    app?: string
    ram?: number
    exposure?: number
    target: Target
    cpi: number
    vcd?: string
    vcdPixels?: boolean
    json?: boolean
    quiet?: boolean
}

const U32_MAX = 0xffffffff

/** A port's path has a slash in it, or is Windows' COM with a number. */
const PORT_PATH = /\/|^COM\d+$/i

/** Does a target name a serial port? */
export function isPort(target: Target): boolean {
    return PORT_PATH.test(target)
}

function targetArgument(text: string): Target {
    const target = TARGETS.find(name => name === text.toLowerCase())
    if (target === undefined && !isPort(text))
        throw new UsageError(
            `--target ${text} is unknown: it is ${TARGETS.join(", ")}, or the path of a serial port, /dev/ttyACM0 or COM3`
        )
    return target ?? text
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
        .option(
            "--scene <scene>",
            "chart, flat[:LUMA], ramp, noise, target[:photo], visitor, bars, photo, day, or a picture, a folder of pictures or a Y4M video",
            "chart"
        )
        .option(
            "--seed <n>",
            "seed of everything random",
            integer("--seed", 0, U32_MAX, "the seed"),
            1
        )
        .option("--out <dir>", "folder for the pictures", "out")
        .option(
            "--app <file>",
            `DeviceScript program (default: src/main.ts of camscript)`
        )
    addTargetOptions(
        command,
        "where the program runs: sim, emulator (the ELF that is flashed, on an emulated Cortex-M4), or the serial port of a board (/dev/ttyACM0): what it captures, by its own request"
    )
    return addWaveformOptions(command)
        .option("--json", "print one JSON object on stdout and nothing else")
        .option("--quiet", "print nothing but errors and the result")
}

/** Add --target, and what belongs to the emulator. */
export function addTargetOptions(command: Command, help: string): Command {
    return command
        .addOption(
            new Option("--target <target>", help)
                .default("sim")
                .argParser(targetArgument)
        )
        .option(
            "--cpi <x>",
            "emulator: CPU cycles per instruction, which nobody has measured on a board",
            numberArgument("--cpi", {
                min: 1,
                max: 10,
                what: "cycles per instruction",
            }),
            DEFAULT_CPI
        )
}

/** Add the options that reach the program through the frame grabber's request block. */
export function addRequestOptions(command: Command): Command {
    command
        .option(
            "--board <name>",
            `board: ${boardNames().join(", ")}`,
            "nucleo-f446re"
        )
        .option("--sensor <name>", `sensor: ${SENSORS.join(", ")}`, "mt9v034")
    for (const option of REQUEST_OPTIONS)
        command.option(option.flag, helpOf(option), readerOf(option))
    return command
}

function helpOf(option: RequestOption): string {
    switch (option.kind) {
        case "name":
            return `${option.help}${option.names.join(", ")}`
        case "choice":
            return `${option.help}${option.values.join(", ")}`
        default:
            return option.help
    }
}

function readerOf(option: RequestOption): (text: string) => unknown {
    const name = optionName(option)
    switch (option.kind) {
        case "window":
            return parseWindow
        case "size":
            return parseSize
        case "name": {
            const read = choiceArgument(name, option.names)
            return text => option.names.indexOf(read(text))
        }
        case "choice": {
            const read = choiceArgument(name, option.values.map(String))
            return text => Number(read(text))
        }
        case "number":
            return numberArgument(name, option)
    }
}

/**
 * Turn parsed flags into checked options.
 * @param flags what commander made of the command line
 * @param cwd folder that relative paths start from
 * @throws UsageError for an unknown board, sensor or target, a missing program, a waveform file that cannot be
 */
export function runOptions(flags: Flags, cwd: string): RunOptions {
    const board = flags.board.toLowerCase()
    if (!boardNames().includes(board))
        throw new UsageError(
            `--board ${flags.board} is unknown: boards/ has ${boardNames().join(", ")}`
        )
    const sensor = SENSORS.find(name => name === flags.sensor.toLowerCase())
    if (sensor === undefined)
        throw new UsageError(
            `--sensor ${flags.sensor} has no model: there is ${SENSORS.join(", ")}`
        )
    if (flags.out === "")
        throw new UsageError("--out needs the name of a folder")
    const unlimited = flags.frames === undefined && flags.seconds === undefined
    return {
        board,
        sensor,
        request: captureRequest(flags, sensor),
        frames: unlimited ? DEFAULT_FRAMES : flags.frames,
        seconds: flags.seconds,
        every: flags.every,
        scene: flags.scene,
        seed: flags.seed,
        out: flags.out,
        app: appFile(flags.app, cwd),
        target: flags.target,
        cpi: flags.cpi,
        json: flags.json ?? false,
        quiet: flags.quiet ?? false,
        ...waveformOptions(flags, name => resolve(cwd, name)),
    }
}

function captureRequest(flags: Flags, sensor: SensorName): CaptureRequest {
    const own = DEFAULT_REQUESTS[sensor]
    const { ram: ramBytes, exposure: exposureUs } = flags
    const values: CaptureRequest = { ...flags, ramBytes, exposureUs }
    const request = Object.fromEntries(
        REQUEST_OPTIONS.map(({ field }) => [field, values[field]])
    ) as CaptureRequest
    return {
        ...request,
        window: request.window ?? own.window,
        // --timing is another answer to the same question, so that only an explicit --fps stands beside it.
        fps: request.fps ?? (request.timing ? undefined : own.fps),
    }
}

/**
 * The program that --app names, or the default one.
 * @throws UsageError when it is not a TypeScript file that exists
 */
export function appFile(app: string | undefined, cwd: string): string {
    if (app === undefined) return DEFAULT_APP
    const file = resolve(cwd, app)
    if (!existsSync(file))
        throw new UsageError(`--app ${app}: there is no such file`)
    if (!statSync(file).isFile() || !file.endsWith(".ts"))
        throw new UsageError(`--app ${app} is not a TypeScript file`)
    return file
}

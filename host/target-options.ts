// SPDX-License-Identifier: MIT
// The options that say which board, with which sensor and program, asked for what, and where all that runs.

import { existsSync, statSync } from "node:fs"
import { resolve } from "node:path"
import { Option, type Command } from "commander"
import { boardNames } from "../boards/board-file.ts"
import { UsageError } from "../protocol/errors.ts"
import type { CaptureRequest } from "../protocol/capture.ts"
import { SENSORS, type SensorName } from "../protocol/names.ts"
import {
    optionName,
    REQUEST_OPTIONS,
    type RequestOption,
} from "../protocol/request-options.ts"
import type { PinEvent } from "../sim/board-pins.ts"
import { readFaultFile } from "../sim/faults/fault-file.ts"
import type { Fault } from "../sim/faults/fault-table.ts"
import type { Part } from "../sim/parts/part.ts"
import { SENSOR_MODULES } from "../sim/sensors/modules.ts"
import {
    DEFAULT_APP,
    DEFAULT_REQUESTS,
} from "../toolchain/devicescript/default-program.ts"
import {
    choiceArgument,
    numberArgument,
    parseSize,
    parseWindow,
} from "./arguments.ts"

/** sim: the VM in Node and the native code as wasm; emulator: the ELF that is flashed, on an emulated Cortex-M4. */
export const TARGETS = ["sim", "emulator"] as const
/** Or the path of a serial port with a board behind it. */
export type Target = string

/** What is asked for, of which board. */
export interface RequestOptions {
    readonly board: string
    readonly sensor: SensorName
    readonly request: CaptureRequest
}

/** Everything that opening a target needs to know, checked. */
export interface TargetOptions extends RequestOptions {
    readonly scene: string
    readonly seed: number
    /** Absolute path of the DeviceScript entry file. */
    readonly app: string
    /** Where the program runs. */
    readonly target: Target
    /** CPU cycles per instruction of the emulated board; undefined: by the cycle model. */
    readonly cpi?: number | undefined
    /** What goes wrong, and when; undefined: nothing. */
    readonly faults?: readonly Fault[] | undefined
    /** What happens at the board's pins from outside. */
    readonly pins?: readonly PinEvent[] | undefined
    /** Other parts on the sensor's I2C bus. */
    readonly parts?: readonly Part[] | undefined
}

/** What commander makes of addRequestOptions(). */
export interface RequestFlags extends Omit<
    CaptureRequest,
    "ramBytes" | "exposureUs"
> {
    board: string
    sensor: string
    ram?: number
    exposure?: number
}

/** What commander makes of those, of addTargetOptions() and of --scene, --seed and --app. */
export interface TargetFlags extends RequestFlags {
    scene: string
    seed: number
    app?: string
    target: Target
    cpi?: number
    faults?: string
}

/** A port's path has a slash in it, or is Windows' COM with a number. */
const PORT_PATH = /\/|^COM\d+$/i

/** Does a target name a serial port? */
export function isPort(target: Target): boolean {
    return PORT_PATH.test(target)
}

/** What a board with a camera of its own does not take from the command line. */
const SIMULATED_ONLY = ["board", "scene", "seed", "cpi", "faults"]
const BOARDS_OWN = REQUEST_OPTIONS.map(optionName)

/**
 * Refuse what a board at a serial port does not take.
 * @param given names of the flags that the command line has
 * @param instead what to do where a request was given
 * @throws UsageError with one reason for each kind
 */
export function refuseAtPort(
    port: Target,
    given: readonly string[],
    instead: string
): void {
    for (const name of given) {
        const option = `--${name.replace(/[A-Z]/g, letter => `-${letter.toLowerCase()}`)}`
        if (SIMULATED_ONLY.includes(name))
            throw new UsageError(
                `${option} is for the simulator and the emulator: the board at ${port} says itself which one it is, and sees what is in front of its camera`
            )
        if (BOARDS_OWN.includes(option))
            throw new UsageError(
                `${option}: the board at ${port} captures what its program was asked for; ${instead}`
            )
    }
}

function targetArgument(text: string): Target {
    const target = TARGETS.find(name => name === text.toLowerCase())
    if (target === undefined && !isPort(text))
        throw new UsageError(
            `--target ${text} is unknown: it is ${TARGETS.join(", ")}, or the path of a serial port, /dev/ttyACM0 or COM3`
        )
    return target ?? text
}

/** Add --faults. */
export function addFaultsOption(command: Command): Command {
    return command.option(
        "--faults <file>",
        "faults to inject, as JSON: [{ at, for, fault, ... }] (docs/faults-file.md)"
    )
}

/**
 * The faults of the file that --faults names.
 * @throws UsageError when it cannot be read, or has a mistake in it
 */
export function faultsOf(
    file: string | undefined,
    cwd: string
): readonly Fault[] | undefined {
    return file === undefined
        ? undefined
        : readFaultFile(resolve(cwd, file), file)
}

/** Add --target, what belongs to the emulator, and --faults. */
export function addTargetOptions(command: Command, help: string): Command {
    return addEmulatorOptions(
        command.addOption(
            new Option("--target <target>", help)
                .default("sim")
                .argParser(targetArgument)
        )
    )
}

/** Add what belongs to the emulator, and --faults. */
export function addEmulatorOptions(command: Command): Command {
    return addFaultsOption(command).option(
        "--cpi <x>",
        "emulator: so many CPU cycles for every instruction (default: by a model of core, flash and buses)",
        numberArgument("--cpi", {
            min: 1,
            max: 10,
            what: "cycles per instruction",
        })
    )
}

const U32_MAX = 0xffffffff

/** Add what the sensor sees, the seed of what is random, and the program. */
export function addSceneOptions(command: Command): Command {
    return command
        .option(
            "--scene <scene>",
            "chart, flat[:LUMA], ramp, noise, target[:photo], visitor, bars, photo, day, or an image, a folder of images or a Y4M video",
            "chart"
        )
        .option(
            "--seed <n>",
            "seed of everything random",
            numberArgument("--seed", {
                min: 0,
                max: U32_MAX,
                what: "the seed",
                integer: true,
            }),
            1
        )
        .option(
            "--app <file>",
            "DeviceScript program (default: src/main.ts of the project, else of camscript)"
        )
}

/** Add the options that say which board and which sensor. */
export function addBoardOptions(command: Command): Command {
    return command
        .option(
            "--board <name>",
            `board: ${boardNames().join(", ")}`,
            "nucleo-f446re"
        )
        .option("--sensor <name>", `sensor: ${SENSORS.join(", ")}`, "mt9v034")
}

/** Add board and sensor, and the options that reach the program through the frame grabber's request block. */
export function addRequestOptions(command: Command): Command {
    addBoardOptions(command)
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
 * @throws UsageError for an unknown board or sensor, a window outside of the sensor's field
 */
export function requestOptions(
    flags: RequestFlags & Partial<Pick<TargetFlags, "target">>
): RequestOptions {
    const board = boardName(flags.board)
    const sensor = SENSORS.find(name => name === flags.sensor.toLowerCase())
    if (sensor === undefined)
        throw new UsageError(
            `--sensor ${flags.sensor} has no model: there is ${SENSORS.join(", ")}`
        )
    const request = captureRequest(flags, sensor)
    // A board at a port says itself which sensor it has.
    if (!isPort(flags.target ?? "sim")) checkWindow(request, sensor)
    return { board, sensor, request }
}

/**
 * Turn parsed flags into checked options.
 * @param cwd folder that relative paths start from
 * @throws UsageError for an unknown board or sensor, a missing program
 */
export function targetOptions(flags: TargetFlags, cwd: string): TargetOptions {
    const { scene, seed, target, cpi } = flags
    const faults = faultsOf(flags.faults, cwd)
    if (faults && isPort(target))
        throw new UsageError(
            `--faults ${flags.faults}: faults are injected into the simulator and the emulator; nothing here can break the board at ${target}`
        )
    return {
        ...requestOptions(flags),
        scene,
        seed,
        app: appFile(flags.app, cwd),
        target,
        cpi,
        faults,
    }
}

/**
 * The board that --board names.
 * @throws UsageError when there is none
 */
export function boardName(given: string): string {
    const board = given.toLowerCase()
    if (boardNames().includes(board)) return board
    const near = boardNames().filter(name => similar(name, board))
    const guess = near.length === 1 ? ` (did you mean ${near[0]}?)` : ""
    throw new UsageError(
        `--board ${given} is unknown${guess}: boards/ has ${boardNames().join(", ")}`
    )
}

/** A part of the name, or the name with dashes elsewhere: "f446", "nucleo_f446re". */
function similar(name: string, given: string): boolean {
    const letters = (text: string) => text.replace(/[^a-z0-9]/g, "")
    return given.length > 2 && letters(name).includes(letters(given))
}

/**
 * A window has to lie in the sensor's field.
 * @throws UsageError with the largest one that does
 */
function checkWindow({ window }: CaptureRequest, sensor: SensorName): void {
    if (window === undefined) return
    const { width, height, x, y } = window
    const field = SENSOR_MODULES[sensor].field
    const endX = (x ?? 0) + width
    const endY = (y ?? 0) + height
    if (endX <= field.width && endY <= field.height) return
    const placed = x !== undefined && y !== undefined
    const given = `--window ${width}x${height}${placed ? `+${x}+${y}` : ""}`
    const end =
        endX > field.width
            ? `column ${endX} of ${field.width}`
            : `row ${endY} of ${field.height}`
    const fits = width <= field.width && height <= field.height
    const room =
        placed && fits
            ? `, where ${width}x${height} fits up to +${field.width - width}+${field.height - height}`
            : `; ${Math.min(width, field.width)}x${Math.min(height, field.height)} lies in it`
    throw new UsageError(
        `${given} ends at ${end}: the ${sensor.toUpperCase()}'s field is ${field.width}x${field.height} pixels${room}`
    )
}

function captureRequest(
    flags: RequestFlags,
    sensor: SensorName
): CaptureRequest {
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

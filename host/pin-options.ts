// SPDX-License-Identifier: MIT
// The options that say what is around the board: buttons that are pressed, parts on the sensor's I2C bus.

import type { Command } from "commander"
import { readBoard } from "../boards/board-file.ts"
import { UsageError } from "../protocol/errors.ts"
import { programPin, type PinEvent } from "../sim/board-pins.ts"
import { NAMED_PARTS, type NamedPart } from "../sim/parts/part-names.ts"
import type { Part } from "../sim/parts/part.ts"
import { isPort, type TargetOptions } from "./target-options.ts"

/** How long a button is pressed when nothing is said, s. */
const PRESS_SECONDS = 0.1

/** A button that is pressed, or another pin that is driven high, and let go. */
export interface Press {
    readonly pin: string
    /** s since boot. */
    readonly at: number
    /** s */
    readonly seconds: number
}

/** What is plugged in. */
export interface PluggedPart {
    readonly name: string
    readonly address: number
    readonly create: Part
}

/** What commander makes of addPinOptions(). */
export interface PinFlags {
    press?: readonly Press[]
    part?: readonly PluggedPart[]
}

/** Add --press and --part; both may be given several times. */
export function addPinOptions(command: Command): Command {
    return command
        .option(
            "--press <pin@s>",
            `press BUTTON@SECONDS[+SECONDS] after boot, for ${PRESS_SECONDS} s; another pin is high that long (docs/pins)`,
            (text, before: readonly Press[] = []) => [
                ...before,
                readPress(text),
            ]
        )
        .option(
            "--part <part>",
            `plug a part into the sensor's I2C bus: ${Object.keys(NAMED_PARTS).join(", ")}[:TEMPERATURE[,HUMIDITY]] (docs/pins)`,
            (text, before: readonly PluggedPart[] = []) => [
                ...before,
                readPart(text),
            ]
        )
}

/**
 * Read PIN@SECONDS or PIN@SECONDS+SECONDS.
 * @throws UsageError for anything else
 */
export function readPress(text: string): Press {
    const match = /^(\w+)@(\d+\.?\d*|\.\d+)(?:\+(\d+\.?\d*|\.\d+))?$/.exec(text)
    const seconds = match?.[3] === undefined ? PRESS_SECONDS : Number(match[3])
    if (!match || seconds === 0)
        throw new UsageError(
            `--press ${text || '""'} is not PIN@SECONDS, for example BUTTON@0.5, or BUTTON@0.5+2 to hold it for two seconds`
        )
    return { pin: match[1]!, at: Number(match[2]), seconds }
}

/**
 * Read NAME or NAME:VALUE,VALUE.
 * @throws UsageError for a part without a model, and for values that it cannot have
 */
export function readPart(text: string): PluggedPart {
    const [name = "", given] = text.toLowerCase().split(":")
    const part = NAMED_PARTS[name]
    if (part === undefined)
        throw new UsageError(
            `--part ${text || '""'} has no model: there is ${Object.keys(NAMED_PARTS).join(", ")}; simulate({ parts }) takes models of your own (docs/pins)`
        )
    const { address, create } = part
    return { name, address, create: create(valuesOf(text, part, given)) }
}

function valuesOf(
    text: string,
    { values }: NamedPart,
    given: string | undefined
): readonly number[] {
    const words = given?.split(",") ?? []
    if (words.length > values.length)
        throw new UsageError(
            `--part ${text} has ${words.length} values: there is ${values.map(({ name }) => name).join(", ")}`
        )
    return values.map(({ name, min, max, value }, index) => {
        const word = words[index]
        if (word === undefined) return value
        const number = /^-?\d+(\.\d+)?$/.test(word) ? Number(word) : Number.NaN
        if (!(number >= min && number <= max))
            throw new UsageError(
                `--part ${text}: ${name} must be ${min} to ${max}, not ${word || "empty"}`
            )
        return number
    })
}

/**
 * What happens at the board's pins and who is on its bus.
 * @throws UsageError for a pin that is not a program's, a press after the end, two parts at one address, and a real board
 */
export function pinOptions(
    { press = [], part = [] }: PinFlags,
    {
        board,
        sensor,
        target,
    }: Pick<TargetOptions, "board" | "sensor" | "target">,
    endSeconds: number | undefined
): Pick<TargetOptions, "pins" | "parts"> {
    if (isPort(target) && press.length + part.length > 0)
        throw new UsageError(
            `--${press.length > 0 ? "press" : "part"} is for the simulator and the emulator: at the board at ${target} it is your hands that do it`
        )
    for (const { pin, at } of press) {
        programPin(readBoard(board, sensor), pin)
        if (endSeconds !== undefined && at >= endSeconds)
            throw new UsageError(
                `--press ${pin}@${at} comes when the run is over, after --seconds ${endSeconds}`
            )
    }
    part.forEach(({ name, address }, index) => {
        const other = part.find(before => before.address === address)
        if (other !== part[index])
            throw new UsageError(
                `--part ${name} and --part ${other!.name} have the same I2C address, 0x${address.toString(16)}: one of them can be on the bus`
            )
    })
    return {
        pins: press.flatMap(eventsOf),
        parts: part.map(({ create }) => create),
    }
}

function eventsOf({ pin, at, seconds }: Press): PinEvent[] {
    return [
        { at, pin, active: true },
        { at: at + seconds, pin, active: false },
    ]
}

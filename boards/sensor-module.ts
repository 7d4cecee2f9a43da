// SPDX-License-Identifier: MIT
// boards/sensor-modules/<name>.json: a sensor on its own little board, by its pads.

import { readdirSync, readFileSync } from "node:fs"
import { join } from "node:path"
import { UsageError } from "../protocol/errors.ts"
import type { SensorName } from "../protocol/names.ts"
import type { DcmiSignal } from "./board-file.ts"

/** What a pad is to the board; "open" stays without a wire. */
export type PadSignal =
    | DcmiSignal
    | "SCL"
    | "SDA"
    | "RESET"
    | "STANDBY"
    | "EXPOSURE"
    | "XCLK"
    | "3V3"
    | "GND"
    | "open"

export interface ModulePad {
    /** Its number; empty when there is no one number. */
    readonly pad: string
    /** What is printed beside it. */
    readonly label: string
    readonly signal: PadSignal
}

export interface SensorModule {
    readonly name: string
    readonly title: string
    readonly sensor: SensorName
    /** Its header has so many columns of pads; 1: there is no header that is known. */
    readonly columns: number
    /** module: its own oscillator, hz; board: the sensor's clock comes from outside; either: modules with and without one are sold. */
    readonly clock:
        | { readonly source: "module"; readonly hz: number }
        | { readonly source: "board" | "either" }
    /** Supply and logic levels, in words. */
    readonly levels: string
    /** The resistors from SCL and from SDA to 3.3 V, in words. */
    readonly pullUps: string
    readonly pads: readonly ModulePad[]
    /** What else to know, a sentence each. */
    readonly notes: readonly string[]
}

const FOLDER = join(import.meta.dirname, "sensor-modules")

/** Every module that is known. */
export function sensorModules(): readonly SensorModule[] {
    return readdirSync(FOLDER)
        .filter(file => file.endsWith(".json"))
        .sort()
        .map(
            file =>
                JSON.parse(
                    readFileSync(join(FOLDER, file), "utf8")
                ) as SensorModule
        )
}

/**
 * A module by its name, or the first one with the sensor.
 * @throws UsageError when there is none, or it carries another sensor
 */
export function sensorModule(
    sensor: SensorName,
    name: string | undefined
): SensorModule {
    const modules = sensorModules().filter(module => module.sensor === sensor)
    const module =
        name === undefined
            ? modules[0]
            : modules.find(candidate => candidate.name === name.toLowerCase())
    if (module === undefined)
        throw new UsageError(
            `--module ${name} is unknown: with the ${sensor.toUpperCase()} there is ${modules.map(known => known.name).join(", ")}`
        )
    return module
}

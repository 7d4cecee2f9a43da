// SPDX-License-Identifier: MIT
// `--faults FILE`: a list of faults as JSON, read strictly. Each mistake is one paragraph: file, fault, field, value, limit.

import { readFileSync, statSync } from "node:fs"
import { UsageError } from "../../protocol/errors.ts"
import {
    FAULT_NAMES,
    faultEntry,
    type Fault,
    type FaultName,
    type Parameter,
    type WholeParameter,
} from "./fault-table.ts"

const COMMON = ["at", "for", "fault"]
/** Some 100,000 faults. */
const FILE_BYTES_MAX = 8 * 1024 * 1024
/** 11 days. */
const SECONDS_MAX = 1e6

type Entry = Readonly<Record<string, unknown>>

/**
 * Read a file of faults.
 * @param shown the file's name for messages
 * @throws UsageError
 */
export function readFaultFile(path: string, shown = path): readonly Fault[] {
    // A device or a pipe may never end.
    const stat = statSync(path, { throwIfNoEntry: false })
    if (!stat) throw new UsageError(`--faults ${shown}: there is no such file`)
    if (!stat.isFile() || stat.size > FILE_BYTES_MAX)
        throw new UsageError(
            `--faults ${shown} is no file of faults: it ${stat.isFile() ? `has ${stat.size} bytes, one has ${FILE_BYTES_MAX} at most` : "is a folder, a device or a pipe"}`
        )
    let json: unknown
    try {
        json = JSON.parse(readFileSync(path, "utf8"))
    } catch (error) {
        throw new UsageError(
            `--faults ${shown} is not JSON: ${(error as Error).message}`
        )
    }
    return parseFaults(json, shown)
}

/**
 * Check a list of faults, and fill in the defaults.
 * @param source where it comes from, for messages
 * @throws UsageError
 */
export function parseFaults(json: unknown, source: string): readonly Fault[] {
    if (!Array.isArray(json))
        throw new UsageError(
            `${source} is not a list of faults: [{ "at": seconds, "fault": name, ... }]`
        )
    return json.map((entry: unknown, index) =>
        parseFault(entry, `${source}: fault ${index}`)
    )
}

/**
 * Check one fault, and fill in the defaults.
 * @param where it is, for messages
 * @throws UsageError
 */
export function parseFault(json: unknown, where: string): Fault {
    if (typeof json !== "object" || json === null || Array.isArray(json))
        throw new UsageError(
            `${where} is ${shown(json)}, not an object: { "at": seconds, "fault": name, ... }`
        )
    const entry = json as Entry
    const fault = nameOf(entry, where)
    const named = `${where} (${fault})`
    const { parameters } = faultEntry(fault)
    const known = [...COMMON, ...Object.keys(parameters)]
    for (const field of Object.keys(entry))
        if (!known.includes(field))
            throw new UsageError(
                `${named}: it has no field "${field}"; it takes ${known.join(", ")}`
            )
    const values = Object.entries(parameters).map(([name, parameter]) => [
        name,
        valueOf(parameter, name, entry[name], named),
    ])
    return {
        fault,
        at: secondsOf("at", entry["at"], 0, named),
        for: durationOf(fault, entry["for"], named),
        ...Object.fromEntries(values),
    } as Fault
}

function nameOf(entry: Entry, where: string): FaultName {
    const given = entry["fault"]
    const name = FAULT_NAMES.find(known => known === given)
    if (name === undefined)
        throw new UsageError(
            given === undefined
                ? `${where} has no "fault": its name, one of ${FAULT_NAMES.join(", ")}`
                : `${where}: fault ${shown(given)} is unknown; it is one of ${FAULT_NAMES.join(", ")}`
        )
    return name
}

function durationOf(
    fault: FaultName,
    given: unknown,
    named: string
): number | undefined {
    if (given === undefined) return undefined
    if (faultEntry(fault).lasts === "moment")
        throw new UsageError(
            `${named}: "for" is ${shown(given)}, but it happens once, at its time; leave "for" out`
        )
    return secondsOf("for", given, 1e-9, named)
}

function secondsOf(
    field: string,
    given: unknown,
    min: number,
    named: string
): number {
    if (typeof given !== "number" || !(given >= min && given <= SECONDS_MAX))
        throw new UsageError(
            given === undefined
                ? `${named} has no "${field}": seconds of virtual time since power-on, ${min} to ${SECONDS_MAX}`
                : `${named}: "${field}" is ${shown(given)}; it must be a number of seconds from ${min} to ${SECONDS_MAX}`
        )
    return given
}

function valueOf(
    parameter: Parameter,
    name: string,
    given: unknown,
    named: string
): unknown {
    return parameter.kind === "lines"
        ? linesOf(name, given, named)
        : wholeOf(parameter, name, given, named)
}

function wholeOf(
    parameter: WholeParameter<boolean>,
    name: string,
    given: unknown,
    named: string
): number | undefined {
    const { otherwise, what, min, max } = parameter
    if (given === undefined && otherwise !== undefined)
        return otherwise === "seeded" ? undefined : otherwise
    const limits = `a whole number from ${number(min, parameter)} to ${number(max, parameter)}`
    if (given === undefined)
        throw new UsageError(`${named} has no "${name}": ${what}, ${limits}`)
    const value =
        typeof given === "string" && /^0x[0-9a-f]+$/i.test(given)
            ? Number(given)
            : given
    if (
        typeof value !== "number" ||
        !Number.isInteger(value) ||
        value < min ||
        value > max
    )
        throw new UsageError(
            `${named}: "${name}" is ${shown(given)}; it must be ${limits} (${what})`
        )
    return value
}

function linesOf(
    name: string,
    given: unknown,
    named: string
): readonly [number, number] {
    const isLine = (line: unknown): boolean =>
        Number.isInteger(line) && Number(line) >= 0 && Number(line) <= 7
    if (
        !Array.isArray(given) ||
        given.length !== 2 ||
        !given.every(isLine) ||
        given[0] === given[1]
    )
        throw new UsageError(
            given === undefined
                ? `${named} has no "${name}": two different data lines from 0 to 7, as [2, 3]`
                : `${named}: "${name}" is ${shown(given)}; it must be two different data lines from 0 to 7, as [2, 3]`
        )
    return [given[0] as number, given[1] as number]
}

function number(value: number, { hex }: WholeParameter<boolean>): string {
    return hex ? `0x${value.toString(16)}` : String(value)
}

/** A value of the file as it stands there, cut when it is long. */
function shown(value: unknown): string {
    const text = JSON.stringify(value) ?? String(value)
    return text.length <= 60 ? text : `${text.slice(0, 57)}...`
}

// SPDX-License-Identifier: MIT
// Which fields a board file has to have, of which kind: a file with one missing is told so by the field's name.

import { readFileSync, statSync } from "node:fs"
import { UsageError } from "../protocol/errors.ts"
import { VM_WORK } from "./vm-cycles.ts"

/** A kind of value; a list of one shape; fields by their names, "*" for any name; "?" behind one that may be missing. */
type Shape =
    | "number"
    | "string"
    | "boolean"
    | readonly [Shape]
    | { readonly [field: string]: Shape }

const PIN = { pin: "string", af: "number" } as const

const BOARD: Shape = {
    name: "string",
    chip: "string",
    hclkHz: "number",
    pclk1Hz: "number",
    pclk2Hz: "number",
    hse: { hz: "number", bypass: "boolean" },
    pll: { m: "number", n: "number", p: "number", q: "number" },
    flashBytes: "number",
    memories: [
        {
            name: "string",
            address: "string",
            bytes: "number",
            dma: "boolean",
        },
    ],
    ram: { "*": { memory: "string", bytes: "number" } },
    vmCycles: Object.fromEntries(VM_WORK.map(kind => [kind, "number"])),
    slots: [{ address: "string", bytes: "number" }],
    console: { instance: "string", baud: "number", tx: PIN, rx: PIN },
    sensor: {
        xclk: { "*": { source: "string", hz: "number" } },
        i2c: { instance: "string", hz: "number", scl: PIN, sda: PIN },
        dcmi: { "*": PIN },
    },
    "hold?": { "*": "string" },
    "pins?": {
        "*": {
            pin: "string",
            "activeLow?": "boolean",
            "pull?": "string",
            "button?": "boolean",
        },
    },
    "wiring?": {
        "headers?": { "*": ["string"] },
        "supplies?": { "3V3": ["string"], GND: ["string"] },
        "onBoard?": { "*": { part: "string", "remedy?": "string" } },
        "notes?": ["string"],
    },
}

/** Board files have some 3 KB. */
const FILE_BYTES_MAX = 1 << 20

/**
 * Read a board file as far as its fields' kinds.
 * @throws UsageError when it is no file of JSON, or a field is missing or of another kind
 */
export function readBoardJson(path: string): unknown {
    const stat = statSync(path)
    if (!stat.isFile() || stat.size > FILE_BYTES_MAX)
        throw new UsageError(
            `${path} is not a board file: it ${stat.isFile() ? `has ${stat.size} bytes, one has ${FILE_BYTES_MAX} at most` : "is no regular file"}`
        )
    let json: unknown
    try {
        json = JSON.parse(readFileSync(path, "utf8"))
    } catch (error) {
        // The message may quote the file, with its line ends.
        const why = (error as Error).message.replace(/\s+/g, " ")
        throw new UsageError(
            `${path} is not a board file: it is not JSON (${why})`
        )
    }
    check(json, BOARD, path, "")
    return json
}

function check(value: unknown, shape: Shape, path: string, at: string): void {
    const wanted = kindOf(shape)
    const kind = Array.isArray(value) ? "list" : typeof value
    if (kind !== wanted || value === null)
        throw new UsageError(
            `${path}: ${at === "" ? "the whole" : at} has to be ${named(wanted)}, ${value === undefined ? "and is missing" : `not ${JSON.stringify(value).slice(0, 40)}`}`
        )
    if (typeof shape === "string") return
    const inside = (field: string) => (at === "" ? field : `${at}.${field}`)
    const fields = value as Record<string, unknown>
    const any = Array.isArray(shape)
        ? (shape as readonly [Shape])[0]
        : (shape as { readonly "*"?: Shape })["*"]
    const names = any === undefined ? shape : fields
    for (const name of Object.keys(names)) {
        const field = any === undefined ? name.replace(/\?$/, "") : name
        if (field !== name && fields[field] === undefined) continue
        check(
            fields[field],
            any ?? (shape as Readonly<Record<string, Shape>>)[name]!,
            path,
            inside(field)
        )
    }
}

function kindOf(shape: Shape): string {
    if (typeof shape === "string") return shape
    return Array.isArray(shape) ? "list" : "object"
}

function named(kind: string): string {
    return kind === "object" ? "an object" : `a ${kind}`
}

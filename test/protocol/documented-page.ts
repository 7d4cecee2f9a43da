// SPDX-License-Identifier: MIT
// Reads the tables of docs/frame-grabber.md.

import { readFileSync } from "node:fs"
import { join } from "node:path"

/** One row of a register table. */
export interface GrabberRegister {
    readonly address: number
    readonly name: string
    /** 1, 2 or 4; undefined for the registers of the frame table, which are calls. */
    readonly bytes: number | undefined
}

export interface GrabberPage {
    readonly registers: readonly GrabberRegister[]
    /** Name to code, from the table "Errors". */
    readonly errors: ReadonlyMap<string, number>
    /** Offset of each field of the descriptor. */
    readonly descriptor: ReadonlyMap<string, number>
    /** Numbers in running text. */
    readonly i2cAddress: number
    readonly id: number
    readonly descriptorBytes: number
    readonly statsBytes: number
    readonly histogramBytes: number
    /** Names of the strategies by code, with "own choice" for 0. */
    readonly strategies: readonly string[]
}

/** Read the page as it stands in the repository. */
export function readGrabberPage(): GrabberPage {
    const text = readFileSync(
        join(import.meta.dirname, "../../docs/frame-grabber.md"),
        "utf8"
    )
    const rows = tableRows(text)
    return {
        registers: rows
            .filter(([address]) => /^0x[0-9a-f]{2}$/.test(address!))
            .map(([address, name, type]) => ({
                address: Number(address),
                name: name!,
                bytes: bytesOf(type!),
            })),
        errors: new Map(
            section(text, "## Errors").map(([code, name]) => [
                name!,
                Number(code),
            ])
        ),
        descriptor: descriptorFields(text),
        i2cAddress: numberAfter(
            text,
            /^# The frame grabber at I2C address (0x[0-9A-F]+)/
        ),
        id: Number(rows.find(row => row[1] === "ID")![3]!.split(",")[0]),
        descriptorBytes: numberAfter(text, /NEXT\s*\|\s*read (\d+) bytes/),
        statsBytes: numberAfter(text, /STATS\s*\|[^|]*read (\d+) bytes/),
        histogramBytes: numberAfter(
            text,
            /HISTOGRAM\s*\|[^|]*read (\d+) bytes/
        ),
        strategies: /## Strategies\s+([^\n]+)\./
            .exec(text)![1]!
            .split(", ")
            .map(word => word.replace(/^\d /, "")),
    }
}

/** "u16" and "u8 write" as bytes. */
function bytesOf(type: string): number | undefined {
    const bits = /^u(8|16|32)\b/.exec(type)
    return bits ? Number(bits[1]) / 8 : undefined
}

function tableRows(text: string): string[][] {
    return text
        .split("\n")
        .filter(line => line.startsWith("|"))
        .map(line =>
            line
                .split("|")
                .slice(1, -1)
                .map(cell => cell.trim())
        )
}

/** The body rows of the tables between a heading and the next. */
function section(text: string, heading: string): string[][] {
    const body = text
        .slice(text.indexOf(heading) + heading.length)
        .split("\n## ")[0]!
    return tableRows(body).filter(([first]) => /^\d+$/.test(first!))
}

/** "x, y, width, height | 4 x u16" stands for four fields. */
function descriptorFields(text: string): ReadonlyMap<string, number> {
    const body = text.slice(text.search(/Descriptor, \d+ bytes/))
    const fields = new Map<string, number>()
    for (const [offset, names] of tableRows(body).filter(([first]) =>
        /^\d+$/.test(first!)
    )) {
        if (fields.size > 0 && Number(offset) === 1 && fields.has("flags"))
            break
        names!.split(", ").forEach((name, index) => {
            if (name !== "reserved")
                fields.set(name, Number(offset) + 2 * index)
        })
    }
    return fields
}

function numberAfter(text: string, pattern: RegExp): number {
    const match = pattern.exec(text)
    if (!match)
        throw new Error(
            `docs/frame-grabber.md has nothing like ${String(pattern)}`
        )
    return Number(match[1])
}

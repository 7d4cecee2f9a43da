// SPDX-License-Identifier: MIT
// The options that look into a run: what it executed, where, and when.

import { statSync } from "node:fs"
import { dirname } from "node:path"
import type { Command } from "commander"
import { UsageError } from "../../protocol/errors.ts"

/** What is asked for: files, as the user wrote them. */
export interface InsideOptions {
    /** Profile in speedscope's format. */
    readonly profile?: string | undefined
    /** Trace for Perfetto. */
    readonly trace?: string | undefined
    /** Coverage in lcov's format. */
    readonly coverage?: string | undefined
    /** Who wrote this byte last is wanted. */
    readonly lastWriter?: WatchedByte | undefined
}

/** A byte of RAM, as of a frame. */
export interface WatchedByte {
    readonly address: number
    /** The moment at which the program gets the frame of this number; undefined: the end of the run. */
    readonly frame: number | undefined
}

const FILES = [
    "profile",
    "trace",
    "coverage",
] as const satisfies readonly (keyof InsideOptions)[]

/** Those that a run writes, by the option's name. */
export type InsideFiles = Readonly<
    Partial<Record<(typeof FILES)[number], string>>
>

/** @returns undefined when none is asked for */
export function insideFiles(options: InsideOptions): InsideFiles | undefined {
    const given = FILES.filter(name => options[name] !== undefined)
    return given.length === 0
        ? undefined
        : Object.fromEntries(given.map(name => [name, options[name]]))
}

/** Add them to a command. */
export function addInsideOptions(command: Command): Command {
    return command
        .option(
            "--profile <file>",
            "write what was executed, by function and line, for speedscope and other flame-graph viewers (docs/inside)"
        )
        .option(
            "--trace <file>",
            "write what happened when, frames, DMA, interrupts, handlers, I2C transfers, turns of the VM, for Perfetto (docs/inside)"
        )
        .option(
            "--coverage <file>",
            "write which lines and branches were executed, in lcov's format (docs/inside)"
        )
        .option(
            "--last-writer <ADDRESS[@FRAME]>",
            "say which instruction or DMA beat wrote a byte of RAM last, at the end or when the frame of that number arrives; emulated core only (docs/inside)",
            parseWatchedByte
        )
}

/**
 * Check the flags.
 * @param path absolute path of a file
 * @throws UsageError when a file cannot be there, or two would be the same one
 */
export function insideOptions(
    flags: InsideOptions,
    path: (name: string) => string
): InsideOptions {
    const taken = new Map<string, string>()
    for (const option of FILES) {
        const name = flags[option]
        if (name === undefined) continue
        checkFile(`--${option}`, name, path(name))
        const other = taken.get(path(name))
        if (other !== undefined)
            throw new UsageError(
                `--${option} ${name}: ${other} is written to the same file; each needs its own`
            )
        taken.set(path(name), `--${option}`)
    }
    const { profile, trace, coverage, lastWriter } = flags
    return { profile, trace, coverage, lastWriter }
}

/** The first option that is given, as it is written; undefined: none. */
export function firstInsideOption(flags: InsideOptions): string | undefined {
    const found = FILES.find(option => flags[option] !== undefined)
    if (found) return `--${found}`
    return flags.lastWriter && "--last-writer"
}

/**
 * Read ADDRESS[@FRAME]; the address decimal or with 0x.
 * @throws UsageError
 */
export function parseWatchedByte(text: string): WatchedByte {
    const match = /^(0x[0-9a-f]{1,8}|\d{1,10})(?:@(\d{1,9}))?$/i.exec(text)
    const address = Number(match?.[1])
    if (!match || address > 0xffffffff)
        throw new UsageError(
            `--last-writer ${text} is not ADDRESS or ADDRESS@FRAME, for example 0x20001000 or 0x20001000@12`
        )
    const frame = match[2] === undefined ? undefined : Number(match[2])
    return { address, frame }
}

function checkFile(option: string, name: string, path: string): void {
    const folder = statSync(dirname(path), { throwIfNoEntry: false })
    if (!folder?.isDirectory())
        throw new UsageError(
            `${option} ${name}: there is no folder ${dirname(path)} for it`
        )
    const there = statSync(path, { throwIfNoEntry: false })
    if (name === "" || (there && !there.isFile()))
        throw new UsageError(`${option} ${name}: is not the name of a file`)
}

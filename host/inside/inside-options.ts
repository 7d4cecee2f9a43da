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
}

/**
 * Check the flags.
 * @param path absolute path of a file
 * @throws UsageError when a file cannot be there
 */
export function insideOptions(
    flags: InsideOptions,
    path: (name: string) => string
): InsideOptions {
    for (const option of FILES) {
        const name = flags[option]
        if (name !== undefined) checkFile(`--${option}`, name, path(name))
    }
    const { profile, trace, coverage } = flags
    return { profile, trace, coverage }
}

/** The first option that is given, as it is written; undefined: none. */
export function firstInsideOption(flags: InsideOptions): string | undefined {
    const found = FILES.find(option => flags[option] !== undefined)
    return found && `--${found}`
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

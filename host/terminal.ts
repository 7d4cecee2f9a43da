// SPDX-License-Identifier: MIT
// Where the command writes: results to stdout, everything else to stderr, and what each of the two can show.

import type pc from "picocolors"

/** picocolors, on or off. */
export type Colours = ReturnType<typeof pc.createColors>

/** How many shades a terminal can show: none, the 24 grays of the 256-colour palette, or all 256. */
export type GrayDepth = "ascii" | "palette" | "true-colour"

export interface Terminal {
    out(text: string): void
    err(text: string): void
    /** A person looks at stdout. */
    readonly outIsTty: boolean
    /** A person looks at stderr. */
    readonly errIsTty: boolean
    readonly columns: number
    readonly grayDepth: GrayDepth
    /** Colours are welcome on stdout (a terminal, and no NO_COLOR). */
    readonly colour: boolean
}

/** The terminal of this process. */
export function processTerminal(): Terminal {
    const { stdout, stderr, env } = process
    stdout.on("error", error => stdoutFailed(error))
    // Where nobody hears them, errors are not worth another one.
    stderr.on("error", () => {})
    const noColour = env["NO_COLOR"] !== undefined && env["NO_COLOR"] !== ""
    const bits = stdout.isTTY && !noColour ? stdout.getColorDepth() : 1
    return {
        out: text => stdout.write(text),
        err: text => stderr.write(text),
        outIsTty: isTty(stdout),
        errIsTty: isTty(stderr),
        columns: stdout.columns || 80,
        grayDepth: bits >= 24 ? "true-colour" : bits >= 8 ? "palette" : "ascii",
        colour: bits > 1,
    }
}

/** What was to be printed is lost. Whoever closed a pipe, as `head` does, knows that: nothing is said of it. */
function stdoutFailed(error: NodeJS.ErrnoException): never {
    if (error.code !== "EPIPE")
        process.stderr.write(
            `camscript: stdout cannot be written: ${error.message}\n`
        )
    process.exit(1)
}

/** Node leaves isTTY out of streams that are not terminals. */
function isTty(stream: { readonly isTTY?: boolean }): boolean {
    return stream.isTTY === true
}

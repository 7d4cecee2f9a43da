// SPDX-License-Identifier: MIT
// Runs the DeviceScript compiler as a child process and turns what it prints into one error.

import { mkdirSync, readFileSync, rmSync } from "node:fs"
import { join } from "node:path"
import type { CamscriptError } from "../../protocol/errors.ts"
import { ProgramError } from "../../protocol/errors.ts"
import { userProject } from "../paths.ts"
import { CompilerProcess, type CompilerExit } from "./compiler-process.ts"

/** The compiler has no working option for another folder. */
const OUTPUT_FOLDER = join(userProject, ".devicescript", "bin")
const BYTECODE = join(OUTPUT_FOLDER, "bytecode.devs")
const DEBUG_FILE = join(OUTPUT_FOLDER, "bytecode-dbg.json")
/** Enough to see what is wrong; one mistake often has dozens of consequences. */
const MESSAGES_SHOWN = 5

export interface CompilerOutput {
    readonly bytecode: Uint8Array
    /** Content of bytecode-dbg.json. */
    readonly debugJson: string
}

/**
 * Compile one entry file. The caller holds the build lock: the compiler writes into fixed folders of the project.
 *
 * @param entry path from the project's folder, with forward slashes
 * @throws ProgramError with file, line and the compiler's messages
 * @throws CamscriptError when the compiler cannot be run
 */
export async function runCompiler(entry: string): Promise<CompilerOutput> {
    // After a failure the compiler leaves the bytecode of the build before.
    rmSync(BYTECODE, { force: true })
    rmSync(DEBUG_FILE, { force: true })
    mkdirSync(OUTPUT_FOLDER, { recursive: true })
    const { exitCode, text } = await compileOne(entry)
    if (exitCode !== 0) throw compilerError(entry, text)
    return {
        bytecode: readFileSync(BYTECODE),
        debugJson: readFileSync(DEBUG_FILE, "utf8"),
    }
}

/** The compiler of this process that stays for the next entry file. */
let kept: { process: CompilerProcess | undefined } | undefined

/**
 * Keep the compiler between entry files from now on: whoever compiles again and again gets faster.
 * @returns ends it
 */
export function keepCompiler(): () => void {
    const mine = (kept = { process: undefined as CompilerProcess | undefined })
    return () => {
        if (kept === mine) kept = undefined
        mine.process?.close()
    }
}

async function compileOne(entry: string): Promise<CompilerExit> {
    if (kept) {
        if (kept.process === undefined || kept.process.isOver)
            kept.process = new CompilerProcess()
        return kept.process.compile(entry)
    }
    const once = new CompilerProcess()
    try {
        return await once.compile(entry)
    } finally {
        once.close()
    }
}

/** The messages come as `file(line,column): error TS2322: text`, longer ones go on in indented lines. */
function compilerError(entry: string, text: string): CamscriptError {
    const messages: string[] = []
    // Colour codes, in case the compiler sends some.
    for (const line of text.replace(/\x1b\[[0-9;]*m/g, "").split(/\r?\n/)) {
        const match =
            /^(.+?)\((\d+)(?:,(\d+))?\): (?:error )?(?:TS\d+: )?(.*)$/.exec(
                line
            )
        if (match !== null)
            messages.push(`${match[1]}:${match[2]}: ${match[4]}`)
        else if (/^\s+\S/.test(line) && messages.length > 0)
            messages.push(`${messages.pop()} ${line.trim()}`)
    }
    // The compiler's own words for "there were errors before this one".
    const own = messages.filter(
        message => !message.includes("confused by previous errors")
    )
    if (own.length === 0) own.push(lastLine(text))
    const shown = own.slice(0, MESSAGES_SHOWN)
    const more =
        own.length > shown.length
            ? `\n  and ${own.length - shown.length} more`
            : ""
    return new ProgramError(
        `${entry} does not compile:\n  ${shown.join("\n  ")}${more}`
    )
}

function lastLine(text: string): string {
    return (
        text
            .trim()
            .split("\n")
            .at(-1)
            ?.replace(/^exception: /, "") ||
        "the compiler ended without a message"
    )
}

// SPDX-License-Identifier: MIT
// The camscript command: its subcommands, its exit codes, and errors as one paragraph on stderr.

import { readFileSync } from "node:fs"
import { join } from "node:path"
import { Command, CommanderError } from "commander"
import { CamscriptError } from "../protocol/errors.ts"
import { buildListeners } from "../toolchain/build-notes.ts"
import { projectRoot } from "../toolchain/paths.ts"
import { SUBCOMMANDS } from "./subcommands.ts"
import { processTerminal, type Terminal } from "./terminal.ts"
import { usageMessage } from "./usage-hints.ts"

/**
 * Run the command.
 * @param args without the interpreter and the script
 * @returns the exit code: 0 done, 1 the run failed, 2 wrong usage
 */
export async function main(
    args: readonly string[],
    terminal: Terminal = processTerminal()
): Promise<number> {
    let exitCode = 0
    const program = topCommand(terminal)
    const say = (line: string): void => terminal.err(`camscript: ${line}\n`)
    if (isTalkative(args, terminal)) buildListeners.add(say)
    try {
        await addSubcommands(program, args, terminal, code => (exitCode = code))
        await program.parseAsync(args, { from: "user" })
        return exitCode
    } catch (error) {
        return report(error, terminal, program, args)
    } finally {
        buildListeners.delete(say)
    }
}

/** May stderr have more than errors? With --json only where a person reads it. */
function isTalkative(args: readonly string[], terminal: Terminal): boolean {
    if (args.includes("--quiet")) return false
    return terminal.errIsTty || !args.includes("--json")
}

/** camscript itself, without subcommands. */
function topCommand(terminal: Terminal): Command {
    return new Command("camscript")
        .description(
            "Embedded camera firmware in TypeScript, on simulated silicon"
        )
        .version(packageVersion())
        .showSuggestionAfterError()
        .exitOverride()
        .configureOutput({
            writeOut: text => terminal.out(text),
            writeErr: text => terminal.err(text),
            // Errors come back as exceptions and are printed once, by report().
            outputError: () => {},
        })
}

/**
 * Add all subcommands; those whose name is among the arguments with all that belongs to them.
 * @param fail sets the exit code of a command that ends normally
 */
async function addSubcommands(
    program: Command,
    args: readonly string[],
    terminal: Terminal,
    fail: (code: number) => void
): Promise<void> {
    for (const { name, description, hidden, wire } of SUBCOMMANDS) {
        const command = program
            .command(name, { hidden: hidden ?? false })
            .description(description)
        if (args.includes(name)) await wire(command, terminal, fail)
    }
}

/** Print an error. @returns the exit code */
function report(
    error: unknown,
    terminal: Terminal,
    program: Command,
    args: readonly string[]
): number {
    if (error instanceof CommanderError) {
        // Help and version end the command by an exception too.
        if (error.exitCode === 0) return 0
        // Without a subcommand the help itself is the answer.
        if (error.code === "commander.help") return 2
        terminal.err(`camscript: ${usageMessage(error, program, args)}\n`)
        return 2
    }
    if (error instanceof CamscriptError) {
        terminal.err(`camscript: ${error.message}\n`)
        return error.exitCode
    }
    terminal.err(`camscript: ${unexpected(error)}\n`)
    return 1
}

/** System errors speak for themselves; anything else is a mistake of ours and says so. */
function unexpected(error: unknown): string {
    if (!(error instanceof Error)) return `unexpected: ${String(error)}`
    const debug = process.env["CAMSCRIPT_DEBUG"]
    if (debug) return error.stack ?? error.message
    if ("syscall" in error) return error.message
    return `a mistake in camscript itself: ${error.message} (CAMSCRIPT_DEBUG=1 shows where)`
}

function packageVersion(): string {
    const text = readFileSync(join(projectRoot, "package.json"), "utf8")
    return (JSON.parse(text) as { version: string }).version
}

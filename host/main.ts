// SPDX-License-Identifier: MIT
// The camscript command: its subcommands, its exit codes, and errors as one paragraph on stderr.

import { readFileSync } from "node:fs"
import { join } from "node:path"
import { Command, CommanderError } from "commander"
import { CamscriptError } from "../protocol/errors.ts"
import { projectRoot } from "../toolchain/paths.ts"
import {
    addBuildOptions,
    buildOptions,
} from "./commands/build/build-options.ts"
import {
    addCompareOptions,
    compareOptions,
} from "./commands/compare/compare-options.ts"
import {
    addEmulateOptions,
    emulateOptions,
} from "./commands/emulate/emulate-options.ts"
import {
    addEmulatedBoardOptions,
    emulatedBoardOptions,
} from "./commands/emulated-board/emulated-board-options.ts"
import {
    addFlashOptions,
    flashOptions,
} from "./commands/flash/flash-options.ts"
import { addPlanOptions, planOptions } from "./commands/plan/plan-options.ts"
import { addRunOptions, runOptions } from "./commands/run/run-options.ts"
import {
    addSelftestOptions,
    selftestOptions,
} from "./commands/selftest/selftest-options.ts"
import { processTerminal, type Terminal } from "./terminal.ts"
import { usageMessage } from "./usage-hints.ts"
import { addViewOptions, viewOptions } from "./commands/view/view-options.ts"
import {
    addWiringOptions,
    wiringOptions,
} from "./commands/wiring/wiring-options.ts"

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
    const program = commands(terminal, code => (exitCode = code))
    try {
        await program.parseAsync(args, { from: "user" })
        return exitCode
    } catch (error) {
        return report(error, terminal, program, args)
    }
}

/**
 * All subcommands. Each loads its own code, so that `--help` and wrong options answer at once.
 * @param fail sets the exit code of a command that ends normally
 */
function commands(terminal: Terminal, fail: (code: number) => void): Command {
    const program = new Command("camscript")
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
    addRunOptions(program.command("run"))
        .description(
            "run the program, capture, save images, print what happened"
        )
        .action(async flags => {
            const options = runOptions(flags, process.cwd())
            const { run } = await import("./commands/run/run.ts")
            await run(options, terminal)
        })
    addEmulatedBoardOptions(program.command("emulated-board"))
        .description(
            "run an emulated board and print the path of its serial port, a pseudo terminal; ends after --seconds, or by Ctrl-C"
        )
        .action(async flags => {
            const options = emulatedBoardOptions(flags, process.cwd())
            const { emulatedBoard } =
                await import("./commands/emulated-board/emulated-board.ts")
            await emulatedBoard(options, terminal)
        })
    addPlanOptions(program.command("plan"))
        .description(
            "what each strategy would do, in numbers, or why it cannot; runs nothing"
        )
        .action(async flags => {
            const options = planOptions(flags)
            const { plan } = await import("./commands/plan/plan.ts")
            fail(plan(options, terminal) ? 0 : 1)
        })
    addCompareOptions(program.command("compare"))
        .description(
            "run every strategy that is possible on one scene, side by side"
        )
        .action(async flags => {
            const options = compareOptions(flags, process.cwd())
            const { compare } = await import("./commands/compare/compare.ts")
            await compare(options, terminal)
        })
    addSelftestOptions(program.command("selftest"))
        .description(
            "send the sensor's test patterns through the whole chain, and name what is wired wrong"
        )
        .action(async flags => {
            const options = selftestOptions(flags, process.cwd())
            const { selftest } = await import("./commands/selftest/selftest.ts")
            fail((await selftest(options, terminal)) ? 0 : 1)
        })
    addWiringOptions(program.command("wiring"))
        .description(
            "which wire goes where between a board and the sensor's module, and what clashes"
        )
        .action(async flags => {
            const options = wiringOptions(flags, process.cwd())
            const { wiring } = await import("./commands/wiring/wiring.ts")
            wiring(options, terminal)
        })
    addViewOptions(program.command("view"))
        .description(
            "look at it: image, window, plan, RAM and scope in a local web page"
        )
        .action(async (flags, command: Command) => {
            const given = Object.keys(flags).filter(
                name => command.getOptionValueSource(name) === "cli"
            )
            const options = viewOptions(flags, process.cwd(), given)
            const { view } = await import("./commands/view/view.ts")
            await view(options, terminal)
        })
    addEmulateOptions(program.command("emulate"))
        .description(
            "run any STM32F4 camera firmware, also one that is not ours, against the models"
        )
        .action(async (elf, flags) => {
            const options = emulateOptions(elf, flags)
            const { emulate } = await import("./commands/emulate/emulate.ts")
            await emulate(options, terminal)
        })
    addBuildOptions(program.command("build"))
        .description(
            "make a board's firmware: ELF, BIN, HEX, and the budget of its memories"
        )
        .action(async flags => {
            const options = buildOptions(flags, process.cwd())
            const { build } = await import("./commands/build/build.ts")
            await build(options, terminal)
        })
    addFlashOptions(program.command("flash"))
        .description(
            "build the firmware and write it into a board, or replace just its program"
        )
        .action(async flags => {
            const options = flashOptions(flags, process.cwd())
            const { flash } = await import("./commands/flash/flash.ts")
            const { FLASH_PARTS } =
                await import("./commands/flash/flash-parts.ts")
            await flash(options, terminal, FLASH_PARTS)
        })
    program
        .command("doctor")
        .description("what is installed, what is missing, how to get it")
        .option("--json", "print one JSON object on stdout and nothing else")
        .action(async (flags: { json?: boolean }) => {
            const { doctor } = await import("./commands/doctor/doctor.ts")
            fail((await doctor(terminal, flags.json ?? false)) ? 0 : 1)
        })
    program
        .command("bench")
        .description(
            "how fast the simulator is on this machine, and where the time goes"
        )
        .option("--json", "print one JSON object on stdout and nothing else")
        .action(async (flags: { json?: boolean }) => {
            const { bench } = await import("./commands/bench/bench.ts")
            await bench(terminal, flags.json ?? false)
        })
    program
        .command("build-sim", { hidden: true })
        .description(
            "compile the native code and the default program, write DeviceScript's libraries"
        )
        .action(async () => {
            const { buildSim } =
                await import("./commands/build-sim/build-sim.ts")
            await buildSim()
        })
    return program
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

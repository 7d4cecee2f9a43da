// SPDX-License-Identifier: MIT
// The subcommands of camscript: what --help says of each, and how the rest of it is loaded when it is asked for.

import type { Command } from "commander"
import type { Terminal } from "./terminal.ts"

/** A subcommand. */
export interface Subcommand {
    readonly name: string
    readonly description: string
    /** Left out of --help. */
    readonly hidden?: boolean
    /**
     * Load its options and say what it does. Only then is any of its code read, so that --help and wrong names answer at once.
     * @param fail sets the exit code of a command that ends normally
     */
    wire(
        command: Command,
        terminal: Terminal,
        fail: (code: number) => void
    ): void | Promise<void>
}

/** All of them, in the order of --help. */
export const SUBCOMMANDS: readonly Subcommand[] = [
    {
        name: "init",
        description: "make a project of your own; nothing is overwritten",
        async wire(command, terminal) {
            const { addInitOptions, initOptions } =
                await import("./commands/init/init-options.ts")
            addInitOptions(command).action(
                async (folder, flags, wired: Command) => {
                    const cwd = process.cwd()
                    const given = givenOptions(wired)
                    const options = initOptions(folder, flags, { cwd, given })
                    const { init } = await import("./commands/init/init.ts")
                    init(options, terminal, cwd)
                }
            )
        },
    },
    {
        name: "run",
        description:
            "run the program, capture, save images, print what happened",
        async wire(command, terminal) {
            const { addRunOptions, runOptions } =
                await import("./commands/run/run-options.ts")
            addRunOptions(command).action(async flags => {
                const options = runOptions(flags, process.cwd())
                const { run } = await import("./commands/run/run.ts")
                if (!options.watch) return run(options, terminal)
                const { watchRuns } =
                    await import("./commands/run/watch-runs.ts")
                await watchRuns(options, terminal)
            })
        },
    },
    {
        name: "emulated-board",
        description:
            "run an emulated board and print the path of its serial port, a pseudo terminal; ends after --seconds, or by Ctrl-C",
        async wire(command, terminal) {
            const { addEmulatedBoardOptions, emulatedBoardOptions } =
                await import("./commands/emulated-board/emulated-board-options.ts")
            addEmulatedBoardOptions(command).action(async flags => {
                const options = emulatedBoardOptions(flags, process.cwd())
                const { emulatedBoard } =
                    await import("./commands/emulated-board/emulated-board.ts")
                await emulatedBoard(options, terminal)
            })
        },
    },
    {
        name: "plan",
        description:
            "what each strategy would do, in numbers, or why it cannot; runs nothing",
        async wire(command, terminal, fail) {
            const { addPlanOptions, planOptions } =
                await import("./commands/plan/plan-options.ts")
            addPlanOptions(command).action(async flags => {
                const options = planOptions(flags)
                const { plan } = await import("./commands/plan/plan.ts")
                fail(plan(options, terminal) ? 0 : 1)
            })
        },
    },
    {
        name: "compare",
        description:
            "run every strategy that is possible on one scene, side by side",
        async wire(command, terminal) {
            const { addCompareOptions, compareOptions } =
                await import("./commands/compare/compare-options.ts")
            addCompareOptions(command).action(async flags => {
                const options = compareOptions(flags, process.cwd())
                const { compare } =
                    await import("./commands/compare/compare.ts")
                await compare(options, terminal)
            })
        },
    },
    {
        name: "selftest",
        description:
            "send the sensor's test patterns through the whole chain, and name what is wired wrong",
        async wire(command, terminal, fail) {
            const { addSelftestOptions, selftestOptions } =
                await import("./commands/selftest/selftest-options.ts")
            addSelftestOptions(command).action(async flags => {
                const options = selftestOptions(flags, process.cwd())
                const { selftest } =
                    await import("./commands/selftest/selftest.ts")
                fail((await selftest(options, terminal)) ? 0 : 1)
            })
        },
    },
    {
        name: "wiring",
        description:
            "which wire goes where between a board and the sensor's module, and what clashes",
        async wire(command, terminal) {
            const { addWiringOptions, wiringOptions } =
                await import("./commands/wiring/wiring-options.ts")
            addWiringOptions(command).action(async flags => {
                const options = wiringOptions(flags, process.cwd())
                const { wiring } = await import("./commands/wiring/wiring.ts")
                wiring(options, terminal)
            })
        },
    },
    {
        name: "view",
        description:
            "look at it: image, window, plan, RAM and scope in a local web page",
        async wire(command, terminal) {
            const { addViewOptions, viewOptions } =
                await import("./commands/view/view-options.ts")
            addViewOptions(command).action(async (flags, command: Command) => {
                const options = viewOptions(
                    flags,
                    process.cwd(),
                    givenOptions(command)
                )
                const { view } = await import("./commands/view/view.ts")
                await view(options, terminal)
            })
        },
    },
    {
        name: "debug",
        description:
            "breakpoints in the program's TypeScript, for VS Code and any other client of the Debug Adapter Protocol",
        async wire(command, terminal) {
            const { addDebugOptions, debugOptions } =
                await import("./commands/debug/debug-options.ts")
            addDebugOptions(command).action(async (flags, wired: Command) => {
                const given = givenOptions(wired)
                const options = debugOptions(flags, process.cwd(), given)
                const { debug } = await import("./commands/debug/debug.ts")
                await debug(options, terminal)
            })
        },
    },
    {
        name: "emulate",
        description:
            "run any STM32F4 camera firmware, also one that is not ours, against the models",
        async wire(command, terminal) {
            const { addEmulateOptions, emulateOptions } =
                await import("./commands/emulate/emulate-options.ts")
            addEmulateOptions(command).action(async (elf, flags) => {
                const options = emulateOptions(elf, flags)
                const { emulate } =
                    await import("./commands/emulate/emulate.ts")
                await emulate(options, terminal)
            })
        },
    },
    {
        name: "build",
        description:
            "make a board's firmware: ELF, BIN, HEX, and the budget of its memories",
        async wire(command, terminal) {
            const { addBuildOptions, buildOptions } =
                await import("./commands/build/build-options.ts")
            addBuildOptions(command).action(async flags => {
                const options = buildOptions(flags, process.cwd())
                const { build } = await import("./commands/build/build.ts")
                await build(options, terminal)
            })
        },
    },
    {
        name: "flash",
        description:
            "build the firmware and write it into a board, or replace just its program",
        async wire(command, terminal) {
            const { addFlashOptions, flashOptions } =
                await import("./commands/flash/flash-options.ts")
            addFlashOptions(command).action(async flags => {
                const options = flashOptions(flags, process.cwd())
                const { flash } = await import("./commands/flash/flash.ts")
                const { FLASH_PARTS } =
                    await import("./commands/flash/flash-parts.ts")
                await flash(options, terminal, FLASH_PARTS)
            })
        },
    },
    {
        name: "check",
        description: "what the device's compiler says of a program",
        wire(command, terminal) {
            command
                .argument(
                    "[programs...]",
                    "entry files (default: src/main.ts of the project)"
                )
                .action(async (programs: readonly string[]) => {
                    const { appFile } = await import("./target-options.ts")
                    const cwd = process.cwd()
                    const apps =
                        programs.length > 0
                            ? programs.map(program => appFile(program, cwd))
                            : [appFile(undefined, cwd)]
                    const { check } = await import("./commands/check/check.ts")
                    await check(apps, terminal)
                })
        },
    },
    {
        name: "setup",
        description:
            "install the tools that the firmware and the emulator need, or say how to",
        wire(command, _terminal, fail) {
            command.action(async () => {
                const { setup, thisMachine } =
                    await import("../toolchain/setup.mjs")
                fail(setup(thisMachine()))
            })
        },
    },
    {
        name: "doctor",
        description: "what is installed, what is missing, how to get it",
        wire(command, terminal, fail) {
            command
                .option(
                    "--json",
                    "print one JSON object on stdout and nothing else"
                )
                .action(async (flags: { json?: boolean }) => {
                    const { doctor } =
                        await import("./commands/doctor/doctor.ts")
                    fail((await doctor(terminal, flags.json ?? false)) ? 0 : 1)
                })
        },
    },
    {
        name: "bench",
        description:
            "what the project aims for and reaches: counts and virtual times of the emulated board, speed of the simulator",
        wire(command, terminal) {
            command
                .option(
                    "--json",
                    "print one JSON object on stdout and nothing else"
                )
                .action(async (flags: { json?: boolean }) => {
                    const { bench } = await import("./commands/bench/bench.ts")
                    await bench(terminal, flags.json ?? false)
                })
        },
    },
    {
        name: "libraries",
        description:
            "write DeviceScript's libraries into node_modules, for editors and the type checker",
        hidden: true,
        wire(command) {
            command.action(async () => {
                const { generateDeviceLibraries } =
                    await import("../toolchain/devicescript/build-program.ts")
                await generateDeviceLibraries()
            })
        },
    },
    {
        name: "build-sim",
        description:
            "compile the native code and the default program, write DeviceScript's libraries",
        hidden: true,
        wire(command) {
            command.action(async () => {
                const { buildSim } =
                    await import("./commands/build-sim/build-sim.ts")
                await buildSim()
            })
        },
    },
]

/** Names of the options that the user wrote: the others have their defaults. */
function givenOptions(command: Command): string[] {
    return Object.keys(command.opts()).filter(
        name => command.getOptionValueSource(name) === "cli"
    )
}

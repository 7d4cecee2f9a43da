// SPDX-License-Identifier: MIT
// `camscript view`: the simulator, an emulated board or a board on a serial port in a local web page, until Ctrl-C.

import { spawn } from "node:child_process"
import { setTimeout as delay } from "node:timers/promises"
import { CamscriptError } from "../../../protocol/errors.ts"
import { InterruptedError } from "../../interruption.ts"
import { startEmulatedBoard } from "../../targets/emulated-serial/emulated-board-child.ts"
import { openSerialPort } from "../../link/serial-port.ts"
import { isPort } from "../../target-options.ts"
import { ProgramWatch } from "../../program-watch.ts"
import type { Terminal } from "../../terminal.ts"
import { emulatedBoardArgs, type ViewOptions } from "./view-options.ts"
import { JacdacServer } from "../../jacdac/jacdac-server.ts"
import { LinkTarget } from "../../targets/board/link-target.ts"
import { SimulationTarget } from "../../targets/in-process/simulation-target.ts"
import { PageConsole } from "../../view/page-console.ts"
import { ViewServer } from "../../view/view-server.ts"
import type { ViewTarget } from "../../targets/target.ts"

/** Between the end of a board's port and that of its process, at most. */
const LAST_WORDS_MS = 500
/** Between two looks whether an update is done. */
const LOOK_MS = 100

/** What is looked at, and what ends with it. */
interface Viewed {
    readonly target: ViewTarget
    /** Why it ended by itself. */
    readonly failure: () => string | undefined
    /** It ended before there was an image to look at, or by Ctrl-C. */
    readonly over: Promise<void>
    /** It ends by itself. */
    readonly onEnd: (error: unknown) => void
    readonly close: () => Promise<void>
}

/**
 * Serve the page until the process is told to end, or there is nothing to look at.
 * @throws CamscriptError when a port cannot be had, no board answers, or what is looked at ended with an error
 */
export async function view(
    options: ViewOptions,
    terminal: Terminal
): Promise<void> {
    const closers: (() => Promise<void> | void)[] = []
    const console = new PageConsole()
    const said: Said = {
        program: line => {
            terminal.err(`${line}\n`)
            console.add("program", line)
        },
        error: message => {
            terminal.err(`camscript: ${message}\n`)
            console.add("error", message)
        },
    }
    try {
        const watch = options.watch
            ? new ProgramWatch(options.app, terminal, message =>
                  console.add("error", message)
              )
            : undefined
        if (watch) {
            closers.push(() => watch.close())
            while (!(await watch.build()))
                if (!(await watch.untilSaved(nothing))) return
        }
        const viewed = await openTarget(options, terminal, said)
        const interrupt = interrupted()
        closers.push(viewed.close)
        const server = new ViewServer(viewed.target, viewed.onEnd, console)
        const url = await server.open(options.port)
        closers.push(() => server.close())
        terminal.out(`camscript view: ${url} (Ctrl-C ends it)\n`)
        if (options.jacdac !== undefined) {
            const jacdac = new JacdacServer(viewed.target.jacdac)
            const address = await jacdac.open(options.jacdac)
            closers.push(() => jacdac.close())
            terminal.out(`Jacdac tools: ${address}\n`)
        }
        if (options.open) openBrowser(url)
        if (watch) void followSaves(watch, viewed.target)
        await Promise.race([interrupt, viewed.over])
        const failure = viewed.failure()
        if (failure !== undefined) throw new CamscriptError(failure)
    } finally {
        for (const close of closers.reverse()) await close()
    }
}

/** Each save replaces the program, as the page's button does. */
async function followSaves(
    watch: ProgramWatch,
    target: ViewTarget
): Promise<void> {
    let work: (signal: AbortSignal) => Promise<void> = nothing
    while (await watch.untilSaved(work))
        work = async signal => {
            if (!(await watch.build())) return
            while (!canUpdate(target)) {
                if (signal.aborted || watch.ended.aborted) return
                await delay(LOOK_MS)
            }
            target.updateProgram?.()
        }
}

/** Is no update under way, and the board there? */
function canUpdate(target: ViewTarget): boolean {
    const { waiting, update } = target.live()
    if (waiting !== undefined) return false
    return update === undefined || ["done", "failed"].includes(update.phase)
}

function nothing(): Promise<void> {
    return Promise.resolve()
}

/** Who hears of the program's lines, and of what is wrong with it. */
interface Said {
    readonly program: (line: string) => void
    readonly error: (message: string) => void
}

function openTarget(
    options: ViewOptions,
    terminal: Terminal,
    said: Said
): Promise<Viewed> {
    if (isPort(options.target)) return openPort(options, terminal, said)
    return options.target === "emulator"
        ? openEmulator(options, terminal, said)
        : openSimulation(options, terminal, said)
}

async function openSimulation(
    options: ViewOptions,
    terminal: Terminal,
    said: Said
): Promise<Viewed> {
    const target = await SimulationTarget.create({
        ...options,
        onConsole: said.program,
        onProblem: said.error,
    })
    return {
        target,
        ...ending(target, terminal, options),
        close: () => target.close(),
    }
}

async function openPort(
    options: ViewOptions,
    terminal: Terminal,
    said: Said
): Promise<Viewed> {
    const { target: path, sensor, app } = options
    const target = await LinkTarget.create({
        kind: `board at ${path}`,
        open: () => openSerialPort(path),
        sensor,
        app,
        realTime: true,
        onConsole: said.program,
        onProblem: said.error,
    })
    return {
        target,
        ...ending(target, terminal, options),
        close: () => target.close(),
    }
}

async function openEmulator(
    options: ViewOptions,
    terminal: Terminal,
    said: Said
): Promise<Viewed> {
    const { sensor, app } = options
    const child = await startEmulatedBoard(emulatedBoardArgs(options), text =>
        terminal.err(text)
    )
    const ended = new Promise<string>(resolve => (child.onEnd = resolve))
    try {
        const target = await LinkTarget.create({
            kind: "emulated board",
            open: () => openSerialPort(child.path),
            sensor,
            app,
            realTime: false,
            faults: child.faults,
            onConsole: said.program,
            onProblem: said.error,
        })
        const end = ending(target, terminal)
        void ended.then(why => {
            target.end(why)
            end.onEnd(new CamscriptError(why))
        })
        return {
            target,
            ...end,
            close: async () => {
                await target.close()
                await child.close()
            },
        }
    } catch (error) {
        // A board that ended knows better than its port why it does not answer.
        const why = await Promise.race([ended, delay(LAST_WORDS_MS)])
        await child.close()
        throw why === undefined ? error : new CamscriptError(why)
    }
}

/** What is looked at may end by itself: then the page stays, if it has something to show. */
function ending(
    target: ViewTarget,
    terminal: Terminal,
    { watch = false }: Pick<ViewOptions, "watch"> = {}
): Pick<Viewed, "failure" | "over" | "onEnd"> {
    let failure: string | undefined
    let giveUp: () => void
    const over = new Promise<void>(resolve => (giveUp = resolve))
    return {
        failure: () => failure,
        over,
        onEnd(error) {
            if (error instanceof InterruptedError) return giveUp()
            // The next save may mend it.
            if (watch) return terminal.err(`camscript: ${messageOf(error)}\n`)
            failure = messageOf(error)
            if (target.latest === undefined) return giveUp()
            terminal.err(
                `camscript: ${failure}\nThe page stays; Ctrl-C ends it.\n`
            )
        },
    }
}

function messageOf(error: unknown): string {
    return error instanceof Error ? error.message : String(error)
}

function interrupted(): Promise<void> {
    return new Promise(resolve => {
        process.once("SIGINT", () => resolve())
        process.once("SIGTERM", () => resolve())
    })
}

/** The address is printed too: where there is no browser, nothing happens. */
function openBrowser(url: string): void {
    const [command, ...before] =
        process.platform === "darwin"
            ? ["open"]
            : process.platform === "win32"
              ? ["cmd", "/c", "start", ""]
              : ["xdg-open"]
    spawn(command!, [...before, url], { stdio: "ignore", detached: true })
        .on("error", () => {})
        .unref()
}

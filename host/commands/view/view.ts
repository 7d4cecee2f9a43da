// SPDX-License-Identifier: MIT
// `camscript view`: the simulator, an emulated board or a board on a serial port in a local web page, until Ctrl-C.

import { spawn } from "node:child_process"
import { setTimeout as delay } from "node:timers/promises"
import { CamscriptError } from "../../../protocol/errors.ts"
import { InterruptedError } from "../../interruption.ts"
import { startEmulatedBoard } from "../../targets/emulated-serial/emulated-board-child.ts"
import { openSerialPort } from "../../link/serial-port.ts"
import { isPort } from "../../target-options.ts"
import type { Terminal } from "../../terminal.ts"
import { emulatedBoardArgs, type ViewOptions } from "./view-options.ts"
import { JacdacServer } from "../../jacdac/jacdac-server.ts"
import { LinkTarget } from "../../targets/board/link-target.ts"
import { SimulationTarget } from "../../targets/in-process/simulation-target.ts"
import { ViewServer } from "../../view/view-server.ts"
import type { ViewTarget } from "../../targets/target.ts"

/** Between the end of a board's port and that of its process, at most. */
const LAST_WORDS_MS = 500

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
    const closers: (() => Promise<void>)[] = []
    try {
        const viewed = await openTarget(options, terminal)
        const interrupt = interrupted()
        closers.push(viewed.close)
        const server = new ViewServer(viewed.target, viewed.onEnd)
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
        await Promise.race([interrupt, viewed.over])
        const failure = viewed.failure()
        if (failure !== undefined) throw new CamscriptError(failure)
    } finally {
        for (const close of closers.reverse()) await close()
    }
}

function openTarget(options: ViewOptions, terminal: Terminal): Promise<Viewed> {
    if (isPort(options.target)) return openPort(options, terminal)
    return options.target === "emulator"
        ? openEmulator(options, terminal)
        : openSimulation(options, terminal)
}

async function openSimulation(
    options: ViewOptions,
    terminal: Terminal
): Promise<Viewed> {
    const target = await SimulationTarget.create({
        ...options,
        onConsole: line => terminal.err(`${line}\n`),
    })
    return {
        target,
        ...ending(target, terminal),
        close: () => target.close(),
    }
}

async function openPort(
    { target: path, sensor, app }: ViewOptions,
    terminal: Terminal
): Promise<Viewed> {
    const target = await LinkTarget.create({
        kind: `board at ${path}`,
        open: () => openSerialPort(path),
        sensor,
        app,
        realTime: true,
        onConsole: line => terminal.err(`${line}\n`),
    })
    return {
        target,
        ...ending(target, terminal),
        close: () => target.close(),
    }
}

async function openEmulator(
    options: ViewOptions,
    terminal: Terminal
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
            onConsole: line => terminal.err(`${line}\n`),
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
    terminal: Terminal
): Pick<Viewed, "failure" | "over" | "onEnd"> {
    let failure: string | undefined
    let giveUp: () => void
    const over = new Promise<void>(resolve => (giveUp = resolve))
    return {
        failure: () => failure,
        over,
        onEnd(error) {
            if (error instanceof InterruptedError) return giveUp()
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

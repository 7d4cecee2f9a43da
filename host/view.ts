// SPDX-License-Identifier: MIT
// `camscript view`: the simulator, an emulated board or a board on a serial port in a local web page, until Ctrl-C.

import { spawn } from "node:child_process"
import { CamscriptError } from "../sim/errors.ts"
import { startEmulatedBoard } from "./emulated-board-child.ts"
import { openSerialPort } from "./link/serial-port.ts"
import { isPort } from "./run-options.ts"
import type { Terminal } from "./terminal.ts"
import { emulatedBoardArgs, type ViewOptions } from "./view-options.ts"
import { JacdacServer } from "./view/jacdac-server.ts"
import { LinkTarget } from "./view/link-target.ts"
import { SimulationTarget } from "./view/simulation-target.ts"
import { ViewServer } from "./view/view-server.ts"
import type { ViewTarget } from "./view/view-target.ts"

/** What is looked at, and what ends with it. */
interface Viewed {
    readonly target: ViewTarget
    /** Why it ended by itself. */
    readonly failure: () => string | undefined
    readonly close: () => Promise<void>
}

/**
 * Serve the page until the process is told to end.
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
        const server = new ViewServer(viewed.target)
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
        await interrupt
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
    let failure: string | undefined
    const target = await SimulationTarget.create({
        ...options,
        onConsole: line => terminal.err(`${line}\n`),
        onEnd: error => {
            failure = messageOf(error)
            sayEnd(failure, terminal)
        },
    })
    return { target, failure: () => failure, close: async () => {} }
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
        failure: () => undefined,
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
    try {
        const target = await LinkTarget.create({
            kind: "emulated board",
            open: () => openSerialPort(child.path),
            sensor,
            app,
            realTime: false,
            onConsole: line => terminal.err(`${line}\n`),
        })
        let failure: string | undefined
        child.onEnd = why => {
            failure = why
            target.end(why)
            sayEnd(why, terminal)
        }
        return {
            target,
            failure: () => failure,
            close: async () => {
                await target.close()
                await child.close()
            },
        }
    } catch (error) {
        await child.close()
        throw error
    }
}

function sayEnd(why: string, terminal: Terminal): void {
    terminal.err(`camscript: ${why}\nThe page stays; Ctrl-C ends it.\n`)
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

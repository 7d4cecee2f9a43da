// SPDX-License-Identifier: MIT
// `camscript view`: the simulator, an emulated board or a board on a serial port in a local web page, until Ctrl-C.

import { spawn } from "node:child_process"
import { setTimeout as delay } from "node:timers/promises"
import { CamscriptError } from "../../../protocol/errors.ts"
import { ProgramWatch } from "../../program-watch.ts"
import type { Terminal } from "../../terminal.ts"
import type { ViewOptions } from "./view-options.ts"
import { JacdacServer } from "../../jacdac/jacdac-server.ts"
import { PageConsole } from "../../view/page-console.ts"
import { ViewServer } from "../../view/view-server.ts"
import type { ViewTarget } from "../../targets/target.ts"
import { openViewTarget, type Said } from "../../targets/viewed-target.ts"

/** Between two looks whether an update is done. */
const LOOK_MS = 100

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
        stays: failure =>
            terminal.err(
                `camscript: ${failure}\nThe page stays; Ctrl-C ends it.\n`
            ),
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
        const viewed = await openViewTarget(options, terminal, said)
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

// SPDX-License-Identifier: MIT
// `camscript view`: the simulator in a local web page, until Ctrl-C.

import { spawn } from "node:child_process"
import { CamscriptError } from "../sim/errors.ts"
import type { Terminal } from "./terminal.ts"
import type { ViewOptions } from "./view-options.ts"
import { SimulationTarget } from "./view/simulation-target.ts"
import { ViewServer } from "./view/view-server.ts"

/**
 * Serve the page until the process is told to end.
 * @throws CamscriptError when the port cannot be had, or the simulation ended with an error
 */
export async function view(
    options: ViewOptions,
    terminal: Terminal
): Promise<void> {
    const end: { error?: unknown } = {}
    const target = await SimulationTarget.create({
        ...options,
        onConsole: line => terminal.err(`${line}\n`),
        onEnd: error => {
            end.error = error
            terminal.err(
                `camscript: ${messageOf(error)}\nThe page stays; Ctrl-C ends it.\n`
            )
        },
    })
    const server = new ViewServer(target)
    const url = await server.open(options.port)
    terminal.out(`camscript view: ${url} (Ctrl-C ends it)\n`)
    if (options.open) openBrowser(url)
    await interrupted()
    await server.close()
    if (end.error !== undefined) throw new CamscriptError(messageOf(end.error))
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

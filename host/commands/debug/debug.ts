// SPDX-License-Identifier: MIT
// `camscript debug`: breakpoints in the program's TypeScript, for VS Code and any other DAP client, until Ctrl-C.

import { CamscriptError } from "../../../protocol/errors.ts"
import { buildDebugImage } from "../../../toolchain/devicescript/build-program.ts"
import { DebugServer } from "../../debug/debug-server.ts"
import { openViewTarget, type Viewed } from "../../targets/viewed-target.ts"
import { isPort } from "../../target-options.ts"
import type { Terminal } from "../../terminal.ts"
import type { DebugOptions } from "./debug-options.ts"

/**
 * Run the program, and let debuggers in until the process is told to end, or the program ends.
 * @param signal another end than Ctrl-C, for tests
 * @throws CamscriptError when the port cannot be had, no board answers, or what is debugged ended with an error
 */
export async function debug(
    options: DebugOptions,
    terminal: Terminal,
    signal: AbortSignal = interrupted()
): Promise<void> {
    const program = (line: string): void => terminal.err(`${line}\n`)
    const say = (line: string): void => terminal.err(`camscript: ${line}\n`)
    const build = () => buildDebugImage(options.app)
    // Ports that cannot be had are found before anything is compiled; the simulator and the emulator find it compiled.
    const server = await DebugServer.open(options.port, say)
    let viewed: Viewed | undefined
    try {
        const built = isPort(options.target) ? undefined : await build()
        viewed = await openViewTarget(options, terminal, {
            program,
            error: say,
        })
        const image = built ?? (await build())
        const { target, onEnd } = viewed
        server.start(target, image)
        target.onChange = () =>
            server.dismiss(
                "the board has started anew: connect again to debug it"
            )
        terminal.out(
            `camscript debug: ${image.program.name} on 127.0.0.1:${server.port} for a DAP client (Ctrl-C ends it)\n`
        )
        const over = target.run().catch(onEnd)
        await Promise.race([aborted(signal), over, viewed.over])
        const failure = viewed.failure()
        if (failure === undefined) return
        server.dismiss(failure)
        throw new CamscriptError(failure)
    } finally {
        await server.close()
        await viewed?.close()
    }
}

function aborted(signal: AbortSignal): Promise<void> {
    return new Promise(resolve => {
        if (signal.aborted) resolve()
        signal.addEventListener("abort", () => resolve(), { once: true })
    })
}

function interrupted(): AbortSignal {
    const controller = new AbortController()
    const stop = (): void => controller.abort()
    process.once("SIGINT", stop).once("SIGTERM", stop)
    return controller.signal
}

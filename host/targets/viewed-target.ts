// SPDX-License-Identifier: MIT
// What is looked at until somebody has seen enough, by --target: it runs, and may end by itself.

import { setTimeout as delay } from "node:timers/promises"
import { CamscriptError } from "../../protocol/errors.ts"
import { InterruptedError } from "../interruption.ts"
import { openSerialPort } from "../link/serial-port.ts"
import { isPort, type TargetOptions } from "../target-options.ts"
import type { Terminal } from "../terminal.ts"
import { LinkTarget } from "./board/link-target.ts"
import {
    emulatedBoardArgs,
    type EmulatedOptions,
} from "./emulated-serial/emulated-board-args.ts"
import { startEmulatedBoard } from "./emulated-serial/emulated-board-child.ts"
import { SimulationTarget } from "./in-process/simulation-target.ts"
import type { ViewTarget } from "./target.ts"

/** Between the end of a board's port and that of its process, at most. */
const LAST_WORDS_MS = 500

/** What is opened. */
export interface ViewedOptions extends TargetOptions, EmulatedOptions {
    /** A program that fails is waited for: the next save may mend it. */
    readonly watch?: boolean
}

/** What is looked at, and what ends with it. */
export interface Viewed {
    readonly target: ViewTarget
    /** Why it ended by itself. */
    readonly failure: () => string | undefined
    /** It ended with nothing to look at any more, or by Ctrl-C. */
    readonly over: Promise<void>
    /** It ends by itself. */
    readonly onEnd: (error: unknown) => void
    readonly close: () => Promise<void>
}

/** Who hears of the program's lines, and of what is wrong with it. */
export interface Said {
    readonly program: (line: string) => void
    readonly error: (message: string) => void
    /** It ended, and there is still something to look at. Left out: then it is over. */
    readonly stays?: (failure: string) => void
}

/**
 * Open what the options describe; nothing runs before `target.run()`, whose end `onEnd` is to be told.
 * @throws CamscriptError when the program does not compile, or no board answers
 */
export function openViewTarget(
    options: ViewedOptions,
    terminal: Terminal,
    said: Said
): Promise<Viewed> {
    if (isPort(options.target)) return openPort(options, terminal, said)
    return options.target === "emulator"
        ? openEmulator(options, terminal, said)
        : openSimulation(options, terminal, said)
}

async function openSimulation(
    options: ViewedOptions,
    terminal: Terminal,
    said: Said
): Promise<Viewed> {
    const target = await SimulationTarget.create({
        ...options,
        onConsole: said.program,
        onProblem: said.error,
    })
    return viewed(target, terminal, said, options)
}

async function openPort(
    options: ViewedOptions,
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
    return viewed(target, terminal, said, options)
}

async function openEmulator(
    options: ViewedOptions,
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
        const board = viewed(target, terminal, said)
        void ended.then(why => {
            target.end(why)
            board.onEnd(new CamscriptError(why))
        })
        return {
            ...board,
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

/** It may end by itself. */
function viewed(
    target: ViewTarget,
    terminal: Terminal,
    { stays }: Said,
    { watch = false }: Pick<ViewedOptions, "watch"> = {}
): Viewed {
    let failure: string | undefined
    let giveUp: () => void
    const over = new Promise<void>(resolve => (giveUp = resolve))
    return {
        target,
        close: () => target.close(),
        failure: () => failure,
        over,
        onEnd(error) {
            if (error instanceof InterruptedError) return giveUp()
            // The next save may mend it.
            if (watch) return terminal.err(`camscript: ${messageOf(error)}\n`)
            failure = messageOf(error)
            if (target.latest === undefined || !stays) return giveUp()
            stays(failure)
        },
    }
}

function messageOf(error: unknown): string {
    return error instanceof Error ? error.message : String(error)
}

// SPDX-License-Identifier: MIT
// An emulated board in a process of its own, so that it has a core of its own; for its parent it is a serial port.

import { spawn, type ChildProcess } from "node:child_process"
import { join } from "node:path"
import { RemoteFaults, type FaultBench, type FaultIpc } from "../fault-bench.ts"
import { CamscriptError } from "../../../protocol/errors.ts"
import { projectRoot } from "../../../toolchain/paths.ts"

/** What it said last is shown when it ends by itself. */
const LAST_WORDS_CHARACTERS = 2000
const COMMAND = join(projectRoot, "host", "camscript.mjs")

export interface EmulatedBoardChild {
    /** Path of its serial port. */
    readonly path: string
    /** It ended by itself; why. */
    onEnd: ((why: string) => void) | undefined
    /** Faults on it. */
    readonly faults: FaultBench
    close(): Promise<void>
}

/**
 * Build the firmware, boot it, wait for its port.
 * @param args options of `camscript emulated-board`
 * @param onText what it prints meanwhile
 * @throws CamscriptError with its own words
 */
export async function startEmulatedBoard(
    args: readonly string[],
    onText: (text: string) => void
): Promise<EmulatedBoardChild> {
    // A Ctrl-C is the parent's; by the channel a parent that is killed takes its board along.
    const child = spawn(
        process.execPath,
        [COMMAND, "emulated-board", ...args],
        {
            stdio: ["ignore", "pipe", "pipe", "ipc"],
            detached: true,
        }
    )
    let said = ""
    child.stderr!.setEncoding("utf8").on("data", (text: string) => {
        said = (said + text).slice(-LAST_WORDS_CHARACTERS)
        onText(text)
    })
    const exited = new Promise<void>(resolve => {
        child.once("close", () => resolve())
    })
    const path = await portOf(child, exited, () => said)
    let closing = false
    const faults = new RemoteFaults(message => child.send(message))
    child.on("message", message => faults.heard(message as FaultIpc))
    const board: EmulatedBoardChild = {
        path,
        onEnd: undefined,
        faults,
        close() {
            closing = true
            child.kill("SIGTERM")
            return exited
        },
    }
    void exited.then(() => {
        if (!closing) board.onEnd?.(why(child, said))
    })
    return board
}

/** Its first line. */
function portOf(
    child: ChildProcess,
    exited: Promise<void>,
    said: () => string
): Promise<string> {
    return new Promise((resolve, reject) => {
        let text = ""
        child.stdout!.setEncoding("utf8").on("data", (piece: string) => {
            text += piece
            const end = text.indexOf("\n")
            if (end >= 0) resolve(text.slice(0, end))
        })
        child.once("error", reject)
        void exited.then(() => reject(new CamscriptError(why(child, said()))))
    })
}

/** The command's own error is one paragraph at the end. */
function why({ exitCode, signalCode }: ChildProcess, said: string): string {
    const last = said
        .trimEnd()
        .split("\n")
        .at(-1)!
        .replace(/^camscript: /, "")
    return last === ""
        ? `it ended with ${signalCode ?? `exit code ${exitCode}`}`
        : last
}

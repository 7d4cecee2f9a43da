// SPDX-License-Identifier: MIT
// The DeviceScript compiler as a child process: for one entry file, or kept for many. A kept one has its code compiled by Node
// already, and needs a third of the first time's CPU from the fourth or fifth file on.

import { fork, type ChildProcess } from "node:child_process"
import { dirname, join } from "node:path"
import { fileURLToPath } from "node:url"
import { CamscriptError } from "../../protocol/errors.ts"
import { projectRoot, userProject } from "../paths.ts"
import { findCli } from "./devicescript-cli.ts"

const CHILD = join(
    dirname(fileURLToPath(import.meta.url)),
    "compiler-process.cjs"
)
/** A build takes 1 to 3 s; a hundred times that is a compiler that hangs. */
const TIMEOUT_MS = 300_000

/** What came of an entry file. */
export interface CompilerExit {
    readonly exitCode: number
    /** What the compiler printed. */
    readonly text: string
}

/** One child process; one entry file at a time. */
export class CompilerProcess {
    private readonly child: ChildProcess
    /** What it printed beside its answers: Node's last words. */
    private stderr = ""

    constructor() {
        this.child = fork(CHILD, [findCli().bundle], {
            cwd: userProject,
            env: compilerEnvironment(),
            // Not the loader of a clone's TypeScript, nor a debugger's port.
            execArgv: [],
            stdio: ["ignore", "ignore", "pipe", "ipc"],
        })
        this.child.stderr!.on(
            "data",
            (chunk: Buffer) => (this.stderr += chunk.toString())
        )
        // An error is told to whoever waits for an answer.
        this.child.on("error", () => {})
    }

    /** Has it ended, by itself or by close()? */
    get isOver(): boolean {
        const { exitCode, signalCode, connected } = this.child
        return exitCode !== null || signalCode !== null || !connected
    }

    /**
     * Compile an entry file.
     * @param entry path from the project's folder, with forward slashes
     * @throws CamscriptError when the process ends, or does not answer in five minutes
     */
    compile(entry: string): Promise<CompilerExit> {
        const { child } = this
        return new Promise((resolve, reject) => {
            const fail = (why: string): void =>
                reject(
                    new CamscriptError(
                        `the DeviceScript compiler ${why}${this.lastWords()}.`
                    )
                )
            const timer = setTimeout(() => {
                fail(`did not answer for ${TIMEOUT_MS / 1000} s`)
                child.kill("SIGKILL")
            }, TIMEOUT_MS)
            const onError = (error: Error): void =>
                fail(`cannot be run: ${error.message}`)
            const onClose = (
                code: number | null,
                signal: string | null
            ): void => fail(`ended (${signal ?? `exit code ${code}`})`)
            child.once("error", onError)
            child.once("close", onClose)
            child.once("message", answer => {
                clearTimeout(timer)
                child.off("error", onError).off("close", onClose)
                resolve(answer as CompilerExit)
            })
            child.once("close", () => clearTimeout(timer))
            child.send({ entry }, error => error && onError(error))
        })
    }

    /** End it. What is being compiled is not waited for. */
    close(): void {
        this.child.kill()
    }

    private lastWords(): string {
        const line = this.stderr.trim().split("\n").at(-1)
        return line ? `: ${line}` : ""
    }
}

/** No look for updates on the network, no colours, no options meant for camscript's own Node. */
function compilerEnvironment(): NodeJS.ProcessEnv {
    const environment: NodeJS.ProcessEnv = {
        ...process.env,
        NO_UPDATE_NOTIFIER: "1",
        CAMSCRIPT_SERVICES: join(projectRoot, "services"),
        CI: "1",
    }
    delete environment["NODE_OPTIONS"]
    delete environment["FORCE_COLOR"]
    return environment
}

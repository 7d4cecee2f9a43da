// SPDX-License-Identifier: MIT
// What the commands with --watch do between two programs: build, wait for a save, end by Ctrl-C. The compiler stays warm.

import { relative } from "node:path"
import { CamscriptError } from "../protocol/errors.ts"
import { buildProgram } from "../toolchain/devicescript/build-program.ts"
import { keepCompiler } from "../toolchain/devicescript/run-compiler.ts"
import { SourceWatch } from "./source-watch.ts"
import type { Terminal } from "./terminal.ts"

/** A save came while something of the program before it ran. */
export class SavedError extends CamscriptError {
    constructor() {
        super("the program was saved again: its run was ended")
    }
}

/** One program that is built at each save, until Ctrl-C. */
export class ProgramWatch {
    private readonly sources: SourceWatch
    private readonly endCompiler = keepCompiler()
    private readonly end = new AbortController()
    private readonly stop = (): void => {
        this.end.abort()
        // It may be compiling; that is not waited for.
        this.endCompiler()
    }

    /**
     * @param app absolute path of the entry file
     * @param onError is told of what is printed about errors
     */
    constructor(
        private readonly app: string,
        private readonly terminal: Terminal,
        private readonly onError: (message: string) => void = () => {}
    ) {
        this.sources = new SourceWatch(app)
        process.on("SIGINT", this.stop).on("SIGTERM", this.stop)
    }

    /** Aborted by SIGINT and SIGTERM. */
    get ended(): AbortSignal {
        return this.end.signal
    }

    /** Build the program; what is wrong with it is printed. @returns whether it compiles */
    async build(): Promise<boolean> {
        try {
            const { debug } = await buildProgram(this.app)
            this.sources.add(debug?.files ?? [])
            return true
        } catch (error) {
            this.report(error)
            return false
        }
    }

    /**
     * Do something with the program, and wait for the next save, which ends what is not done by then.
     * @param work is told of the save by the signal; its errors are printed
     * @returns whether there was a save, and not Ctrl-C
     */
    async untilSaved(
        work: (signal: AbortSignal) => Promise<void>
    ): Promise<boolean> {
        const saved = new AbortController()
        const next = this.sources.next(this.ended).then(isSaved => {
            if (isSaved) saved.abort(new SavedError())
            return isSaved
        })
        try {
            await work(saved.signal)
        } catch (error) {
            this.report(error)
        }
        if (!saved.signal.aborted) this.sayWaiting()
        return next
    }

    close(): void {
        process.off("SIGINT", this.stop).off("SIGTERM", this.stop)
        this.stop()
    }

    /** Print an error. @throws it, when it is none of the user's */
    private report(error: unknown): void {
        if (this.ended.aborted || error instanceof SavedError) return
        if (!(error instanceof CamscriptError)) throw error
        this.terminal.err(`camscript: ${error.message}\n`)
        this.onError(error.message)
    }

    /** Say that all is done, and what comes next. */
    private sayWaiting(): void {
        if (this.ended.aborted) return
        const app = relative(process.cwd(), this.app)
        this.terminal.err(
            `camscript: waiting for a save of ${app} or what it imports (Ctrl-C ends it)\n`
        )
    }
}

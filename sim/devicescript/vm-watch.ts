// SPDX-License-Identifier: MIT
// Follows a VM that runs somewhere else, by what it tells its port: the program's console, and why it ended.

import type { CamscriptError } from "../../protocol/errors.ts"
import { complaintError, programError, vmError } from "./program-failure.ts"
import type { Program } from "../../toolchain/devicescript/program.ts"
import { CONSOLE_MARKS } from "../../toolchain/vm/vm-interface.ts"

/** Lines of the VM that an error is explained with: a stack has thirty at most. */
const LINES_KEPT = 100

const PANIC_RESTART = 60000

/** What the VM prints before it panics. */
export const PANIC_LINE = /^! (?:Unhandled exception|Exception:| at| \.\.\.)/

export interface VmWatchOptions {
    readonly program: Program
    readonly gcHeapBytes: number
    /** One line of console output; console.warn, error and debug are marked as such. */
    readonly onConsole: (line: string) => void
}

/** Told of every line and of the end of one VM. */
export class VmWatch {
    /** Why the program ended; undefined while it runs. */
    failure: CamscriptError | undefined
    private lines: string[] = []

    constructor(private readonly options: VmWatchOptions) {}

    /** The program printed a line, with the VM's mark of its level. */
    console(line: string): void {
        const mark = CONSOLE_MARKS[line[0]!] ?? ""
        this.options.onConsole(mark + line.slice(2))
    }

    /** The VM itself printed a line; one that starts with "!" is a failure. */
    log(line: string): void {
        this.lines.push(line)
        if (this.lines.length > LINES_KEPT) this.lines.shift()
        if (line.startsWith("!") && !PANIC_LINE.test(line))
            this.failure ??= complaintError(this.options.program, line)
    }

    /** The program ended with a panic; a restart is none. */
    panicked(code: number): void {
        if (code === 0 || code === PANIC_RESTART) return
        const { program, gcHeapBytes } = this.options
        this.failure ??= programError({
            program,
            code,
            gcHeapBytes,
            lines: this.lines,
            message: undefined,
        })
    }

    /** The VM cannot go on. */
    stopped(reason: string): void {
        this.failure ??= vmError(this.options.program, reason, this.lines)
    }
}

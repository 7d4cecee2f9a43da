// SPDX-License-Identifier: MIT
// Errors a user may see. Each is one paragraph and carries the exit code of the command that meets it.

/** A failure that is explained to the user in one paragraph, without a stack of our internals. */
export class CamscriptError extends Error {
    /** 1: the run failed. 2: the request was wrong. 130, 143: SIGINT, SIGTERM ended it. */
    readonly exitCode: 1 | 2 | 130 | 143 = 1

    constructor(message: string) {
        super(message)
        this.name = new.target.name
    }
}

/** The request itself is wrong: an option, a file name, a board that does not exist. */
export class UsageError extends CamscriptError {
    override readonly exitCode = 2
}

/** The DeviceScript program panicked or threw. The message carries its TypeScript stack. */
export class ProgramError extends CamscriptError {
    constructor(
        message: string,
        /** A driver or the camera refused what it was asked for: nothing is broken, the message says it all. */
        readonly refusal = false,
        /** What ended a program that ran. */
        readonly kind?: "exception" | "endless-loop" | "out-of-memory" | "panic"
    ) {
        super(message)
    }
}

/** The silicon was used against its manual: block, register, value, the rule that was broken, and where it stands. */
export class SiliconError extends CamscriptError {
    constructor(
        readonly block: string,
        readonly rule: string,
        readonly register?: string,
        readonly value?: number,
        /** Manual and section, as "RM0090 10.5.10". */
        readonly section?: string
    ) {
        const where = register === undefined ? block : `${block}_${register}`
        const what =
            value === undefined
                ? ""
                : ` = 0x${(value >>> 0).toString(16).padStart(8, "0")}`
        const source = section === undefined ? "" : ` (${section})`
        super(`${where}${what}: ${rule}${source}`)
    }
}

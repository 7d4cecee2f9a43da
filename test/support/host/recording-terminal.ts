// SPDX-License-Identifier: MIT
// A terminal that keeps what is written to it.

import type { Terminal } from "../../../host/terminal.ts"

export interface RecordingTerminal extends Terminal {
    stdout: string
    stderr: string
}

/** A pipe, unless told otherwise. */
export function recordingTerminal(
    options: Partial<Terminal> = {}
): RecordingTerminal {
    const terminal: RecordingTerminal = {
        stdout: "",
        stderr: "",
        out: text => (terminal.stdout += text),
        err: text => (terminal.stderr += text),
        outIsTty: false,
        errIsTty: false,
        columns: 80,
        grayDepth: "ascii",
        colour: false,
        ...options,
    }
    return terminal
}

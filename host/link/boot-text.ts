// SPDX-License-Identifier: MIT
// Lines of text between the link's messages: what a board says before its first hello, and after a restart.

const LINE_BYTES_MAX = 1024
const LINE_FEED = 10
const TAB = 9
const SPACE = 32
const DELETE = 127

/** Finds lines in what is no message. */
export class BootText {
    private line: number[] = []

    constructor(private readonly onLine: (line: string) => void) {}

    /** A 0 ends a frame: what came before it is no line. */
    push(bytes: Uint8Array): void {
        for (const byte of bytes) {
            if (byte === 0 || this.line.length === LINE_BYTES_MAX)
                this.line = []
            if (byte === LINE_FEED) this.end()
            else if (byte !== 0) this.line.push(byte)
        }
    }

    private end(): void {
        const bytes = this.line
        this.line = []
        if (bytes.at(-1) !== 13) return
        bytes.pop()
        if (bytes.length === 0 || !bytes.every(isPrintable)) return
        this.onLine(new TextDecoder().decode(Uint8Array.from(bytes)))
    }
}

function isPrintable(byte: number): boolean {
    return byte === TAB || (byte >= SPACE && byte !== DELETE)
}

// SPDX-License-Identifier: MIT
// The end of what the program and its tools have said, for pages.

import type { ConsoleLine } from "./messages/messages.ts"

/** A page that opens later gets no more. */
const LINES_MAX = 300

export class PageConsole {
    private lines: ConsoleLine[] = []
    /** Lines since the beginning. */
    private count = 0

    add(kind: ConsoleLine["kind"], text: string): void {
        const added = text.split("\n").map(line => ({ kind, text: line }))
        this.lines = [...this.lines, ...added].slice(-LINES_MAX)
        this.count += added.length
    }

    /** @param from a count that was returned before, or 0 */
    since(from: number): { lines: ConsoleLine[]; count: number } {
        const { lines, count } = this
        return {
            lines: lines.slice(Math.max(0, lines.length - (count - from))),
            count,
        }
    }
}

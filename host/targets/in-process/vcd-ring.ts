// SPDX-License-Identifier: MIT
// Keeps the end of a VCD: its head, the values at the ring's beginning, and the text of the last changes.

import type { TextSink } from "../../../sim/trace/vcd.ts"

const HEAD_END = "$end\n"
const DUMP = "$dumpvars\n"

/** A value change: its text is the key's value, "1!" or "r12.5 #". */
const CHANGE = /^(?:[01x]|r\S+ )(\S+)$/

/** A sink for VcdRecorder that forgets what is older than a span. */
export class VcdRing implements TextSink {
    private head = ""
    private headDone = false
    /** Time of the first change in `pieces`, ns. */
    private readonly pieces: { text: string; endTick: number }[] = []
    private readonly values = new Map<string, string>()
    private tick = 0
    private firstTick = 0

    /** @param spanNs of the changes that are kept */
    constructor(private readonly spanNs: number) {}

    write(text: string): void {
        const body = this.headDone ? text : this.takeHead(text)
        if (body === "") return
        const last = body.lastIndexOf("\n#")
        const from = last < 0 ? (body.startsWith("#") ? 0 : -1) : last + 1
        if (from >= 0) this.tick = parseInt(body.slice(from + 1), 10)
        this.pieces.push({ text: body, endTick: this.tick })
        this.forget()
    }

    /** A whole file; times are those since boot. Empty before anything was written. */
    text(): string {
        if (!this.headDone) return ""
        const values = [...this.values.values()].join("\n")
        const body = this.pieces.map(({ text }) => text).join("")
        return `${this.head}#${this.firstTick}\n${DUMP}${values}\n$end\n${body}`
    }

    /** Everything up to the end of the first values. */
    private takeHead(text: string): string {
        this.head += text
        const dump = this.head.indexOf(DUMP)
        const end =
            dump < 0 ? -1 : this.head.indexOf(HEAD_END, dump + DUMP.length)
        if (end < 0) return ""
        const body = this.head.slice(end + HEAD_END.length)
        this.apply(this.head.slice(dump + DUMP.length, end))
        // Without the time and the values of boot.
        this.head = this.head.slice(0, dump).replace(/#0\n$/, "")
        this.headDone = true
        return body
    }

    private forget(): void {
        while (
            this.pieces.length > 1 &&
            this.pieces[0]!.endTick < this.tick - this.spanNs
        ) {
            const { text, endTick } = this.pieces.shift()!
            this.apply(text)
            this.firstTick = endTick
        }
    }

    private apply(text: string): void {
        for (const line of text.split("\n")) {
            const code = CHANGE.exec(line)?.[1]
            if (code !== undefined) this.values.set(code, line)
        }
    }
}

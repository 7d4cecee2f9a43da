// SPDX-License-Identifier: MIT
// Keeps what is written into it.

import type { TextSink } from "../../../sim/trace/vcd.ts"

export class MemorySink implements TextSink {
    readonly pieces: string[] = []

    get text(): string {
        return this.pieces.join("")
    }

    write(text: string): void {
        this.pieces.push(text)
    }
}

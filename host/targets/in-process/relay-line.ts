// SPDX-License-Identifier: MIT
// A Jacdac line that outlives the simulations on it: hosts stay when the board starts anew.

import type { JacdacLine } from "../../../sim/wires/jacdac-bus.ts"

export class RelayLine implements JacdacLine {
    private readonly listeners = new Set<(frame: Uint8Array) => void>()
    private line: JacdacLine | undefined
    private detach: () => void = () => {}

    /** From now on the line is this one's. */
    attach(line: JacdacLine): void {
        this.detach()
        this.line = line
        this.detach = line.onFrame(frame => {
            for (const listener of this.listeners) listener(frame.slice())
        })
    }

    send(frame: Uint8Array): void {
        this.line?.send(frame)
    }

    onFrame(listener: (frame: Uint8Array) => void): () => void {
        this.listeners.add(listener)
        return () => this.listeners.delete(listener)
    }
}

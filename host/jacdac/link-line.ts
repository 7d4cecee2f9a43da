// SPDX-License-Identifier: MIT
// The link's JACDAC messages as a line that Jacdac hosts speak on. It outlives sessions: a board that restarts, or is
// plugged in again, is on the same line afterwards.

import type { JacdacLine } from "../../sim/wires/jacdac-bus.ts"
import { decodeFrame } from "../../protocol/jacdac-frame.ts"
import type { LinkClient } from "../link/link-client.ts"

export class LinkJacdacLine implements JacdacLine {
    private readonly listeners = new Set<(frame: Uint8Array) => void>()
    private client: LinkClient | undefined

    /** From now on the line is this client's; undefined: nobody is there, frames are lost. */
    attach(client: LinkClient | undefined): void {
        if (this.client) this.client.onJacdac = undefined
        this.client = client
        if (!client) return
        client.onJacdac = frame => {
            for (const listener of this.listeners) listener(frame.slice())
        }
    }

    /** A damaged frame is lost, as on any Jacdac line. */
    send(frame: Uint8Array): void {
        if (!this.client) return
        try {
            decodeFrame(frame)
        } catch {
            return
        }
        this.client.sendJacdac(frame)
    }

    onFrame(listener: (frame: Uint8Array) => void): () => void {
        this.listeners.add(listener)
        return () => this.listeners.delete(listener)
    }
}

// SPDX-License-Identifier: MIT
// One page's websocket: of images and of each kind of message the newest wins, and nothing is sent while the socket is
// busy, so that a page that does not read takes no memory.

import { encodeFrame } from "./messages/frame-message.ts"
import type { ServerMessage } from "./messages/messages.ts"
import type { TargetFrame } from "../targets/target.ts"

/** Frames under way to a page at most: one is drawn, one travels, one waits in the kernel. */
export const FRAMES_UNDER_WAY = 3

/** States that wait in vain until a page is given up: one comes each quarter of a second. */
export const STATES_WAITED_MAX = 120

/** "Try again later" (RFC 6455 section 7.4, IANA's registry of close codes). */
const CLOSE_CODE = 1013

/** The part of a websocket that is used. */
export interface Wire {
    readonly bufferedAmount: number
    /** @param sent called when the data has left this process */
    send(data: string | Uint8Array, sent?: () => void): void
    close(code: number, reason: string): void
}

/** Sends to one page. The capture never waits for it. */
export class PageSocket {
    sent = 0
    /** Frames that a newer one replaced before their turn. */
    skipped = 0
    private underWay = 0
    private waiting: TargetFrame | undefined
    /** Messages that wait for the socket, the newest of each type. */
    private readonly held = new Map<ServerMessage["type"], ServerMessage>()
    private statesWaited = 0
    private closed = false

    constructor(private readonly wire: Wire) {}

    /** Send it as soon as the socket is free; a newer one of its type takes its place until then. */
    say(message: ServerMessage): void {
        if (this.closed) return
        this.held.set(message.type, message)
        this.flush()
        if (this.held.size === 0) this.statesWaited = 0
        else if (message.type === "state") this.waited()
    }

    /** What waits is sent as far as the socket takes it. */
    private flush(): void {
        for (const [type, message] of this.held) {
            if (this.closed || this.wire.bufferedAmount > 0) return
            this.held.delete(type)
            this.wire.send(JSON.stringify(message), () => this.flush())
        }
        this.pump()
    }

    private waited(): void {
        if (++this.statesWaited < STATES_WAITED_MAX) return
        this.closed = true
        this.held.clear()
        this.waiting = undefined
        this.wire.close(
            CLOSE_CODE,
            "this page has read nothing for half a minute"
        )
    }

    /** A frame arrived. */
    offer(frame: TargetFrame): void {
        if (this.waiting) this.skipped++
        this.waiting = frame
        this.pump()
    }

    /** The page has drawn a frame. */
    drawn(): void {
        if (this.underWay > 0) this.underWay--
        this.pump()
    }

    private pump(): void {
        const busy =
            this.underWay >= FRAMES_UNDER_WAY || this.wire.bufferedAmount > 0
        if (!this.waiting || busy || this.closed) return
        const frame = this.waiting
        this.waiting = undefined
        this.underWay++
        this.sent++
        this.wire.send(encodeFrame(frame.image(), this.skipped))
    }
}

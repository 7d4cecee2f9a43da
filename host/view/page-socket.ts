// SPDX-License-Identifier: MIT
// One page's websocket: the newest frame wins, and none is sent while the page or the socket is busy.

import { encodeFrame } from "./messages/frame-message.ts"
import type { ServerMessage } from "./messages/messages.ts"
import type { TargetFrame } from "../targets/target.ts"

/** Frames under way to a page at most: one is drawn, one travels, one waits in the kernel. */
export const FRAMES_UNDER_WAY = 3

/** The part of a websocket that is used. */
export interface Wire {
    readonly bufferedAmount: number
    send(data: string | Uint8Array): void
}

/** Sends to one page. The capture never waits for it. */
export class PageSocket {
    sent = 0
    /** Frames that a newer one replaced before their turn. */
    skipped = 0
    private underWay = 0
    private waiting: TargetFrame | undefined

    constructor(private readonly wire: Wire) {}

    say(message: ServerMessage): void {
        this.wire.send(JSON.stringify(message))
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
        if (!this.waiting || busy) return
        const frame = this.waiting
        this.waiting = undefined
        this.underWay++
        this.sent++
        this.wire.send(encodeFrame(frame.image(), this.skipped))
    }
}

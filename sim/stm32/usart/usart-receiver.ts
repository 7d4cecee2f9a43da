// SPDX-License-Identifier: MIT
// What the other end of a USART's RX wire sends: characters in a queue, each arriving after its time on the wire.

import type { Clock, Timer } from "../../clock.ts"

/** Receivers lock to a character while the baud rates differ by less (RM0090 §30.3.5: 3.33 % to 4.54 %; the middle). */
const BAUD_TOLERANCE = 0.04

/** Errors that arrive with a character. */
export type LineError = "framing" | "noise" | "parity"

export interface Arrival {
    readonly value: number
    readonly error: LineError | undefined
}

export interface UsartReceiverHost {
    readonly clock: Clock
    /** Bits per second that this end is set to; 0 when it is not set up. */
    readonly baud: () => number
    /** Bit times of a character. */
    readonly characterBits: () => number
    /** A character is complete. */
    readonly arrived: (arrival: Arrival) => void
    /** No further character began within a character's time after the last. */
    readonly idle: () => void
}

export class UsartReceiver {
    /** Bits per second at which the other end sends; undefined: whatever this end is set to. */
    peerBaud: number | undefined
    private readonly queue: Arrival[] = []
    private arriving: Timer | undefined
    private idling: Timer | undefined

    constructor(private readonly host: UsartReceiverHost) {}

    /** Characters on the wire or waiting for it. */
    get waiting(): number {
        return this.queue.length
    }

    /** Append characters; the first starts at once when the wire is free. */
    send(values: Iterable<number>, error?: LineError): void {
        for (const value of values) this.queue.push({ value, error })
        if (this.arriving === undefined) this.next()
    }

    /** Nobody listens from now on; what is on the wire is lost as it comes. */
    stopIdle(): void {
        if (this.idling !== undefined) this.host.clock.cancel(this.idling)
        this.idling = undefined
    }

    private get characterNs(): number {
        const baud = this.peerBaud ?? this.host.baud()
        return baud === 0 ? 0 : (this.host.characterBits() * 1e9) / baud
    }

    private next(): void {
        if (this.queue.length === 0) return
        const { clock } = this.host
        this.stopIdle()
        this.arriving = clock.after(this.characterNs, () => {
            this.arriving = undefined
            this.host.arrived(this.asSeen(this.queue.shift()!))
            if (this.queue.length > 0) this.next()
            else this.watchIdle()
        })
    }

    private watchIdle(): void {
        const ns = this.characterNs
        if (ns === 0) return
        this.idling = this.host.clock.after(ns, () => {
            this.idling = undefined
            this.host.idle()
        })
    }

    /** With too different baud rates the stop bit is looked for in the wrong place, and the bits are others'. */
    private asSeen(arrival: Arrival): Arrival {
        const baud = this.host.baud()
        if (this.peerBaud === undefined || baud === 0) return arrival
        if (Math.abs(this.peerBaud / baud - 1) <= BAUD_TOLERANCE) return arrival
        return { value: ~arrival.value & 0xff, error: "framing" }
    }
}

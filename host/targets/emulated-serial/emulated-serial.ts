// SPDX-License-Identifier: MIT
// The USART of an emulated board as the link's stream of bytes, in virtual time.

import type { Clock } from "../../../sim/clock.ts"
import type { StopCondition } from "../../../sim/observe/capture.ts"
import type { Stm32F4 } from "../../../sim/stm32/chip.ts"
import type { ByteStream } from "../../link/link-client.ts"
import type { Timer } from "../../link/timer.ts"

/** What of an emulated board this needs. */
export interface SerialBoard {
    readonly chip: Pick<Stm32F4, "usart">
    readonly clock: Clock
    readonly seconds: number
    run(until: StopCondition): void
}

/** Of the board's link. */
const USART = 2

/** Between two looks at what the board has sent, virtual s. */
const SLICE_SECONDS = 0.002

/** Times are whole ns: half of one is no difference. */
const TOLERANCE_SECONDS = 0.5e-9

export class EmulatedSerial implements ByteStream {
    onBytes: ((bytes: Uint8Array) => void) | undefined
    /** Bytes that the board has sent since power-on. */
    sentBytes = 0
    /** Time-outs for a client, in the board's time. */
    readonly timer: Timer = {
        after: (ms, callback) => {
            const { clock } = this.board
            const timer = clock.after(ms * 1e6, callback)
            return () => clock.cancel(timer)
        },
    }
    private sent: number[] = []

    constructor(private readonly board: SerialBoard) {
        board.chip.usart(USART).onTransmit = byte => this.sent.push(byte)
    }

    /** Bytes to the board, at the line's rate. */
    send(bytes: Uint8Array): void {
        this.board.chip.usart(USART).receive(bytes)
    }

    /** Bytes that are on their way to the board. */
    get incoming(): number {
        return this.board.chip.usart(USART).incoming
    }

    /** Run the board for some virtual time, and hand over what it sends. */
    runFor(seconds: number): void {
        const end = this.board.seconds + seconds
        while (this.board.seconds < end - TOLERANCE_SECONDS) {
            const next = Math.min(end, this.board.seconds + SLICE_SECONDS)
            this.board.run({ seconds: next })
            this.deliver()
        }
    }

    /**
     * Run the board until the promise is settled.
     * @throws what the promise throws, or Error after `limitSeconds` of virtual time
     */
    async until<T>(promise: Promise<T>, limitSeconds = 60): Promise<T> {
        let settled = false
        const watched = promise.finally(() => (settled = true))
        watched.catch(() => {})
        const end = this.board.seconds + limitSeconds
        while (!settled) {
            if (this.board.seconds > end)
                throw new Error(`nothing happens for ${limitSeconds} s`)
            this.runFor(SLICE_SECONDS)
            await new Promise(resolve => setImmediate(resolve))
        }
        return watched
    }

    private deliver(): void {
        if (this.sent.length === 0) return
        const bytes = Uint8Array.from(this.sent)
        this.sent = []
        this.sentBytes += bytes.length
        this.onBytes?.(bytes)
    }
}

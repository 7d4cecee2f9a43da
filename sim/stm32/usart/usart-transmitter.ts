// SPDX-License-Identifier: MIT
// The transmitter of a USART (RM0090 §30.3.2): data register, shift register, and the time of a character.

import type { Clock, Timer } from "../../clock.ts"

export interface UsartTransmitterHost {
    readonly clock: Clock
    /** Time of a character with its start and stop bits, ns. */
    readonly characterNs: () => number
    /** A character begins; the data register is free again. */
    readonly began: () => void
    /** Its stop bit ended. */
    readonly sent: (value: number) => void
    /** Nothing is left to send. */
    readonly complete: () => void
}

export class UsartTransmitter {
    private waiting: number | undefined
    private shifting: Timer | undefined

    constructor(private readonly host: UsartTransmitterHost) {}

    /** A character waits in the data register. */
    get full(): boolean {
        return this.waiting !== undefined
    }

    /** A character is on the wire or waits for it. */
    get busy(): boolean {
        return this.shifting !== undefined || this.full
    }

    /** Put a character into the data register; one that waits there is lost. */
    write(value: number): void {
        this.waiting = value
        if (this.shifting === undefined) this.shift()
    }

    /** An idle character, which is no data and no completion. */
    sendIdle(): void {
        this.shifting = this.host.clock.after(this.host.characterNs(), () => {
            this.shifting = undefined
            if (this.waiting !== undefined) this.shift()
        })
    }

    /** Drop what waits; the character on the wire ends. */
    drop(): void {
        this.waiting = undefined
    }

    /** Cut off what is on the wire, too. */
    abort(): void {
        if (this.shifting !== undefined) this.host.clock.cancel(this.shifting)
        this.shifting = this.waiting = undefined
    }

    private shift(): void {
        const value = this.waiting!
        this.waiting = undefined
        this.host.began()
        this.shifting = this.host.clock.after(this.host.characterNs(), () => {
            this.shifting = undefined
            this.host.sent(value)
            // The DMA may have written the data register in `sent`.
            if (this.waiting !== undefined) this.shift()
            else this.host.complete()
        })
    }
}

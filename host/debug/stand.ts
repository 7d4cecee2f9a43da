// SPDX-License-Identifier: MIT
// What the sensor sent while the program stood: the capture goes on, and counts what nobody took.

import type { LiveState } from "../view/messages/messages.ts"

/** Whose program stands. */
export interface Standing {
    live(): Pick<LiveState, "counters">
}

/** From one stop to the next time that the program goes on; steps are in between. */
export class Stand {
    /** Since the board started, as of the stop. */
    private dropped: number | undefined

    /** @param say told at its end */
    constructor(
        private readonly board: Standing,
        private readonly say: (line: string) => void
    ) {}

    begin(): void {
        this.dropped ??= this.board.live().counters.dropped
    }

    end(): void {
        if (this.dropped === undefined) return
        const dropped = this.board.live().counters.dropped - this.dropped
        this.dropped = undefined
        this.say(
            `while the program stood, the capture went on and dropped ${dropped} frames`
        )
    }
}

// SPDX-License-Identifier: MIT
// Time-outs of the link's client, so that a board in virtual time can be waited for in its own time.

/** Waits. */
export interface Timer {
    /** Call back once, `ms` from now. @returns a function that calls it off */
    after(ms: number, callback: () => void): () => void
}

/** The wall clock's. */
export const realTimer: Timer = {
    after: (ms, callback) => {
        const timeout = setTimeout(callback, ms)
        return () => clearTimeout(timeout)
    },
}

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

/** The wall clock's, for a board whose seconds take up to `factor` of them. */
export function slowTimer(factor: number): Timer {
    return { after: (ms, callback) => realTimer.after(ms * factor, callback) }
}

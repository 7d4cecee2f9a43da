// SPDX-License-Identifier: MIT
// Lets virtual time follow a computer's time, as far as the computer can.

/** One piece of simulation; between two pieces the page's messages are served, s. */
const SLICE_SECONDS = 0.004

/** Behind by more than that, s, the simulation does not try to catch up. */
const LAG_SECONDS = 0.1

/** Over how long the ratio is measured, s. */
const RATIO_SECONDS = 1

/** Decides how far to simulate. */
export class Pacer {
    /** Simulated seconds per second of this machine, over the last second. */
    ratio = 0
    private startWall: number
    private startVirtual: number
    private markWall: number
    private markVirtual: number

    /** Both times in s. */
    constructor(wall: number, virtual: number) {
        this.startWall = this.markWall = wall
        this.startVirtual = this.markVirtual = virtual
    }

    /** @returns virtual time to simulate up to, s; undefined: virtual time is there, or nearly */
    next(wall: number, virtual: number): number | undefined {
        this.measure(wall, virtual)
        const due = this.startVirtual + (wall - this.startWall)
        if (due - virtual > LAG_SECONDS) {
            this.startWall = wall
            this.startVirtual = virtual + SLICE_SECONDS
        }
        // Smaller slices would keep the computer busy with the work that each one has besides the simulation.
        return due - virtual >= SLICE_SECONDS
            ? virtual + SLICE_SECONDS
            : undefined
    }

    private measure(wall: number, virtual: number): void {
        const elapsed = wall - this.markWall
        if (elapsed < RATIO_SECONDS) return
        this.ratio = (virtual - this.markVirtual) / elapsed
        this.markWall = wall
        this.markVirtual = virtual
    }
}

// SPDX-License-Identifier: MIT

import type { Cause } from "./cause.ts"

export const sdaStuck: Cause = {
    name: "sda-stuck",
    what: "a transfer was broken off, and the target holds SDA low",
    evidence: "SDA is held by a target at the end of the run",
    find({ sdaHeld, sensor: { i2c } }) {
        if (!sdaHeld) return undefined
        return `A target holds SDA of ${i2c} low: it was stopped in the middle of a byte that it sends (a reset or an aborted program during a read), and waits for the rest of its clocks. BUSY stays set and each START waits for ever. Before the block is set up, make SCL a GPIO with open drain, clock it up to nine times until SDA is high, and send a STOP.`
    },
}

// SPDX-License-Identifier: MIT
// An emulated board behind a pseudo terminal: what a serial program sees is a board on a cable.

import { setImmediate, setTimeout as delay } from "node:timers/promises"
import type { EmulatedSerial } from "./emulated-serial.ts"
import type { PseudoTerminal } from "./pseudo-terminal.ts"

/** Virtual time between two looks at the terminal, s. */
const SLICE_SECONDS = 0.002

export interface SerialBoardOptions {
    readonly serial: EmulatedSerial
    readonly terminal: PseudoTerminal
    /** Virtual time since the start, s; the emulation never runs ahead of the wall clock by it. */
    readonly seconds: () => number
    /** Asked between two slices: stop? */
    readonly done: () => boolean
}

/** What passed the terminal. */
export interface SerialTraffic {
    readonly toHostBytes: number
    /** Bytes of the board that no client took: as on a cable without one. */
    readonly lostBytes: number
    readonly toBoardBytes: number
}

/**
 * Run the board in real time, or as fast as it goes, until `done`.
 * @throws what the board throws
 */
export async function serveBoard(
    options: SerialBoardOptions
): Promise<SerialTraffic> {
    const { serial, terminal, seconds, done } = options
    const traffic = { toHostBytes: 0, lostBytes: 0, toBoardBytes: 0 }
    serial.onBytes = bytes => {
        const taken = terminal.write(bytes)
        traffic.toHostBytes += taken
        traffic.lostBytes += bytes.length - taken
    }
    const startMs = performance.now() - 1000 * seconds()
    while (!done()) {
        const bytes = terminal.read()
        traffic.toBoardBytes += bytes.length
        if (bytes.length > 0) serial.send(bytes)
        serial.runFor(SLICE_SECONDS)
        const aheadMs = 1000 * seconds() - (performance.now() - startMs)
        if (aheadMs > 1) await delay(aheadMs)
        else await setImmediate()
    }
    return traffic
}

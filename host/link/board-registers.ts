// SPDX-License-Identifier: MIT
// The frame grabber's registers over the link, as a snapshot that the simulator's own readers read.

import { CamscriptError } from "../../protocol/errors.ts"
import type { GrabberBus } from "../../sim/observe/grabber-reader.ts"
import { GrabberBytes, GrabberReg } from "../../protocol/grabber-page.ts"

type Run = readonly [address: number, bytes: number]

/** Mode and counters of the capture, and where line mode puts its rows: what changes. */
const CAPTURE: readonly Run[] = [
    [
        GrabberReg.MODE_STRATEGY,
        GrabberReg.MODE_GAIN_X16 + 2 - GrabberReg.MODE_STRATEGY,
    ],
    [GrabberReg.STATE, GrabberReg.NEEDED_BYTES + 4 - GrabberReg.STATE],
    [
        GrabberReg.LINE_BUS_BYTES,
        GrabberReg.DISPLAY_FLAGS + 1 - GrabberReg.LINE_BUS_BYTES,
    ],
]

/** Runs of registers (docs/frame-grabber.md), of at most 128 bytes each. */
const RUNS = {
    capture: CAPTURE,
    all: [
        [GrabberReg.ID, GrabberReg.BOARD_FLAGS + 4 - GrabberReg.ID],
        [GrabberReg.REQ_SIZE_WIDTH, GrabberBytes.REQUEST],
        ...CAPTURE,
    ],
} as const satisfies Readonly<Record<string, readonly Run[]>>

/** How much of the registers is read. */
export type GrabberPart = keyof typeof RUNS

/** Reads registers of the board. */
export type ReadRegisters = (
    address: number,
    count: number
) => Promise<Uint8Array>

/**
 * Read them; each block is consistent in itself, what is not read is 0.
 * @throws what `read` throws
 */
export async function readGrabber(
    read: ReadRegisters,
    part: GrabberPart = "all"
): Promise<GrabberBus> {
    const map = new Uint8Array(0x100)
    for (const [address, count] of RUNS[part])
        map.set(await read(address, count), address)
    return {
        transfer(_address, write, to) {
            const from = write[0]!
            if (write.length !== 1 || from + to.length > map.length)
                throw new CamscriptError(
                    `a snapshot of the frame grabber has no command 0x${from.toString(16)}`
                )
            to.set(map.subarray(from, from + to.length))
            return 0
        },
    }
}

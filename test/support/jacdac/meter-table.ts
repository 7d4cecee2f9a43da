// SPDX-License-Identifier: MIT
// What is let into the VM, frame by frame: the simulator's and the firmware's, which are two readings of one rule.

import { encodeFrame, FrameFlag } from "../../../protocol/jacdac-frame.ts"

export interface MeteredFrame {
    /** Since the first frame, ms. */
    readonly atMs: number
    readonly packets: number
    readonly passes: boolean
    readonly kind?: MeteredKind
}

/** A request; an acknowledgement, a report of service 0x3f; what looks like one and is none. */
export type MeteredKind =
    "request" | "acknowledgement" | "command 0x3f" | "report"

/** 30 packets/s with a burst of 8. Token times are not hit exactly: 1 us is no difference. */
export const METER_TABLE: readonly MeteredFrame[] = [
    // A burst, in one frame and some.
    { atMs: 0, packets: 5, passes: true },
    { atMs: 1, packets: 4, passes: false },
    { atMs: 2, packets: 3, passes: true },
    { atMs: 3, packets: 1, passes: false },
    // Acknowledgements cost nothing, whatever else was sent; nothing else does so.
    { atMs: 4, packets: 1, passes: true, kind: "acknowledgement" },
    { atMs: 5, packets: 1, passes: true, kind: "acknowledgement" },
    { atMs: 6, packets: 2, passes: false, kind: "acknowledgement" },
    { atMs: 7, packets: 1, passes: false, kind: "command 0x3f" },
    { atMs: 8, packets: 1, passes: false, kind: "report" },
    // One packet each 33.3 ms; a frame of more waits for more.
    { atMs: 33, packets: 1, passes: false },
    { atMs: 35, packets: 1, passes: true },
    { atMs: 66, packets: 1, passes: false },
    { atMs: 100, packets: 3, passes: false },
    { atMs: 101, packets: 2, passes: true },
    { atMs: 102, packets: 1, passes: false },
    // Frames that are dropped cost nothing.
    { atMs: 134, packets: 1, passes: true },
    // A pause saves no more than a burst.
    { atMs: 10_000, packets: 9, passes: false },
    { atMs: 10_001, packets: 8, passes: true },
    { atMs: 10_002, packets: 1, passes: false },
    // More than a burst never passes.
    { atMs: 20_000, packets: 60, passes: false },
    { atMs: 20_001, packets: 8, passes: true },
]

export function meteredFrame(
    packets: number,
    kind: MeteredKind = "request"
): Uint8Array {
    const isReport = kind === "acknowledgement" || kind === "report"
    const isOf63 = kind === "acknowledgement" || kind === "command 0x3f"
    return encodeFrame({
        flags: isReport ? 0 : FrameFlag.COMMAND,
        deviceId: "0102030405060708",
        packets: Array.from({ length: packets }, () => ({
            serviceIndex: isOf63 ? 0x3f : 1,
            command: 0x1080,
            payload: new Uint8Array(0),
        })),
    })
}

/** Packets of the table that pass, or do not. */
export function packetsThat(pass: boolean): number {
    return METER_TABLE.filter(({ passes }) => passes === pass).reduce(
        (sum, { packets }) => sum + packets,
        0
    )
}

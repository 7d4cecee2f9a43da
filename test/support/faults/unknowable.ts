// SPDX-License-Identifier: MIT
// What no register of the chip tells: the only cells of docs/faults.md in which a wrong frame may be handed over as good.

import type { FaultName } from "../../../sim/faults/fault-table.ts"

interface Unknowable {
    readonly faults: readonly FaultName[]
    /** Names of captures (strategies.ts). */
    readonly captures: readonly string[]
    /** Why, for people. */
    readonly why: string
}

const CROPPED = ["dcmi-crop, 1 buffer", "dcmi-crop", "rows+crop"]
const GRAY = ["line", "line, ring", "sensor-window", ...CROPPED]

/** In the order of their footnotes. */
export const UNKNOWABLE: readonly Unknowable[] = [
    {
        faults: ["data-stuck", "data-swapped", "data-shorted", "pixclk-edge"],
        captures: GRAY,
        why: "The DCMI takes any byte: pixels of gray or colour have no check of their own, and no register counts edges of PIXCLK. `camscript selftest` finds them by the sensor's test patterns.",
    },
    {
        faults: ["pixclk-added"],
        captures: GRAY,
        why: "One row is wrong. The DCMI takes as many clocks of a row as DCMI_CWSIZE says and passes over the rest (RM0090 15.5.5); no register tells how many there were, and the row takes the same time. Without a window in DCMI_CWSIZE as many as three would shift the rest of the frame, and be in no count of words either.",
    },
    {
        faults: ["pixclk-lost", "pixclk-stopped"],
        captures: CROPPED,
        why: "One row is wrong: the window's columns are counted in clocks, and the row goes on behind it, so that the words are all there. No register tells how many clocks a row had.",
    },
    {
        faults: ["row-doubled"],
        captures: ["dcmi-crop, 1 buffer"],
        why: "A row too many moves the VSYNC after the frame and nothing before it. A frame in the only buffer cannot wait for that VSYNC: until then nothing could be captured. The next frame is doubtful. With two buffers it is found.",
    },
    {
        faults: ["row-doubled"],
        captures: ["line, ring"],
        why: "A batch is lent before its frame ends, and until VSYNC a doubled row looks like the one that it displaces: the same time, the same number of words. The frame's last batch is withheld, so that the frame is never whole.",
    },
    {
        faults: [
            "pixclk-lost",
            "pixclk-added",
            "pixclk-stopped",
            "row-lost",
            "row-doubled",
            "jpeg-broken",
            "data-stuck",
            "data-swapped",
            "data-shorted",
            "pixclk-edge",
        ],
        captures: ["jpeg"],
        why: "Bytes of a JPEG that decode to as many blocks as before cannot be told from an image: the format has no checksum (docs/frame-grabber.md, JPEG frames).",
    },
]

/** @returns the number of the reason, from 1 on; undefined: it must be noticed */
export function unknowable(
    fault: FaultName,
    capture: string
): number | undefined {
    const index = UNKNOWABLE.findIndex(
        ({ faults, captures }) =>
            faults.includes(fault) && captures.includes(capture)
    )
    return index < 0 ? undefined : index + 1
}

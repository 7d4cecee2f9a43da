// SPDX-License-Identifier: MIT

import { DcmiFlag } from "../../stm32/dcmi/dcmi-registers.ts"
import type { Cause } from "./cause.ts"

const FLAGS = [
    ["FRAME", DcmiFlag.FRAME],
    ["OVR", DcmiFlag.OVR],
    ["ERR", DcmiFlag.ERR],
    ["VSYNC", DcmiFlag.VSYNC],
    ["LINE", DcmiFlag.LINE],
] as const

/** A handler may be entered once more, for a flag that comes while it runs. */
const ENTRIES_PER_FRAME_MAX = 16

export const flagNotCleared: Cause = {
    name: "flag-not-cleared",
    what: "the handler of the DCMI never clears its flag, and is entered for ever",
    evidence:
        "a flag that is set and enabled and was never written to DCMI_ICR, and entries of the handler",
    find({ dcmi: { ris, ier }, written, handlers, sent }) {
        const dcmi = handlers.find(({ name }) => name === "DCMI")
        const cleared = written("DCMI_ICR")?.bits ?? 0
        const stuck = FLAGS.filter(
            ([, mask]) => (ris & ier & mask & ~cleared) !== 0
        ).map(([name]) => name)
        // ICR is often written as a whole when the block is set up: then the entries tell.
        const storm =
            dcmi !== undefined &&
            (ris & ier) !== 0 &&
            dcmi.entries >
                ENTRIES_PER_FRAME_MAX * ((sent?.frames ?? 0) + 1) +
                    (sent === undefined ? 0 : sent.rows * sent.frames)
        if (dcmi === undefined || dcmi.entries <= ENTRIES_PER_FRAME_MAX)
            return undefined
        if (stuck.length === 0 && !storm) return undefined
        const names =
            stuck.length > 0
                ? stuck
                : FLAGS.filter(([, mask]) => (ris & ier & mask) !== 0).map(
                      ([name]) => name
                  )
        const bits = FLAGS.filter(([name]) => names.includes(name)).reduce(
            (all, [, mask]) => all | mask,
            0
        )
        return `${names.join(" and ")} of the DCMI ${names.length > 1 ? "are" : "is"} set and enabled (DCMI_RIS, DCMI_IER) and the handler does not clear ${names.length > 1 ? "them" : "it"}: it was entered ${dcmi.entries} times, again as soon as it returned, and the main program stands still. Write 1 to the bit in DCMI_ICR (0x${bits.toString(16)}) in the handler; reading RIS or MIS clears nothing.`
    },
}

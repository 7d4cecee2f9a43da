// SPDX-License-Identifier: MIT

import { hex, type Cause } from "./cause.ts"

/** Core-coupled memory of the F40x and F42x: on the D-bus only (RM0090 §2.3.1). */
const CCM = 0x10000000
const CCM_END = 0x10010000

export const unreachableMemory: Cause = {
    name: "unreachable-memory",
    what: "the DMA is to write to the CCM, which it cannot reach",
    evidence: "M0AR or M1AR of the stream that serves the DCMI, and TEIF",
    find({ stream }) {
        const target = stream?.targets.find(at => at >= CCM && at < CCM_END)
        if (stream === undefined || target === undefined) return undefined
        return `DMA2 stream ${stream.stream} is to write to ${hex(target)}, in the CCM, which only the CPU's D-bus reaches (RM0090 §2.1)${stream.failed ? ": its first word gave a transfer error (TEIF), and the hardware switched the stream off" : ""}. Place frame buffers in SRAM from 0x20000000 on: the linker script or a section attribute put this one, or the stack it is on, into the CCM.`
    },
}

// SPDX-License-Identifier: MIT
// What an emulated CPU did in a stretch of virtual time, and what that time is made of.

import type { CpuTiming } from "../cortex-m/execution-time.ts"

/** "1.942 cycles per instruction (cycle model)". */
export function timingText({
    cpi,
    timing,
}: {
    readonly cpi: number
    readonly timing: CpuTiming
}): string {
    return `${cpi} cycles per instruction (${timing})`
}

/** Since the first start of the capture. */
export interface CpuUse {
    /** What virtual time was made of. */
    readonly timing: CpuTiming
    /** Cycles per instruction: as they came out, or as was asked for. */
    readonly cpi: number
    readonly instructions: number
    /** Of those, in exception handlers. */
    readonly irqInstructions: number
    /** Of those, in the handlers of DCMI and DMA2 stream 1. */
    readonly captureIrqInstructions: number
    readonly elapsedNs: number
    /** Of that, asleep. */
    readonly idleNs: number
}

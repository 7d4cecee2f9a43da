// SPDX-License-Identifier: MIT
// What an emulated CPU did in a stretch of virtual time.

/** Since the first start of the capture. */
export interface CpuUse {
    /** Cycles per instruction that virtual time was made of. */
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

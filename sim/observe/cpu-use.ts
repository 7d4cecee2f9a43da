// SPDX-License-Identifier: MIT
// What an emulated CPU did in a stretch of virtual time, and what that time is made of.

/**
 * Cycles per instruction of the default program at 180 MHz with 5 flash wait states behind the ART accelerator: by a
 * model of the Cortex-M4 (instruction times of ARM DDI 0439 section 3.3, fetch queue, ART), which comes within 3.2 % rms
 * of cycle counts that others measured on an STM32F407. Not measured with this firmware: docs/fidelity/cortex-m4.md.
 */
export const DEFAULT_CPI = 1.94

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

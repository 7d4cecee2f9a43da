// SPDX-License-Identifier: MIT
// What every block on the memory bus looks like.

/** A memory-mapped block. Offsets in bytes from its base, always a multiple of 4; values are unsigned 32 bits. */
export interface Peripheral {
    /** Name in the reference manual: "DCMI", "DMA2", "I2C2". */
    readonly name: string
    /** Name of the register at an offset, as the manual has it; undefined when there is none. */
    registerName(offset: number): string | undefined
    readUint32(offset: number): number
    writeUint32(offset: number, value: number): void
    /**
     * What a write of 8 or 16 bits leaves in the other bits of the word, which the bus then writes whole.
     * Left out: what the register reads. Registers whose 1s do something give 0.
     */
    otherLanes?(offset: number): number
}

/** Level of an interrupt line, from a block to the NVIC. */
export type IrqLine = (active: boolean) => void

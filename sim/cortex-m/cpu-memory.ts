// SPDX-License-Identifier: MIT
// Memory as the exception logic sees it: stack frames, vectors.

import type { MemoryRegion } from "../../boards/ram-layout.ts"

export const FLASH_BASE = 0x08000000

/** The MCU's memories by address; flash also at 0. */
export class CpuMemory {
    private readonly view: DataView

    /** @param bytes all memories, indexed by MCU addresses */
    constructor(
        readonly bytes: Uint8Array,
        private readonly flashBytes: number,
        private readonly memories: readonly MemoryRegion[]
    ) {
        this.view = new DataView(
            bytes.buffer,
            bytes.byteOffset,
            bytes.byteLength
        )
    }

    /** Address in `bytes`, or undefined where there is no memory. */
    index(address: number, bytes: number): number | undefined {
        if (address + bytes <= this.flashBytes) return FLASH_BASE + address
        if (
            address >= FLASH_BASE &&
            address + bytes <= FLASH_BASE + this.flashBytes
        )
            return address
        return this.isRam(address, bytes) ? address : undefined
    }

    isRam(address: number, bytes: number): boolean {
        return this.memories.some(
            memory =>
                address >= memory.address &&
                address + bytes <= memory.address + memory.bytes
        )
    }

    /** @returns the word, or undefined where there is no memory */
    read32(address: number): number | undefined {
        const index = this.index(address, 4)
        return index === undefined
            ? undefined
            : this.view.getUint32(index, true)
    }

    /** Told of words of stack frames before they are written. */
    onWrite: ((address: number, value: number) => void) | undefined

    /** Write a word of a stack frame. @returns whether there is RAM */
    write32(address: number, value: number): boolean {
        if (!this.isRam(address, 4)) return false
        this.onWrite?.(address, value)
        this.view.setUint32(address, value, true)
        return true
    }
}

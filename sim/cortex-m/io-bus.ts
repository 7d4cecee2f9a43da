// SPDX-License-Identifier: MIT
// The CPU's accesses to what is not memory: peripherals, the core's own registers, bit-band aliases (PM0214 §2.2.5).

import type { MemoryRegion } from "../../boards/ram-layout.ts"
import type { MemoryBus } from "../stm32/memory-bus.ts"

/** A bit-band region of 1 MB and its alias of 32 MB. */
interface BitBand {
    readonly alias: number
    readonly base: number
}
const SRAM_BITS: BitBand = { alias: 0x22000000, base: 0x20000000 }
const PERIPHERAL_BITS: BitBand = { alias: 0x42000000, base: 0x40000000 }
const ALIAS_BYTES = 0x2000000

/** Where accesses come here: AHB and APB (RM0090 table 1), aliases, FSMC with its banks, QUADSPI, system space. */
export const IO_RANGES: readonly {
    readonly address: number
    readonly bytes: number
}[] = [
    { address: SRAM_BITS.alias, bytes: ALIAS_BYTES },
    { address: 0x40000000, bytes: 0x80000 },
    { address: PERIPHERAL_BITS.alias, bytes: ALIAS_BYTES },
    { address: 0x50000000, bytes: 0x61000 },
    { address: 0x60000000, bytes: 0x40000000 },
    { address: 0xa0000000, bytes: 0x2000 },
    { address: 0xe0000000, bytes: 0x100000 },
]

export class IoBus {
    /** Told of bits of RAM that are written by their alias, with the address of their byte. */
    onBit: ((byte: number, bit: number) => void) | undefined

    constructor(
        private readonly bus: MemoryBus,
        private readonly memory: Uint8Array,
        private readonly memories: readonly MemoryRegion[]
    ) {}

    read(address: number, bytes: number): number {
        const bit = bitOf(address)
        if (bit === undefined) return this.bus.read(address, bytes)
        if (bit.band === PERIPHERAL_BITS)
            return (this.bus.read(bit.word, 4) >>> bit.number) & 1
        return (this.memory[this.ramByte(bit)]! >>> (bit.number & 7)) & 1
    }

    /** Through an alias only bit 0 of the value counts; the word is read, changed and written (two accesses). */
    write(address: number, bytes: number, value: number): void {
        const bit = bitOf(address)
        if (bit === undefined) return this.bus.write(address, bytes, value)
        if (bit.band === PERIPHERAL_BITS) {
            const mask = 1 << bit.number
            const word = this.bus.read(bit.word, 4)
            this.bus.write(
                bit.word,
                4,
                (value & 1 ? word | mask : word & ~mask) >>> 0
            )
            return
        }
        const byte = this.ramByte(bit)
        const mask = 1 << (bit.number & 7)
        this.onBit?.(byte, value & 1)
        if (value & 1) this.memory[byte]! |= mask
        else this.memory[byte]! &= ~mask
    }

    private ramByte({ word, number }: Bit): number {
        const address = word + (number >>> 3)
        const inRam = this.memories.some(
            memory =>
                address >= memory.address &&
                address < memory.address + memory.bytes
        )
        // Reads and writes of a bit without memory go to the bus, which has a rule for them.
        if (!inRam) this.bus.read(address & ~3, 4)
        return address
    }
}

interface Bit {
    readonly band: BitBand
    readonly word: number
    /** 0 to 31. */
    readonly number: number
}

function bitOf(address: number): Bit | undefined {
    for (const band of [SRAM_BITS, PERIPHERAL_BITS]) {
        const offset = address - band.alias
        if (offset < 0 || offset >= ALIAS_BYTES) continue
        const bits = offset >>> 2
        return {
            band,
            word: band.base + ((bits >>> 3) & ~3),
            number: bits & 31,
        }
    }
    return undefined
}

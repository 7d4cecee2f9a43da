// SPDX-License-Identifier: MIT
// The memory bus as the CPU sees it: decodes addresses, checks the clock gate, logs the access.
// Not modelled: 8 and 16 bit accesses, wait states, bit-banding, memories (the native code has them as its own memory).

import type { Rules } from "../rules.ts"
import type { RegisterLog } from "../trace/register-log.ts"
import type { Peripheral } from "./peripheral.ts"

/** Every block of the chip starts at a multiple of 1 KB or is alone in its 1 KB. */
const PAGE_BITS = 10

interface Region {
    readonly base: number
    readonly sizeBytes: number
    readonly peripheral: Peripheral
    readonly clockEnabled: () => boolean
}

/** Decodes 32-bit accesses to memory-mapped blocks. */
export class MemoryBus {
    private readonly pages = new Map<number, Region>()

    constructor(
        private readonly rules: Rules,
        private readonly log: RegisterLog
    ) {}

    /**
     * Put a block on the bus.
     * @param clockEnabled tells whether RCC lets the block run; left out: always
     * @throws Error when two blocks would share a page of 1 KB
     */
    map(
        base: number,
        sizeBytes: number,
        peripheral: Peripheral,
        clockEnabled = always
    ): void {
        const region: Region = { base, sizeBytes, peripheral, clockEnabled }
        for (
            let page = base >>> PAGE_BITS;
            page <= (base + sizeBytes - 1) >>> PAGE_BITS;
            page++
        ) {
            if (this.pages.has(page))
                throw new Error(
                    `${peripheral.name} overlaps ${this.pages.get(page)!.peripheral.name}`
                )
            this.pages.set(page, region)
        }
    }

    /** Read a register; an address without a block or a block without a clock breaks a rule and reads 0. */
    read32(address: number): number {
        const region = this.find(address, "read")
        if (region === undefined) return 0
        const { peripheral } = region
        const offset = address - region.base
        const value = peripheral.readUint32(offset) >>> 0
        if (this.log.reads)
            this.log.read(
                peripheral.name,
                registerName(peripheral, offset),
                value
            )
        return value
    }

    /** Write a register; the log has the write even when the block refuses it. */
    write32(address: number, value: number): void {
        const region = this.find(address, "write", value)
        if (region === undefined) return
        const { peripheral } = region
        const offset = address - region.base
        this.log.write(peripheral.name, registerName(peripheral, offset), value)
        peripheral.writeUint32(offset, value >>> 0)
    }

    private find(
        address: number,
        access: "read" | "write",
        value?: number
    ): Region | undefined {
        const region = this.pages.get(address >>> PAGE_BITS)
        if (
            region === undefined ||
            address < region.base ||
            address >= region.base + region.sizeBytes
        )
            return this.refuse(
                "bus",
                `${access} at ${hex(address)}: no block is modelled there`,
                undefined,
                value
            )
        const { peripheral, base } = region
        const register = (): string => registerName(peripheral, address - base)
        if ((address & 3) !== 0)
            return this.refuse(
                "bus",
                `${access} at ${hex(address)} (${peripheral.name}) is not aligned to 4 bytes`
            )
        if (!region.clockEnabled())
            return this.refuse(
                peripheral.name,
                `${access} while RCC has its clock off or holds it in reset`,
                register(),
                value
            )
        return region
    }

    private refuse(
        block: string,
        rule: string,
        register?: string,
        value?: number
    ): undefined {
        this.rules.violated(block, rule, register, value)
        return undefined
    }
}

function always(): boolean {
    return true
}

function registerName(peripheral: Peripheral, offset: number): string {
    return peripheral.registerName(offset) ?? hex(offset)
}

function hex(value: number): string {
    return `0x${(value >>> 0).toString(16).padStart(8, "0")}`
}

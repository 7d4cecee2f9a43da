// SPDX-License-Identifier: MIT
// The memory bus as the CPU sees it: decodes addresses, checks the clock gate, logs the access.
// Not modelled: wait states, memories (native code and emulated core have them as their own), bit-banding (the core's).

import type { Rules } from "../rules.ts"
import type { RegisterLog } from "../trace/register-log.ts"
import { accessWidths, isOnApb } from "./access-widths.ts"
import type { AhbError, ExternalMemory } from "./external-memory.ts"
import { blockName } from "./block-names.ts"
import type { Peripheral } from "./peripheral.ts"

/** Nearly every block of the chip starts at a multiple of 1 KB and is alone there; those of the core share pages. */
const PAGE_BITS = 10

interface Region {
    readonly base: number
    readonly sizeBytes: number
    readonly peripheral: Peripheral
    readonly clockEnabled: () => boolean
}

/** A register, as a debugger shows it. */
export interface BlockRegister {
    readonly name: string
    readonly address: number
    /** Undefined: reading it would change something. */
    readonly value: number | undefined
}

/** Words at addresses without a block, for firmware that touches what is not modelled. Addresses are multiples of 4. */
export interface UnmappedWords {
    read(address: number): number
    write(address: number, value: number): void
    /** The value without an access. */
    peek(address: number): number
}

/** Decodes accesses to memory-mapped blocks. */
export class MemoryBus {
    /** What stands where no block is; undefined: nothing, and an access there breaks a rule. */
    unmapped: UnmappedWords | undefined
    /** Behind FSMC or FMC. */
    external: ExternalMemory | undefined
    /** The last access got an AHB error: whoever made it takes note and clears it. */
    error: AhbError | undefined
    /** Called with the name of a block that is accessed while its clock is off. */
    onClockOff: ((block: string) => void) | undefined
    private readonly pages = new Map<number, Region[]>()

    constructor(
        private readonly rules: Rules,
        private readonly log: RegisterLog
    ) {}

    /**
     * Put a block on the bus.
     * @param clockEnabled tells whether RCC lets the block run; left out: always
     * @throws Error when two blocks would overlap
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
            const others = this.pages.get(page) ?? []
            const overlapped = others.find(
                other =>
                    base < other.base + other.sizeBytes &&
                    other.base < base + sizeBytes
            )
            if (overlapped)
                throw new Error(
                    `${peripheral.name} overlaps ${overlapped.peripheral.name}`
                )
            this.pages.set(page, [...others, region])
        }
    }

    /** Read a register; an address without a block or a block without a clock breaks a rule and reads 0. */
    read32(address: number): number {
        if (this.external?.has(address)) return this.readExternal(address, 4)
        if (this.unmapped && !this.has(address))
            return this.unmapped.read((address & ~3) >>> 0)
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
        if (this.external?.has(address))
            return this.writeExternal(address, 4, value)
        if (this.unmapped && !this.has(address))
            return this.unmapped.write((address & ~3) >>> 0, value)
        const region = this.find(address, "write", value)
        if (region === undefined) return
        const { peripheral } = region
        const offset = address - region.base
        this.log.write(peripheral.name, registerName(peripheral, offset), value)
        peripheral.writeUint32(offset, value >>> 0)
    }

    /**
     * Read 8, 16 or 32 bits. The block sees a read of the whole word, with its effects.
     * @param bytes 1, 2 or 4
     */
    read(address: number, bytes: number): number {
        if (bytes === 4) return this.read32(address)
        if (this.external?.has(address))
            return this.readExternal(address, bytes)
        if (!this.allows(address, bytes, "read")) return 0
        const word = this.read32((address & ~3) >>> 0)
        return (word >>> ((address & 3) * 8)) & laneMask(bytes)
    }

    /**
     * Write 8, 16 or 32 bits. On AHB the other bits of the word stay (Peripheral.otherLanes). APB has no byte lanes: its
     * bridge makes a write of 32 bits with the data repeated (RM0090 §2.1.7); the registers there have 16 bits, so that
     * the model writes 0 above.
     * @param bytes 1, 2 or 4
     */
    write(address: number, bytes: number, value: number): void {
        if (bytes === 4) return this.write32(address, value)
        if (this.external?.has(address))
            return this.writeExternal(address, bytes, value)
        if (!this.allows(address, bytes, "write", value)) return
        const word = (address & ~3) >>> 0
        const shift = (address & 3) * 8
        const mask = laneMask(bytes) << shift
        const lanes = (value << shift) & mask
        if (isOnApb(address)) {
            if (shift !== 0)
                return this.refuse(
                    "bus",
                    "RM0090 2.1",
                    `write of ${bytes * 8} bits at ${hex(address)}, above bit 0 of a register on APB, whose bridge writes the whole register`,
                    undefined,
                    value
                )
            return this.write32(word, lanes >>> 0)
        }
        this.write32(word, ((this.others(word) & ~mask) | lanes) >>> 0)
    }

    /**
     * Registers of a block as a debugger shows them; undefined when there is no such block. Those whose reading changes
     * something have no value.
     */
    registersOf(block: string): BlockRegister[] | undefined {
        const region = this.regions().find(
            ({ peripheral }) => peripheral.name === block
        )
        if (region === undefined) return undefined
        const { base, sizeBytes, peripheral } = region
        const found: BlockRegister[] = []
        for (let offset = 0; offset < sizeBytes; offset += 4) {
            const name = peripheral.registerName(offset)
            if (name === undefined) continue
            const value = isReadOnce(block, name)
                ? undefined
                : peripheral.readUint32(offset) >>> 0
            found.push({ name, address: base + offset, value })
        }
        return found
    }

    /** Names of all blocks. */
    get blocks(): string[] {
        return this.regions().map(({ peripheral }) => peripheral.name)
    }

    /** Is there a block at an address? */
    has(address: number): boolean {
        return this.regionAt(address) !== undefined
    }

    private readExternal(address: number, bytes: number): number {
        const value = this.external!.read(address, bytes)
        if (value === undefined) this.error = { address, access: "read" }
        return value ?? 0
    }

    private writeExternal(address: number, bytes: number, value: number): void {
        if (!this.external!.write(address, bytes, value))
            this.error = { address, access: "write" }
    }

    private others(address: number): number {
        const region = this.regionAt(address)
        if (region === undefined) return this.unmapped?.peek(address) ?? 0
        const { peripheral, base } = region
        const offset = address - base
        return peripheral.otherLanes
            ? peripheral.otherLanes(offset)
            : peripheral.readUint32(offset)
    }

    private allows(
        address: number,
        bytes: number,
        access: "read" | "write",
        value?: number
    ): boolean {
        const region = this.regionAt(address)
        // The access to the word finds what else is wrong.
        if (region === undefined) return true
        const { name } = region.peripheral
        const offset = ((address & ~3) >>> 0) - region.base
        const widths = accessWidths(name, offset)
        if (!widths.includes(bytes * 8))
            this.refuse(
                name,
                "RM0090 2.1",
                `${access} of ${bytes * 8} bits: the block takes accesses of ${widths.join(" or ")} bits`,
                registerName(region.peripheral, offset),
                value
            )
        // Permissive: most blocks do what was meant.
        return true
    }

    private regions(): Region[] {
        return [...new Set([...this.pages.values()].flat())]
    }

    private regionAt(address: number): Region | undefined {
        const regions = this.pages.get(address >>> PAGE_BITS)
        if (regions === undefined) return undefined
        for (const region of regions)
            if (
                address >= region.base &&
                address < region.base + region.sizeBytes
            )
                return region
        return undefined
    }

    private find(
        address: number,
        access: "read" | "write",
        value?: number
    ): Region | undefined {
        const region = this.regionAt(address)
        if (region === undefined)
            return this.refuse(
                "bus",
                "RM0090 2.3",
                `${access} at ${hex(address)}: no block is modelled there${ofBlock(address)}`,
                undefined,
                value
            )
        const { peripheral, base } = region
        if ((address & 3) !== 0)
            return this.refuse(
                "bus",
                "PM0214 2.2",
                `${access} at ${hex(address)} (${peripheral.name}) is not aligned to 4 bytes`
            )
        if (!region.clockEnabled()) {
            this.onClockOff?.(peripheral.name)
            return this.refuse(
                peripheral.name,
                "RM0090 7.2",
                `${access} while RCC has its clock off or holds it in reset`,
                registerName(peripheral, address - base),
                value
            )
        }
        return region
    }

    private refuse(
        block: string,
        section: string,
        rule: string,
        register?: string,
        value?: number
    ): undefined {
        this.rules.violated(block, rule, register, value, section)
        return undefined
    }
}

/** Data registers, and status registers whose flags are cleared by a sequence that begins with their reading. */
function isReadOnce(block: string, register: string): boolean {
    if (/^(DR|FIFO)$/.test(register)) return true
    return /^(I2C|USART|UART|SPI)/.test(block) && /^SR[12]?$/.test(register)
}

/** Bits of an access of 1 or 2 bytes. */
function laneMask(bytes: number): number {
    return bytes === 1 ? 0xff : 0xffff
}

/** What the memory map has there, for messages. */
function ofBlock(address: number): string {
    const name = blockName(address)
    return name === "" ? "" : ` (${name})`
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

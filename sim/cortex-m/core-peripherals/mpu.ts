// SPDX-License-Identifier: MIT
// Registers of the memory protection unit (PM0214 §4.2). What they permit is decided for each access in protection/mpu.c;
// here, which accesses of privileged code have to be looked at for it. Not modelled: TEX, S, C, B.

import type { MemoryRegion } from "../../../boards/ram-layout.ts"
import type { Rules } from "../../rules.ts"
import type { Peripheral } from "../../stm32/peripheral.ts"
import { RegisterRules } from "../../stm32/register-rules.ts"
import { MPU_REGIONS } from "../core-state.ts"

export const MPU_BASE = 0xe000ed90
export const MPU_SIZE_BYTES = 0x2c

enum Register {
    TYPE = 0x00,
    CTRL = 0x04,
    RNR = 0x08,
    RBAR = 0x0c,
    RASR = 0x10,
    RBAR_A1 = 0x14,
    RASR_A1 = 0x18,
    RBAR_A2 = 0x1c,
    RASR_A2 = 0x20,
    RBAR_A3 = 0x24,
    RASR_A3 = 0x28,
}

const CTRL_ENABLE = 1 << 0
const CTRL_HFNMIENA = 1 << 1
const CTRL_PRIVDEFENA = 1 << 2
const RBAR_VALID = 1 << 4
const RASR_ENABLE = 1 << 0
const RASR_XN = 1 << 28

/** By AP for privileged access (PM0214 table 41); 4 is reserved. */
const DENIED = [
    "all",
    "nothing",
    "nothing",
    "nothing",
    "all",
    "write",
    "write",
    "write",
] as const
const AP_RESERVED = 4

/** SIZE of 32 bytes, the smallest region. */
const SIZE_LEAST = 4

/** Flash and its alias at 0; and the system memory, which is none of the RAM. */
const CODE = { start: 0, end: 0x0fffffff }
const SYSTEM_MEMORY = { start: 0x1fff0000, end: 0x1fffffff }
/** Bit-band aliases, peripherals, external memory. */
const IO = { start: 0x22000000, end: 0xffffffff }

/** Addresses and what is denied there to privileged code. */
interface Interval {
    readonly start: number
    /** Last byte. */
    readonly end: number
    readonly denies: "nothing" | "write" | "all"
}

export class Mpu implements Peripheral {
    readonly name = "MPU"
    /**
     * Each access of privileged code has to be looked at, not only those to the pages of guardedPages(): something is
     * denied outside of RAM. Stores into flash and instructions in RAM are looked at anyway.
     */
    checksPrivileged = false
    private control = 0
    private selected = 0
    private readonly bases = new Uint32Array(MPU_REGIONS)
    private readonly attributes = new Uint32Array(MPU_REGIONS)
    private readonly check: RegisterRules

    /**
     * @param memories RAM
     * @param changed called when other accesses may be denied than before
     */
    constructor(
        private readonly memories: readonly MemoryRegion[],
        rules: Rules,
        private readonly changed: () => void
    ) {
        this.check = new RegisterRules(rules, this)
    }

    reset(): void {
        this.control = 0
        this.selected = 0
        this.attributes.fill(0)
        this.update()
    }

    get enabled(): boolean {
        return (this.control & CTRL_ENABLE) !== 0
    }

    /** In force in HardFault, NMI and with FAULTMASK set, too. */
    get inHardFault(): boolean {
        return (this.control & CTRL_HFNMIENA) !== 0
    }

    registerName(offset: number): string | undefined {
        return Register[offset]
    }

    readUint32(offset: number): number {
        switch (offset) {
            case Register.TYPE:
                return MPU_REGIONS << 8
            case Register.CTRL:
                return this.control
            case Register.RNR:
                return this.selected
            default:
                if (this.registerName(offset) === undefined)
                    return this.check.unknownRead(offset)
                return isBase(offset)
                    ? this.bases[this.selected]! | this.selected
                    : this.attributes[this.selected]!
        }
    }

    writeUint32(offset: number, value: number): void {
        switch (offset) {
            case Register.TYPE:
                return this.check.refusedWrite(offset, value, "is read only")
            case Register.CTRL:
                this.control = this.check.defined(
                    offset,
                    value,
                    CTRL_ENABLE | CTRL_HFNMIENA | CTRL_PRIVDEFENA
                )
                break
            case Register.RNR:
                this.selected = this.check.defined(
                    offset,
                    value,
                    MPU_REGIONS - 1
                )
                return
            default:
                if (this.registerName(offset) === undefined)
                    return this.check.refusedWrite(offset, value)
                this.writeRegion(offset, value)
        }
        this.update()
    }

    /** As the core's hooks want them: CTRL, RBAR and RASR of each region. */
    words(): readonly number[] {
        return [this.control, ...this.bases, ...this.attributes]
    }

    /** Pages of RAM in which privileged code may not do everything, where that alone has to be looked at. */
    guardedPages(pageBytes: number): Set<number> {
        const pages = new Set<number>()
        if (!this.enabled || this.checksPrivileged) return pages
        for (const { address, bytes } of this.memories) {
            const end = address + bytes - 1
            const whole: Interval = { start: address, end, denies: "nothing" }
            for (const interval of this.overlay([whole])) {
                if (interval.denies === "nothing") continue
                let page = interval.start - (interval.start % pageBytes)
                for (; page <= interval.end; page += pageBytes) pages.add(page)
            }
        }
        return pages
    }

    private update(): void {
        this.checksPrivileged = this.deniesOutsideRam()
        this.changed()
    }

    private deniesOutsideRam(): boolean {
        if (!this.enabled) return false
        if ((this.control & CTRL_PRIVDEFENA) === 0) return true
        return this.bases.some((_, region) => {
            const xn = (this.attributes[region]! & RASR_XN) !== 0
            return this.intervals(region).some(interval => {
                const { denies } = interval
                const code =
                    overlaps(interval, CODE) ||
                    overlaps(interval, SYSTEM_MEMORY)
                if (code && (xn || denies === "all")) return true
                return denies !== "nothing" && overlaps(interval, IO)
            })
        })
    }

    private writeRegion(offset: number, value: number): void {
        if (!isBase(offset)) {
            this.attributes[this.selected] = value
            if (value & RASR_ENABLE) this.checkAttributes(offset, value)
            return
        }
        if (value & RBAR_VALID) this.selected = value & (MPU_REGIONS - 1)
        this.bases[this.selected] = value & ~0x1f
    }

    private checkAttributes(offset: number, value: number): void {
        if (((value >>> 24) & 7) === AP_RESERVED)
            this.check.broken(offset, "AP 4 is reserved", value)
        if (((value >>> 1) & 0x1f) < SIZE_LEAST)
            this.check.broken(
                offset,
                "a region has 32 bytes at least: SIZE is 4 or more",
                value
            )
    }

    /** The region with the highest number decides. */
    private overlay(parts: Interval[]): Interval[] {
        let result = parts
        for (let region = 0; region < MPU_REGIONS; region++)
            for (const interval of this.intervals(region))
                result = result.flatMap(part => cover(part, interval))
        return result
    }

    /** The parts of a region that its SRD leaves enabled. */
    private intervals(region: number): Interval[] {
        const attributes = this.attributes[region]!
        if ((attributes & RASR_ENABLE) === 0) return []
        const bytes = 2 ** (((attributes >>> 1) & 0x1f) + 1)
        // PM0214 §4.2.8: the base is a multiple of the size.
        const start = Math.floor(this.bases[region]! / bytes) * bytes
        const denies = DENIED[(attributes >>> 24) & 7]!
        const disabled = bytes >= 256 ? (attributes >>> 8) & 0xff : 0
        if (disabled === 0) return [{ start, end: start + bytes - 1, denies }]
        const part = bytes / 8
        return [0, 1, 2, 3, 4, 5, 6, 7]
            .filter(index => (disabled & (1 << index)) === 0)
            .map(index => ({
                start: start + index * part,
                end: start + (index + 1) * part - 1,
                denies,
            }))
    }
}

/** RBAR and its aliases alternate with RASR and its. */
function isBase(offset: number): boolean {
    return ((offset - Register.RBAR) / 4) % 2 === 0
}

function overlaps(
    a: Interval,
    b: { readonly start: number; readonly end: number }
): boolean {
    return a.start <= b.end && a.end >= b.start
}

/** `part` with `over` laid on it. */
function cover(part: Interval, over: Interval): Interval[] {
    if (over.start > part.end || over.end < part.start) return [part]
    const pieces: Interval[] = []
    if (over.start > part.start) pieces.push({ ...part, end: over.start - 1 })
    pieces.push({
        start: Math.max(part.start, over.start),
        end: Math.min(part.end, over.end),
        denies: over.denies,
    })
    if (over.end < part.end) pieces.push({ ...part, start: over.end + 1 })
    return pieces
}

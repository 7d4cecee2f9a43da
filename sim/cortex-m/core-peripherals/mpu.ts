// SPDX-License-Identifier: MIT
// Memory protection unit (PM0214 §4.2): regions that deny the privileged program access to RAM, as stack guards do.
// Not modelled: XN, unprivileged access rights, regions outside RAM, memory attributes.

import type { MemoryRegion } from "../../../boards/board-file.ts"
import type { Rules } from "../../rules.ts"
import type { Peripheral } from "../../stm32/peripheral.ts"
import { RegisterRules } from "../../stm32/register-rules.ts"
import { GUARDS_MAX } from "../core-state.ts"

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

const REGIONS = 8
const CTRL_ENABLE = 1 << 0
const CTRL_HFNMIENA = 1 << 1
const CTRL_PRIVDEFENA = 1 << 2
const RBAR_VALID = 1 << 4

/** Addresses that the program may not write, or neither read. */
export interface Guard {
    readonly start: number
    /** Last byte. */
    readonly end: number
    readonly deniesRead: boolean
}

interface Interval {
    readonly start: number
    readonly end: number
    readonly denies: "nothing" | "write" | "all"
}

export class Mpu implements Peripheral {
    readonly name = "MPU"
    private control = 0
    private selected = 0
    private readonly bases = new Uint32Array(REGIONS)
    private readonly attributes = new Uint32Array(REGIONS)
    private readonly check: RegisterRules

    /**
     * @param memories RAM
     * @param changed called when the guards may be others than before
     */
    constructor(
        private readonly memories: readonly MemoryRegion[],
        private readonly rules: Rules,
        private readonly changed: () => void
    ) {
        this.check = new RegisterRules(rules, this)
    }

    reset(): void {
        this.control = 0
        this.selected = 0
        this.attributes.fill(0)
        this.changed()
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
                return REGIONS << 8
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
                this.selected = this.check.defined(offset, value, REGIONS - 1)
                return
            default:
                if (this.registerName(offset) === undefined)
                    return this.check.refusedWrite(offset, value)
                this.writeRegion(offset, value)
        }
        this.changed()
    }

    /** What is denied in RAM, in ascending order. */
    guards(): readonly Guard[] {
        if (!this.enabled) return []
        const background =
            this.control & CTRL_PRIVDEFENA ? "nothing" : ("all" as const)
        const guards: Guard[] = []
        for (const memory of this.memories) {
            const whole: Interval = {
                start: memory.address,
                end: memory.address + memory.bytes - 1,
                denies: background,
            }
            for (const interval of this.overlay([whole]))
                if (interval.denies !== "nothing")
                    guards.push({
                        start: interval.start,
                        end: interval.end,
                        deniesRead: interval.denies === "all",
                    })
        }
        if (guards.length > GUARDS_MAX)
            this.rules.violated(
                this.name,
                `regions deny ${guards.length} separate parts of RAM, the model checks ${GUARDS_MAX}`
            )
        return guards.slice(0, GUARDS_MAX)
    }

    private writeRegion(offset: number, value: number): void {
        if (!isBase(offset)) {
            this.attributes[this.selected] = value
            return
        }
        if (value & RBAR_VALID) this.selected = value & (REGIONS - 1)
        this.bases[this.selected] = value & ~0x1f
    }

    /** The region with the highest number decides. */
    private overlay(parts: Interval[]): Interval[] {
        let result = parts
        for (let region = 0; region < REGIONS; region++)
            for (const interval of this.intervals(region))
                result = result.flatMap(part => cover(part, interval))
        return result
    }

    /** The parts of a region that its SRD leaves enabled. */
    private intervals(region: number): Interval[] {
        const attributes = this.attributes[region]!
        if ((attributes & 1) === 0) return []
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

/** RBAR and its aliases alternate with RASR and its. */
function isBase(offset: number): boolean {
    return ((offset - Register.RBAR) / 4) % 2 === 0
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

// SPDX-License-Identifier: MIT
// System control block of the Cortex-M4 (PM0214 §4.4) with the FPU's access control (§4.6.1).
// Not modelled: priority boosting by SCR, BFHFNMIGN (an access in HardFault that fails is a lockup).

import type { Rules } from "../../rules.ts"
import type { Peripheral } from "../../stm32/peripheral.ts"
import { RegisterRules } from "../../stm32/register-rules.ts"
import { Exception, type Exceptions } from "../exceptions.ts"

export const SCB_BASE = 0xe000ed00
export const SCB_SIZE_BYTES = 0x8c

/** Offsets from SCB_BASE. */
export enum ScbRegister {
    CPUID = 0x00,
    ICSR = 0x04,
    VTOR = 0x08,
    AIRCR = 0x0c,
    SCR = 0x10,
    CCR = 0x14,
    SHPR1 = 0x18,
    SHPR2 = 0x1c,
    SHPR3 = 0x20,
    SHCSR = 0x24,
    CFSR = 0x28,
    HFSR = 0x2c,
    DFSR = 0x30,
    MMFAR = 0x34,
    BFAR = 0x38,
    AFSR = 0x3c,
    CPACR = 0x88,
}

/** ID_PFR0 to ID_ISAR4 (Cortex-M4 TRM table 4-1). */
const FEATURES_OFFSET = 0x40
const FEATURES = [
    0x00000030, 0x00000200, 0x00100000, 0x00000000, 0x00100030, 0x00000000,
    0x01000000, 0x00000000, 0x01101110, 0x02112000, 0x21232231, 0x01111131,
    0x01310132,
] as const

/** Cortex-M4 r0p1. */
const CPUID = 0x410fc241
const VECTKEY = 0x05fa
const VECTKEY_READ = 0xfa05

/** ICSR, PM0214 §4.4.3. */
const NMIPENDSET = 0x80000000
const PENDSVSET = 1 << 28
const PENDSVCLR = 1 << 27
const PENDSTSET = 1 << 26
const PENDSTCLR = 1 << 25
const ISRPENDING = 1 << 22
const RETTOBASE = 1 << 11

/** AIRCR. */
const SYSRESETREQ = 1 << 2
const VECTCLRACTIVE = 1 << 1
const VECTRESET = 1 << 0

/** Bits of SCR. */
export enum Scr {
    SLEEPONEXIT = 1 << 1,
    SLEEPDEEP = 1 << 2,
    SEVONPEND = 1 << 4,
}

/** Bits of CCR. */
export enum Ccr {
    USERSETMPEND = 1 << 1,
    UNALIGN_TRP = 1 << 3,
    DIV_0_TRP = 1 << 4,
    STKALIGN = 1 << 9,
}
const CCR_BITS = 0x31b
const CCR_RESET = 0x200

/** Bits of CFSR: MMFSR, BFSR, UFSR (PM0214 §4.4.10). */
export enum Cfsr {
    IACCVIOL = 1 << 0,
    DACCVIOL = 1 << 1,
    MUNSTKERR = 1 << 3,
    MSTKERR = 1 << 4,
    MMARVALID = 1 << 7,
    IBUSERR = 1 << 8,
    PRECISERR = 1 << 9,
    IMPRECISERR = 1 << 10,
    UNSTKERR = 1 << 11,
    STKERR = 1 << 12,
    BFARVALID = 1 << 15,
    UNDEFINSTR = 1 << 16,
    INVSTATE = 1 << 17,
    INVPC = 1 << 18,
    NOCP = 1 << 19,
    UNALIGNED = 1 << 24,
    DIVBYZERO = 1 << 25,
}

/** Bits of HFSR. */
export enum Hfsr {
    VECTTBL = 1 << 1,
    FORCED = 1 << 30,
}

/** SHCSR: enables 18:16, pending 15 and 14 to 12, active 11, 10, 8, 7, 3, 1, 0. */
const SHCSR_ENABLES = 0x70000
const SHCSR_PENDING: readonly (readonly [number, Exception])[] = [
    [15, Exception.SV_CALL],
    [14, Exception.BUS_FAULT],
    [13, Exception.MEM_MANAGE],
    [12, Exception.USAGE_FAULT],
]
const SHCSR_ACTIVE: readonly (readonly [number, Exception])[] = [
    [11, Exception.SYS_TICK],
    [10, Exception.PEND_SV],
    [8, Exception.DEBUG_MONITOR],
    [7, Exception.SV_CALL],
    [3, Exception.USAGE_FAULT],
    [1, Exception.BUS_FAULT],
    [0, Exception.MEM_MANAGE],
]

export interface ScbOptions {
    readonly rules: Rules
    readonly exceptions: Exceptions
    readonly anyInterruptPending: () => boolean
    /** The exception being served, as in IPSR. */
    readonly ipsr: () => number
    /** AIRCR.SYSRESETREQ. */
    readonly resetRequested: () => void
    /** CCR or CPACR changed. */
    readonly changed: () => void
}

/** SCB: exceptions by software, faults, resets, sleep modes. */
export class Scb implements Peripheral {
    readonly name = "SCB"
    vtor = 0
    scr = 0
    ccr = CCR_RESET
    cfsr = 0
    hfsr = 0
    mmfar = 0
    bfar = 0
    cpacr = 0
    private dfsr = 0
    private readonly check: RegisterRules

    constructor(private readonly options: ScbOptions) {
        this.check = new RegisterRules(options.rules, this)
    }

    reset(): void {
        this.vtor = 0
        this.scr = 0
        this.ccr = CCR_RESET
        this.cfsr = 0
        this.hfsr = 0
        this.dfsr = 0
        this.cpacr = 0
    }

    /** CPACR lets the program use the FPU (CP10 and CP11 full access). */
    get fpuOn(): boolean {
        return ((this.cpacr >>> 20) & 0xf) === 0xf
    }

    registerName(offset: number): string | undefined {
        const feature = (offset - FEATURES_OFFSET) / 4
        if (feature >= 0 && feature < FEATURES.length) return `ID${feature}`
        return ScbRegister[offset]
    }

    otherLanes(offset: number): number {
        return offset === ScbRegister.CFSR ? 0 : this.readUint32(offset)
    }

    readUint32(offset: number): number {
        const feature = (offset - FEATURES_OFFSET) / 4
        if (feature >= 0 && feature < FEATURES.length) return FEATURES[feature]!
        switch (offset) {
            case ScbRegister.CPUID:
                return CPUID
            case ScbRegister.ICSR:
                return this.readIcsr()
            case ScbRegister.VTOR:
                return this.vtor
            case ScbRegister.AIRCR:
                return (
                    ((VECTKEY_READ << 16) |
                        (this.options.exceptions.priorityGroup << 8)) >>>
                    0
                )
            case ScbRegister.SCR:
                return this.scr
            case ScbRegister.CCR:
                return this.ccr
            case ScbRegister.SHPR1:
            case ScbRegister.SHPR2:
            case ScbRegister.SHPR3:
                return this.readPriorities(offset - ScbRegister.SHPR1)
            case ScbRegister.SHCSR:
                return this.readShcsr()
            case ScbRegister.CFSR:
                return this.cfsr
            case ScbRegister.HFSR:
                return this.hfsr
            case ScbRegister.DFSR:
                return this.dfsr
            case ScbRegister.MMFAR:
                return this.mmfar
            case ScbRegister.BFAR:
                return this.bfar
            case ScbRegister.AFSR:
                return 0
            case ScbRegister.CPACR:
                return this.cpacr
            default:
                return this.check.unknownRead(offset)
        }
    }

    writeUint32(offset: number, value: number): void {
        switch (offset) {
            case ScbRegister.ICSR:
                return this.writeIcsr(value)
            case ScbRegister.VTOR:
                // PM0214 §4.4.4: bits 29:9.
                this.vtor = this.check.defined(offset, value, 0x3ffffe00)
                return
            case ScbRegister.AIRCR:
                return this.writeAircr(offset, value)
            case ScbRegister.SCR:
                this.scr = this.check.defined(
                    offset,
                    value,
                    Scr.SLEEPONEXIT | Scr.SLEEPDEEP | Scr.SEVONPEND
                )
                return
            case ScbRegister.CCR:
                this.ccr = this.check.defined(offset, value, CCR_BITS)
                return this.options.changed()
            case ScbRegister.SHPR1:
            case ScbRegister.SHPR2:
            case ScbRegister.SHPR3:
                return this.writePriorities(offset, value)
            case ScbRegister.SHCSR:
                return this.writeShcsr(value)
            case ScbRegister.CFSR:
                this.cfsr &= ~value
                return
            case ScbRegister.HFSR:
                this.hfsr &= ~value
                return
            case ScbRegister.DFSR:
                this.dfsr &= ~value
                return
            case ScbRegister.MMFAR:
                this.mmfar = value
                return
            case ScbRegister.BFAR:
                this.bfar = value
                return
            case ScbRegister.AFSR:
                return
            case ScbRegister.CPACR:
                this.cpacr = this.check.defined(offset, value, 0x00f00000)
                return this.options.changed()
            default:
                return this.check.refusedWrite(offset, value)
        }
    }

    private readIcsr(): number {
        const { exceptions } = this.options
        const pending = exceptions.mostUrgent()?.exception ?? 0
        let value = this.options.ipsr() | (pending << 12)
        if (exceptions.isPending(Exception.NMI)) value |= NMIPENDSET
        if (exceptions.isPending(Exception.PEND_SV)) value |= PENDSVSET
        if (exceptions.isPending(Exception.SYS_TICK)) value |= PENDSTSET
        if (this.options.anyInterruptPending()) value |= ISRPENDING
        if (exceptions.depth <= 1) value |= RETTOBASE
        return value >>> 0
    }

    private writeIcsr(value: number): void {
        const { exceptions } = this.options
        if (value & NMIPENDSET) exceptions.setPending(Exception.NMI, true)
        if (value & PENDSVCLR) exceptions.setPending(Exception.PEND_SV, false)
        if (value & PENDSVSET) exceptions.setPending(Exception.PEND_SV, true)
        if (value & PENDSTCLR) exceptions.setPending(Exception.SYS_TICK, false)
        if (value & PENDSTSET) exceptions.setPending(Exception.SYS_TICK, true)
    }

    private writeAircr(offset: number, value: number): void {
        if (value >>> 16 !== VECTKEY)
            return this.check.refusedWrite(
                offset,
                value,
                "VECTKEY is not 0x05FA: the silicon ignores the write"
            )
        this.options.exceptions.priorityGroup = (value >>> 8) & 7
        if (value & (VECTCLRACTIVE | VECTRESET))
            this.check.broken(
                offset,
                "VECTCLRACTIVE and VECTRESET are for debuggers and not modelled",
                value
            )
        if (value & SYSRESETREQ) this.options.resetRequested()
    }

    private readShcsr(): number {
        const { exceptions } = this.options
        let value = exceptions.faultEnables
        for (const [bit, exception] of SHCSR_PENDING)
            if (exceptions.isPending(exception)) value |= 1 << bit
        for (const [bit, exception] of SHCSR_ACTIVE)
            if (exceptions.isActive(exception)) value |= 1 << bit
        return value
    }

    /** Pending bits can be written; active bits are left as they are (the manual warns against writing them). */
    private writeShcsr(value: number): void {
        const { exceptions } = this.options
        exceptions.faultEnables = value & SHCSR_ENABLES
        for (const [bit, exception] of SHCSR_PENDING)
            exceptions.setPending(exception, (value & (1 << bit)) !== 0)
    }

    private readPriorities(at: number): number {
        const bytes = this.options.exceptions.systemPriorities
        return new DataView(bytes.buffer).getUint32(at, true)
    }

    private writePriorities(offset: number, value: number): void {
        const bits = this.check.defined(offset, value, 0xf0f0f0f0)
        const bytes = this.options.exceptions.systemPriorities
        new DataView(bytes.buffer).setUint32(
            offset - ScbRegister.SHPR1,
            bits,
            true
        )
    }
}

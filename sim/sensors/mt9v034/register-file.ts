// SPDX-License-Identifier: MIT
// The registers of the MT9V034 as the control interface sees them: contents, lock, log.

import type { Rules } from "../../rules.ts"
import type { RegisterLog } from "../../trace/register-log.ts"
import { brokenRule, doubtfulRule, nearestLegal } from "./register-rules.ts"
import { Reg } from "./register-addresses.ts"
import {
    inContextB,
    registerAt,
    REGISTERS,
    type RegisterSpec,
} from "./registers.ts"

export const BLOCK = "MT9V034"

const LOCK_ALL = 0xdead
const LOCK_READ_MODE = 0xdeaf
const CONTEXT_B = 1 << 15

export class RegisterFile {
    /** A register has its new value. Called after the write is stored and logged. */
    onWrite: ((address: Reg, value: number) => void) | undefined
    /** What a read-only register reads now; undefined: its reset value. */
    onRead: ((address: Reg) => number | undefined) | undefined

    private readonly values = new Uint16Array(256)

    constructor(
        private readonly rules: Rules,
        private readonly log: RegisterLog
    ) {
        this.reset()
    }

    /** RESET_BAR: every register has its reset value. */
    reset(): void {
        for (const spec of REGISTERS) this.values[spec.address] = spec.reset
    }

    /** Content of a register, for the model's own use: no log, no rules. */
    get(address: Reg): number {
        return this.values[address]!
    }

    /** Context A's register, or what stands for it in the active context. */
    active(address: Reg): number {
        return this.values[this.contextB ? inContextB(address) : address]!
    }

    /** The byte of a register with fields for context A in [7:0] and for B in [15:8]. */
    activeByte(address: Reg): number {
        const value = this.values[address]!
        return this.contextB ? value >> 8 : value & 0xff
    }

    get contextB(): boolean {
        return (this.values[Reg.CHIP_CONTROL]! & CONTEXT_B) !== 0
    }

    /** All 16 bits of a write have arrived. */
    write(address: number, value: number): void {
        const spec = registerAt(address)
        if (spec === undefined) return this.unknown(address, "write", value)
        this.log.write(BLOCK, spec.name, value)
        const locked = this.lockedRule(spec)
        if (locked !== undefined)
            return this.rules.violated(BLOCK, locked, spec.name, value)
        if (spec.access === "ro")
            return this.rules.warned(
                BLOCK,
                "is read only: the write takes no effect",
                spec.name,
                value
            )
        const rule = brokenRule(spec, value)
        if (rule !== undefined) {
            this.rules.violated(BLOCK, rule, spec.name, value)
            value = nearestLegal(spec, value)
        }
        const doubt = doubtfulRule(spec, value)
        if (doubt !== undefined)
            this.rules.warned(BLOCK, doubt, spec.name, value)
        // R0x0C clears itself and reads 0.
        this.values[address] = address === Reg.RESET ? 0 : value
        this.onWrite?.(address, value)
    }

    read(address: number): number {
        const spec = registerAt(address)
        if (spec === undefined) {
            this.unknown(address, "read")
            return 0
        }
        const value =
            (spec.access === "ro" ? this.onRead?.(address) : undefined) ??
            this.values[address]!
        this.log.read(BLOCK, spec.name, value)
        return value
    }

    private lockedRule(spec: RegisterSpec): string | undefined {
        const lock = this.values[Reg.REGISTER_LOCK]
        if (lock === LOCK_ALL && spec.address !== Reg.REGISTER_LOCK)
            return "REGISTER_LOCK is 0xdead: all other registers are read-only"
        const isReadMode =
            spec.address === Reg.READ_MODE_A || spec.address === Reg.READ_MODE_B
        return lock === LOCK_READ_MODE && isReadMode
            ? "REGISTER_LOCK is 0xdeaf: READ_MODE_A and READ_MODE_B are read-only"
            : undefined
    }

    private unknown(address: number, access: string, value?: number): void {
        const name = `R0x${address.toString(16).padStart(2, "0")}`
        const rule = `${access} of a register that the sheet does not have`
        this.rules.violated(BLOCK, rule, name, value)
    }
}

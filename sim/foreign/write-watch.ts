// SPDX-License-Identifier: MIT
// What a firmware wrote to the registers of the capture, whatever the models made of it: the last value, and all bits.

import { RegisterLog } from "../trace/register-log.ts"

export interface WrittenRegister {
    readonly last: number
    /** All values, one after the other, or'ed. */
    readonly bits: number
    readonly count: number
}

/** A register log that keeps nothing but this. */
export class WriteWatch extends RegisterLog {
    private readonly registers = new Map<
        string,
        { last: number; bits: number; count: number }
    >()

    constructor() {
        super(() => 0, false, false)
    }

    override write(block: string, register: string, value: number): void {
        const name = `${block}_${register}`
        const known = this.registers.get(name)
        if (known === undefined) {
            this.registers.set(name, { last: value, bits: value, count: 1 })
            return
        }
        known.last = value
        known.bits |= value
        known.count++
    }

    /** @param name block and register, as "DCMI_CR"; undefined: never written */
    of(name: string): WrittenRegister | undefined {
        return this.registers.get(name)
    }
}

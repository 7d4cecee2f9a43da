// SPDX-License-Identifier: MIT
// The rules that every register block shares: unknown registers, read-only registers, reserved bits.

import type { Rules } from "../rules.ts"
import type { Peripheral } from "./peripheral.ts"

/** Rules of one block, with the block's and the register's name in every message. */
export class RegisterRules {
    constructor(
        private readonly rules: Rules,
        private readonly block: Pick<Peripheral, "name" | "registerName">,
        /** Where the manual describes a register, as "RM0090 10.5.5": the source of rules that name no other. */
        private readonly sectionOf: (
            offset: number
        ) => string | undefined = () => undefined
    ) {}

    /** A rule of the manual about one register: an error. */
    broken(
        offset: number,
        rule: string,
        value?: number,
        section = this.sectionOf(offset)
    ): void {
        this.rules.violated(
            this.block.name,
            rule,
            this.register(offset),
            value,
            section
        )
    }

    /** What the manual reserves or advises against, and what does no harm as it is done. */
    doubtful(
        offset: number,
        rule: string,
        value?: number,
        section = this.sectionOf(offset)
    ): void {
        this.rules.warned(
            this.block.name,
            rule,
            this.register(offset),
            value,
            section
        )
    }

    /** A read of something that is not modelled. @returns what permissive mode reads */
    unknownRead(offset: number): number {
        this.broken(offset, "no model for a read of this register")
        return 0
    }

    /** A write to something that is not modelled, or that cannot be written. */
    refusedWrite(
        offset: number,
        value: number,
        why = "no model for a write to this register"
    ): void {
        this.broken(offset, why, value)
    }

    /** @returns `value` without the bits that the manual reserves; 1s in them break a rule. */
    defined(offset: number, value: number, mask: number): number {
        const reserved = (value & ~mask) >>> 0
        if (reserved !== 0)
            this.broken(
                offset,
                `reserved or not modelled bits 0x${reserved.toString(16)} are written 1`,
                value
            )
        return (value & mask) >>> 0
    }

    /** As `defined`, of a register whose reserved bits take no effect: 1s in them are a warning. */
    ignoreReserved(offset: number, value: number, mask: number): number {
        const reserved = (value & ~mask) >>> 0
        if (reserved !== 0)
            this.doubtful(
                offset,
                `reserved bits 0x${reserved.toString(16)} are written 1 and take no effect`,
                value
            )
        return (value & mask) >>> 0
    }

    private register(offset: number): string {
        return (
            this.block.registerName(offset) ??
            `0x${offset.toString(16).padStart(2, "0")}`
        )
    }
}

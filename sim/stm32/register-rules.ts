// SPDX-License-Identifier: MIT
// The rules that every register block shares: unknown registers, read-only registers, reserved bits.

import type { Rules } from "../rules.ts"
import type { Peripheral } from "./peripheral.ts"

/**
 * Sections of a manual that describes registers one by one, in the order of their addresses.
 * @param chapter as "RM0090 15.8": the first register is in 15.8.1
 * @param registers an enumeration of offsets
 */
export function sectionsInOrder(
    chapter: string,
    registers: Readonly<Record<string, string | number>>
): (offset: number) => string {
    const offsets = Object.values(registers)
        .filter(value => typeof value === "number")
        .sort((a, b) => a - b)
    return offset => {
        const index = offsets.indexOf(offset)
        return index < 0 ? chapter : `${chapter}.${index + 1}`
    }
}

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

    /** A write to a register that is read only: the silicon ignores it. */
    readOnlyWrite(offset: number, value: number): void {
        this.doubtful(offset, "is read only: the write takes no effect", value)
    }

    /**
     * @param mask bits that the model has
     * @param documented bits that the manual has; left out: `mask`, and a 1 outside of it is an error
     * @returns `value` within `mask`. A documented bit that is not modelled is an error, a reserved one a warning
     */
    defined(
        offset: number,
        value: number,
        mask: number,
        documented?: number
    ): number {
        const known =
            documented === undefined
                ? value
                : this.ignoreReserved(offset, value, documented)
        const reserved = (known & ~mask) >>> 0
        if (reserved !== 0)
            this.broken(
                offset,
                `${documented === undefined ? "reserved or not modelled bits" : "bits that are not modelled,"} 0x${reserved.toString(16)}${documented === undefined ? "" : ","} are written 1`,
                value
            )
        return (known & mask) >>> 0
    }

    /** @returns `value` within `mask`, the bits of the manual: 1s in reserved bits take no effect, and are a warning. */
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

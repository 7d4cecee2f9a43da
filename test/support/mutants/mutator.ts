// SPDX-License-Identifier: MIT
// Programs that no compiler would make: bytecode images of DeviceScript with one thing or a few changed, where the VM looks.
//
// Source of the format: runtime/devicescript/devs_format.h and the generated devs_bytecode.h of DeviceScript 2.16.4.

import {
    operationStarts,
    WITH_INTEGER,
} from "../../../toolchain/devicescript/bytecode.ts"
import {
    OPERATIONS,
    SMALL_INTEGERS,
} from "../../../toolchain/vm/operation-counts.ts"
import { randomWords } from "../firmware/slots/fake-flash.ts"

/** A program to make mutants of. */
export interface MutantBase {
    readonly bytecode: Uint8Array
    /** Bytes at which operations begin; those that a run executes are worth more. */
    readonly operations: readonly number[]
}

export interface Mutant {
    readonly bytecode: Uint8Array
    /** What was changed. */
    readonly way: MutationName
}

/** devs_img_header_t: magic, version, counts of globals and services; the sections begin behind it. */
const COUNTS_AT = 12
const SECTIONS_AT = 32
const HEADER_BYTES = 112
/** Sections: functions, code, floats, roles, ASCII strings, UTF-8 strings, buffers, text, services, settings. */
const FUNCTIONS = 0
const CODE = 1
const DATA = [2, 3, 4, 5, 6, 7, 8, 9] as const

/** devs_function_desc_t: start, length, slots, arguments, flags, name. */
const DESCRIPTOR_BYTES = 16
const SLOTS_AT = 8

/** Where arithmetic of offsets and lengths goes wrong. */
const EDGES = [
    0, 1, 2, 3, 4, 7, 8, 16, 127, 128, 255, 256, 0x7fff, 0x8000, 0xffff,
    0x10000, 0x7fffffff, 0x80000000, 0xfffffff0, 0xfffffffc, 0xffffffff,
] as const

interface Section {
    readonly start: number
    readonly bytes: number
}

class Draft {
    readonly bytes: Uint8Array
    readonly view: DataView

    constructor(
        private readonly base: MutantBase,
        private readonly random: () => number
    ) {
        // Not slice(), which for a Buffer is a view.
        this.bytes = Uint8Array.from(base.bytecode)
        this.view = new DataView(this.bytes.buffer)
    }

    /** A whole number below `limit`, which is at least 1. */
    below(limit: number): number {
        return this.random() % limit
    }

    pick<T>(from: readonly T[]): T {
        return from[this.below(from.length)]!
    }

    section(index: number): Section {
        const at = SECTIONS_AT + 8 * index
        return {
            start: this.view.getUint32(at, true),
            bytes: this.view.getUint32(at + 4, true),
        }
    }

    operation(): number {
        return this.pick(this.base.operations)
    }

    /** Anywhere in a section that is not empty. */
    placeIn(sections: readonly number[]): number {
        const filled = sections.filter(index => this.section(index).bytes > 0)
        const { start, bytes } = this.section(this.pick(filled))
        return start + this.below(bytes)
    }

    putWord(at: number): void {
        const near = this.view.getUint32(at, true) + this.below(17) - 8
        const far = this.below(2) === 0 ? this.pick(EDGES) : this.random()
        this.view.setUint32(at, this.below(2) === 0 ? near : far, true)
    }

    putHalf(at: number): void {
        const near = this.view.getUint16(at, true) + this.below(17) - 8
        this.view.setUint16(
            at,
            this.below(2) === 0 ? near : this.pick(EDGES),
            true
        )
    }

    putByte(at: number): void {
        this.bytes[at] = this.below(256)
    }
}

/** What is changed, and how. */
const MUTATIONS = {
    /** Bits of the code. */
    "code bits": draft => {
        for (let times = 1 + draft.below(3); times > 0; times--)
            draft.bytes[draft.placeIn([CODE])]! ^= 1 << draft.below(8)
    },
    /** Bytes at operations that run. */
    "code bytes": draft => {
        for (let times = 1 + draft.below(3); times > 0; times--)
            draft.putByte(draft.operation() + draft.below(3))
    },
    /** Another operation in the place of one. */
    operation: draft => {
        draft.bytes[draft.operation()] =
            draft.below(8) === 0
                ? SMALL_INTEGERS + draft.below(256 - SMALL_INTEGERS)
                : 1 + draft.below(OPERATIONS - 1)
    },
    /** Another local, global, function, string, or target of a jump. */
    operand: draft => {
        const at = draft.operation()
        const tries = Array.from({ length: 16 }, () => draft.operation())
        const found = [at, ...tries].find(start =>
            WITH_INTEGER.includes(draft.bytes[start]!)
        )
        draft.putByte((found ?? at) + 1)
    },
    /** Operations of another place. */
    splice: draft => {
        const from = draft.operation()
        draft.bytes.copyWithin(
            draft.operation(),
            from,
            from + 1 + draft.below(24)
        )
    },
    /** A function's bounds, its slots, arguments, flags or name. */
    function: draft => {
        const { start, bytes } = draft.section(FUNCTIONS)
        const count = bytes / DESCRIPTOR_BYTES
        // The first one is the module itself.
        const index = draft.below(3) === 0 ? 0 : draft.below(count)
        const at = start + index * DESCRIPTOR_BYTES
        const field = draft.below(6)
        if (field < 2) draft.putWord(at + 4 * field)
        else if (field === 2) draft.putHalf(at + SLOTS_AT)
        else draft.putByte(at + SLOTS_AT + field - 1)
    },
    /** Strings, numbers, buffers, services, settings: their tables or what those point to. */
    data: draft => {
        for (let times = 1 + draft.below(3); times > 0; times--)
            draft.putByte(draft.placeIn(DATA))
    },
    /** An entry of one of these tables. */
    "table entry": draft => {
        const at = Math.min(draft.placeIn(DATA), draft.bytes.length - 4) & ~3
        if (draft.below(2) === 0) draft.putWord(at)
        else draft.putHalf(at)
    },
    /** Where a section begins, or its length. */
    section: draft => {
        draft.putWord(
            SECTIONS_AT + 4 * draft.below((HEADER_BYTES - SECTIONS_AT) / 4)
        )
    },
    /** Counts of globals and services, and whatever else is in the header. */
    header: draft => {
        if (draft.below(2) === 0) draft.putHalf(COUNTS_AT + 2 * draft.below(2))
        else draft.putByte(draft.below(HEADER_BYTES))
    },
    /** What is behind a place is erased flash: cut short by whoever wrote it. */
    truncation: draft => {
        draft.bytes.fill(0xff, draft.below(draft.bytes.length))
    },
} satisfies Record<string, (draft: Draft) => void>

export type MutationName = keyof typeof MUTATIONS
export const MUTATION_NAMES = Object.keys(MUTATIONS) as MutationName[]

/** So often each: code is what runs, and most of the rest is refused before. */
const WEIGHTS: Readonly<Record<MutationName, number>> = {
    "code bits": 2,
    "code bytes": 4,
    operation: 5,
    operand: 5,
    splice: 4,
    function: 3,
    data: 2,
    "table entry": 2,
    section: 1,
    header: 1,
    truncation: 1,
}
const LOTS = MUTATION_NAMES.flatMap(name =>
    Array.from({ length: WEIGHTS[name] }, () => name)
)

/** @param executed operations by the byte that each begins at, of a run; left out: all operations of the image are worth the same */
export function mutantBase(
    bytecode: Uint8Array,
    executed?: Uint32Array
): MutantBase {
    const all = operationStarts(bytecode).flat()
    const ran = all.filter(at => executed !== undefined && executed[at]! > 0)
    return { bytecode, operations: ran.length > 0 ? ran : all }
}

/** The same mutant for the same base and seed; as long as the base. */
export function mutantOf(base: MutantBase, seed: number): Mutant {
    const random = randomWords(seed)
    // The first words of neighbouring seeds are alike.
    for (let i = 0; i < 8; i++) random()
    const draft = new Draft(base, random)
    const way = draft.pick(LOTS)
    MUTATIONS[way](draft)
    return { bytecode: draft.bytes, way }
}

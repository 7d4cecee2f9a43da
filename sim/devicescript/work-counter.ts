// SPDX-License-Identifier: MIT
// Counts what a VM does, and what it costs on a board.

import {
    eachVmWork,
    VM_WORK,
    type VmCycles,
    type VmWork,
    type VmWorkKind,
} from "../../boards/vm-cycles.ts"
import {
    OPERATION_CODES,
    OPERATION_COUNTS,
    OPERATIONS,
    SMALL_INTEGERS,
} from "../../toolchain/vm/operation-counts.ts"

/** Kinds of operations that cost more than others, by their codes in DeviceScript's bytecode (its compiler 2.16.4, enum Op). */
const CODES = {
    // CALL0 to CALL8, CALL_ARRAY
    call: [2, 3, 4, 5, 6, 7, 8, 9, 10, 79],
    // OBJECT_FIELD, BUILTIN_FIELD, ASCII_FIELD, UTF8_FIELD, MATH_FIELD, DS_FIELD
    field: [16, 26, 27, 28, 29, 30],
    // INDEX, INDEX_SET
    element: [24, 25],
    // BIND, ALLOC_MAP, ALLOC_ARRAY, ALLOC_BUFFER, MAKE_CLOSURE, NEW
    allocation: [15, 31, 32, 33, 75, 88],
    // DIV
    division: [61],
} satisfies Partial<Record<VmWorkKind, readonly number[]>>

/** One kind, or none, by code. */
const KIND_OF = new Map(
    Object.entries(CODES).flatMap(([kind, codes]) =>
        codes.map(code => [code, kind as VmWorkKind] as const)
    )
)

/** Counts of one VM, since it was made. */
export class WorkCounter {
    private readonly counters: Uint32Array
    private readonly counts: Record<VmWorkKind, number>

    /** @param memory of a VM with operation counts */
    constructor(memory: WebAssembly.Memory) {
        this.counters = new Uint32Array(
            memory.buffer,
            OPERATION_COUNTS,
            OPERATION_CODES
        )
        this.counts = eachVmWork(0)
    }

    /** Count what is not an operation. */
    add(kind: VmWorkKind, times = 1): void {
        this.counts[kind] += times
    }

    /** What has been done by now; the object stays, its numbers grow with each call. */
    work(): VmWork {
        const { counters, counts } = this
        for (let code = 0; code < OPERATION_CODES; code++) {
            // Where no operation has its code, the memory has another use.
            if (code === OPERATIONS) code = SMALL_INTEGERS
            const times = counters[code]!
            if (times === 0) continue
            counters[code] = 0
            counts.operation += times
            const kind = KIND_OF.get(code)
            if (kind !== undefined) counts[kind] += times
        }
        return counts
    }
}

/** What one operation costs, HCLK cycles. @param code its first byte */
export function operationCycles(code: number, rates: VmCycles): number {
    const kind = KIND_OF.get(code)
    return rates.operation + (kind === undefined ? 0 : rates[kind])
}

/** What work costs, HCLK cycles. */
export function cyclesOf(work: VmWork, rates: VmCycles): number {
    let cycles = 0
    for (const kind of VM_WORK) cycles += work[kind] * rates[kind]
    return cycles
}

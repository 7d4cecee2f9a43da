// SPDX-License-Identifier: MIT
// What an emulated core executed, and where: the tree of calls that tally.c keeps, with names.

import type { SymbolTable } from "../../../toolchain/elf/symbol-table.ts"
import { TALLY_NODE_BYTES, type CpuCore } from "../unicorn.ts"

/** What a node of the tree stands for. */
export type TallyKind =
    /** A function; `value` is its address, 0 for code without a name. */
    | "function"
    /** A handler; `value` is the exception's number, 0 for thread mode. */
    | "exception"
    /** Entries and returns of exceptions. */
    | "entries"
    /** A place in the bytecode; `value` as tallyVm() was told. */
    | "place"

/** A call by a certain way, without what it called. */
export interface TallyNode {
    /** Its index; the root's is its own. */
    readonly parent: number
    readonly kind: TallyKind
    readonly value: number
    readonly instructions: number
    /** HCLK cycles, with waits of its accesses. */
    readonly cycles: number
}

/** Where the VM's operations are to be seen; as cam_tally_vm_t. */
export interface TalliedVm {
    /** The function with the loop over operations, whose first argument is a fiber. */
    readonly loop: { readonly address: number; readonly bytes: number }
    /** Of the context's address in a fiber, bytes. */
    readonly contextOffset: number
    /** Of the bytecode's address in a context, bytes. */
    readonly imageOffset: number
    /** Of each byte of the bytecode; NO_PLACE where no operation begins. */
    readonly places: Uint16Array
}

/** No operation begins here. */
export const NO_PLACE = 0xffff

const KIND_MASK = 0xc0000000
const KIND_EXCEPTION = 0x40000000
const KIND_PLACE = 0x80000000
const ENTRIES = 0x200

/** Made by Mcu.startTally(). */
export class CoreTally {
    private bytecodeBytes = 0

    /**
     * @param cyclesPerUnit of what the core's budget counts
     * @param followCalls false: counts by address only, and no tree
     */
    constructor(
        private readonly core: CpuCore,
        symbols: SymbolTable | undefined,
        private readonly cyclesPerUnit: number,
        followCalls: boolean
    ) {
        core.startTally(followCalls ? functionRanges(symbols) : null)
    }

    /** Look at the DeviceScript VM as well. */
    watchVm({ loop, contextOffset, imageOffset, places }: TalliedVm): void {
        this.bytecodeBytes = places.length
        const words = [
            loop.address,
            loop.address + loop.bytes,
            contextOffset,
            imageOffset,
            places.length,
        ]
        this.core.tallyVm(Uint32Array.from(words), places)
    }

    /** Cycles in which nothing is executed. @param entry they are those of an exception's entry or return */
    passed(cycles: number, entry: boolean): void {
        this.core.tallyPassed(cycles, entry)
    }

    /** So many exceptions are active, and which is the innermost. */
    exceptions(depth: number, exception: number): void {
        this.core.tallyExceptions(depth, exception)
    }

    /** The core was reset. */
    reset(): void {
        this.core.resetTally()
    }

    /** The tree as of now; the first node is its root. */
    nodes(): TallyNode[] {
        const view = this.core.tallyNodes()
        const count = view.byteLength / TALLY_NODE_BYTES
        return Array.from({ length: count }, (_, index) => {
            const at = index * TALLY_NODE_BYTES
            const number64 = (offset: number): number =>
                Number(view.getBigUint64(at + offset, true))
            return {
                parent: view.getUint32(at, true),
                ...kindOf(view.getUint32(at + 4, true)),
                instructions: number64(8),
                cycles: number64(16) * this.cyclesPerUnit + number64(24),
            }
        })
    }

    /** Of each halfword of code: [times begun, times that what came next was not behind it]. */
    counts(address: number, bytes: number): Uint32Array {
        return this.core.tallyCounts(address, bytes)
    }

    /** Of each byte of the bytecode how often an operation began there. */
    operations(): Uint32Array {
        return this.core.tallyOperations(this.bytecodeBytes)
    }
}

function kindOf(key: number): Pick<TallyNode, "kind" | "value"> {
    const value = (key & ~KIND_MASK) >>> 0
    switch ((key & KIND_MASK) >>> 0) {
        case KIND_EXCEPTION:
            return value === ENTRIES
                ? { kind: "entries", value: 0 }
                : { kind: "exception", value }
        case KIND_PLACE:
            return { kind: "place", value }
        default:
            return { kind: "function", value }
    }
}

/** Begin and end of each, by address; of several at one address one. */
function functionRanges(symbols: SymbolTable | undefined): Uint32Array {
    const addresses = (symbols?.all ?? [])
        .filter(({ isFunction }) => isFunction)
        .map(({ address }) => address)
        .sort((a, b) => a - b)
        .filter((address, index, all) => address !== all[index - 1])
    return Uint32Array.from(
        addresses.flatMap((address, index) => {
            const next = addresses[index + 1] ?? Infinity
            let end = symbols!.functionAt(address)!.bytes
            // Hand-written assembly without a size.
            if (end === 0) end = Math.min(next - address, 0x400)
            return [address, address + end]
        })
    )
}

// SPDX-License-Identifier: MIT
// What the functions of several firmwares executed, in sum: builds for other boards have the same functions at other
// addresses.

import type { ExecutionCounts } from "../../../sim/inside/core-coverage.ts"
import type { ProgramMap } from "../../../toolchain/elf/program-map.ts"
import type { ThumbInstruction } from "../../../toolchain/elf/thumb-instructions.ts"

/** A function, and what tells it from another one of its name: the lengths of its instructions and what they decide. */
export interface FunctionShape {
    readonly key: string
    readonly instructions: readonly ThumbInstruction[]
}

/** Names that wasm2c gives to the VM's functions: they are stock, and no room of ours. */
const OF_THE_VM = /^w2c_/

/** All functions of a firmware but the VM's. */
export function functionShapes(map: ProgramMap): FunctionShape[] {
    const byFunction = new Map<number, ThumbInstruction[]>()
    const names = new Map<number, string>()
    for (const instruction of map.instructions()) {
        const symbol = map.symbols.functionAt(instruction.address)
        if (!symbol || OF_THE_VM.test(symbol.name)) continue
        names.set(symbol.address, symbol.name)
        const known = byFunction.get(symbol.address)
        if (known) known.push(instruction)
        else byFunction.set(symbol.address, [instruction])
    }
    return [...byFunction].map(([address, instructions]) => ({
        key: `${names.get(address)!} ${instructions.map(shapeOf).join("")}`,
        instructions,
    }))
}

function shapeOf({ bytes, decision, block }: ThumbInstruction): string {
    return `${bytes}${decision?.[0] ?? ""}${decision === "it" ? block.length : ""}`
}

/** Of each instruction of a function, by turns: times begun, times that what came next was not behind it. */
export type FunctionCounts = Map<string, number[]>

/** Add the counts of one board. */
export function addCounts(
    sums: FunctionCounts,
    shapes: readonly FunctionShape[],
    counts: (address: number, bytes: number) => Uint32Array
): void {
    const addresses = shapes.flatMap(({ instructions }) => [
        instructions[0]!.address,
        instructions.at(-1)!.address,
    ])
    const first = addresses.reduce((a, b) => Math.min(a, b))
    const last = addresses.reduce((a, b) => Math.max(a, b))
    // Two counts for each two bytes of code.
    const all = counts(first, last + 2 - first)
    for (const { key, instructions } of shapes) {
        const own = instructions.flatMap(({ address }) => [
            all[address - first]!,
            all[address - first + 1]!,
        ])
        addTo(sums, key, own)
    }
}

/** Add what another process has summed up. */
export function addSums(sums: FunctionCounts, others: FunctionCounts): void {
    for (const [key, own] of others) addTo(sums, key, own)
}

function addTo(
    sums: FunctionCounts,
    key: string,
    own: readonly number[]
): void {
    const sum = sums.get(key)
    if (!sum) sums.set(key, [...own])
    else for (const [index, count] of own.entries()) sum[index]! += count
}

/** The counts as those of one firmware, by address. */
export function countsOf(
    sums: FunctionCounts,
    shapes: readonly FunctionShape[]
): ExecutionCounts {
    const byAddress = new Map<number, readonly [number, number]>()
    for (const { key, instructions } of shapes) {
        const sum = sums.get(key)
        if (!sum) continue
        for (const [index, { address }] of instructions.entries())
            byAddress.set(address, [sum[index * 2]!, sum[index * 2 + 1]!])
    }
    return {
        counts: address => byAddress.get(address) ?? [0, 0],
    }
}

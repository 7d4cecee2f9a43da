// SPDX-License-Identifier: MIT
// Coverage of an ELF file that knows nothing of it: lines by its debug information, branches by its conditional
// instructions, both by the tally of the core that executed it.

import type { ProgramMap } from "../../toolchain/elf/program-map.ts"
import type { ThumbInstruction } from "../../toolchain/elf/thumb-instructions.ts"
import type { Coverage } from "./coverage.ts"

/** Of code, by address: a core's tally, or a sum of several. */
export interface ExecutionCounts {
    /** Of each halfword: times begun, times that what came next was not behind it. */
    counts(address: number, bytes: number): Iterable<number>
}

/** An instruction with what the tally has of it. */
interface Counted extends ThumbInstruction {
    readonly file: string
    readonly line: number
    readonly begun: number
    readonly jumped: number
}

/** A conditional instruction, with how often it came out each way. */
export interface CountedDecision {
    readonly address: number
    readonly file: string
    readonly line: number
    readonly taken: number
    readonly notTaken: number
}

/** All conditional instructions of the source files that have a name. */
export function countedDecisions(
    map: ProgramMap,
    tally: ExecutionCounts,
    shortened: (file: string) => string | undefined
): CountedDecision[] {
    return decisionsIn(countedInstructions(map, tally, shortened))
}

function decisionsIn(counted: readonly Counted[]): CountedDecision[] {
    return counted.flatMap(({ address, file, line, decision }, index) =>
        decision ? [{ address, file, line, ...outcomes(counted, index) }] : []
    )
}

/**
 * Add one run, when it is over.
 * @param shortened what the report calls a source file that the compiler noted; undefined: it is left out
 */
export function coverCore(
    coverage: Coverage,
    map: ProgramMap,
    tally: ExecutionCounts,
    shortened: (file: string) => string | undefined
): void {
    const counted = countedInstructions(map, tally, shortened)
    const most = new Map<string, Counted>()
    for (const instruction of counted) {
        const { file, line, begun } = instruction
        const key = `${line} ${file}`
        const known = most.get(key)
        if (!known || begun > known.begun) most.set(key, instruction)
    }
    for (const { file, line, address, ...both } of decisionsIn(counted))
        coverage.addBranch(file, line, address, both)
    for (const { file, line, begun } of most.values())
        coverage.addLine(file, line, begun)
    addFunctions(coverage, map, counted)
}

function countedInstructions(
    map: ProgramMap,
    tally: ExecutionCounts,
    shortened: (file: string) => string | undefined
): Counted[] {
    const counted: Counted[] = []
    for (const instruction of map.instructions()) {
        const source = map.lines.lineOf(instruction.address)
        const file = source && shortened(source.file)
        if (file === undefined) continue
        const [begun = 0, jumped = 0] = tally.counts(instruction.address, 2)
        counted.push({
            ...instruction,
            file,
            line: source!.line,
            begun,
            jumped,
        })
    }
    return counted
}

/** Of the decision at an index. */
function outcomes(
    counted: readonly Counted[],
    index: number
): { taken: number; notTaken: number } {
    const { decision, block, begun, jumped } = counted[index]!
    if (decision === "branch")
        return { taken: jumped, notTaken: begun - jumped }
    // Instructions whose condition does not hold are not begun. One of the block tells all, but for one that faults.
    const taken = block[0] ? (counted[index + 1]?.begun ?? 0) : 0
    return { taken, notTaken: begun - taken }
}

function addFunctions(
    coverage: Coverage,
    map: ProgramMap,
    counted: readonly Counted[]
): void {
    const byAddress = new Map(
        counted.map(instruction => [instruction.address, instruction])
    )
    for (const { name, address, isFunction } of map.symbols.all) {
        const first = isFunction ? byAddress.get(address) : undefined
        if (first)
            coverage.addFunction(first.file, name, first.line, first.begun)
    }
}

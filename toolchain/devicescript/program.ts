// SPDX-License-Identifier: MIT
// A compiled DeviceScript program, and the way from its bytes back to the lines of TypeScript.

import type { CompiledKernel } from "../kernel/compile-kernel.ts"

/** What the VM runs. */
export interface Program {
    /** The entry file, as a path from the project's folder. */
    readonly name: string
    readonly bytecode: Uint8Array
    readonly debug: DebugInfo | undefined
    /** Pixel functions that it calls (docs/kernels). */
    readonly kernels?: readonly CompiledKernel[]
}

/** The part of the compiler's debug file that a stack needs. */
export interface DebugInfo {
    /** In the order of the numbers in `name_F12`. */
    readonly functions: readonly {
        readonly name: string
        readonly startPc: number
    }[]
    /** Paths from the project's folder. */
    readonly files: readonly string[]
    /** Ascending: from byte `pc` of the bytecode on, the code of a line (from 1) of a file. */
    readonly lines: readonly (readonly [
        pc: number,
        file: number,
        line: number,
    ])[]
}

export interface SourceLocation {
    readonly functionName: string
    readonly file: string
    readonly line: number
}

/** bytecode-dbg.json as the compiler writes it; only what is used. */
interface DebugJson {
    readonly functions: readonly {
        readonly name: string
        readonly startpc: number
    }[]
    readonly sources: readonly {
        readonly path: string
        readonly length: number
        readonly text: string
    }[]
    /** Triples of position in all sources, length and pc; position and pc relative to the triple before. */
    readonly srcmap: readonly number[]
}

/** Read the compiler's bytecode-dbg.json. */
export function readDebugInfo(json: string): DebugInfo {
    const { functions, sources, srcmap } = JSON.parse(json) as DebugJson
    const lineOf = positionResolver(sources)
    const lines: [number, number, number][] = []
    let position = 0
    let pc = 0
    for (let i = 0; i < srcmap.length; i += 3) {
        position += srcmap[i]!
        pc += srcmap[i + 2]!
        const [file, line] = lineOf(position)
        lines.push([pc, file, line])
    }
    return {
        functions: functions.map(({ name, startpc }) => ({
            name,
            startPc: startpc,
        })),
        files: sources.map(source => source.path),
        lines,
    }
}

/** Names and texts of the files that a build read. */
export function sourcesOf(
    json: string
): { readonly path: string; readonly text: string }[] {
    const { sources } = JSON.parse(json) as DebugJson
    return sources.map(({ path, text }) => ({ path, text }))
}

/**
 * Where an instruction comes from.
 *
 * @param functionIndex the number in `name_F12`
 * @param pc bytes from the start of the function to the instruction after the one that is looked for, as the VM prints it
 */
export function sourceLocation(
    debug: DebugInfo,
    functionIndex: number,
    pc: number
): SourceLocation | undefined {
    const callee = debug.functions[functionIndex]
    if (callee === undefined) return undefined
    const target = callee.startPc + Math.max(pc - 1, 0)
    const line = debug.lines.findLast(([start]) => start <= target)
    if (line === undefined) return undefined
    return {
        functionName: callee.name,
        file: debug.files[line[1]]!,
        line: line[2],
    }
}

type PositionResolver = (position: number) => [file: number, line: number]

function positionResolver(sources: DebugJson["sources"]): PositionResolver {
    const starts: number[] = []
    let end = 0
    for (const source of sources) {
        starts.push(end)
        end += source.length
    }
    return position => {
        const file = Math.max(
            starts.findLastIndex(start => start <= position),
            0
        )
        const before = sources[file]!.text.slice(0, position - starts[file]!)
        return [file, before.split("\n").length]
    }
}

// SPDX-License-Identifier: MIT
// Coverage of a DeviceScript program: lines and functions of TypeScript, by the operations that a VM executed.

import {
    NO_PLACE,
    type ProgramPlaces,
} from "../../toolchain/devicescript/bytecode.ts"
import type { Coverage } from "./coverage.ts"

/**
 * Add one run, when it is over.
 * @param operations how often each was executed, by the byte of the bytecode that it begins at
 */
export function coverProgram(
    coverage: Coverage,
    { places, ofByte }: ProgramPlaces,
    operations: Uint32Array
): void {
    const most = new Map<string, number>()
    // A function's code begins with its first operation.
    const seen = new Set<string>()
    const count = (at: number): number => operations[at] ?? 0
    for (const [at, place] of ofByte.entries()) {
        if (place === NO_PLACE) continue
        const { file, line, functionName } = places[place]!
        const key = `${line} ${file}`
        most.set(key, Math.max(most.get(key) ?? 0, count(at)))
        const ofFunction = `${functionName} ${file}`
        if (seen.has(ofFunction)) continue
        seen.add(ofFunction)
        coverage.addFunction(file, functionName, line, count(at))
    }
    for (const [key, times] of most) {
        const space = key.indexOf(" ")
        coverage.addLine(
            key.slice(space + 1),
            Number(key.slice(0, space)),
            times
        )
    }
}

// SPDX-License-Identifier: MIT
// Both outcomes of each conditional instruction in the interrupts of native/.

import { readFileSync } from "node:fs"
import { join } from "node:path"
import {
    countedDecisions,
    type ExecutionCounts,
} from "../../../sim/inside/core-coverage.ts"
import type { ProgramMap } from "../../../toolchain/elf/program-map.ts"
import { projectRoot } from "../../../toolchain/paths.ts"

/** The sum, and one line for each outcome that never came. */
export function outcomeLines(
    map: ProgramMap,
    counts: ExecutionCounts,
    functions: ReadonlySet<number>
): string[] {
    const decisions = countedDecisions(map, counts, nativeFile).filter(
        ({ address }) =>
            functions.has(map.symbols.functionAt(address)?.address ?? -1)
    )
    const missing = decisions.flatMap(({ taken, notTaken, ...decision }) => [
        ...(taken === 0 ? [{ ...decision, outcome: "taken" }] : []),
        ...(notTaken === 0 ? [{ ...decision, outcome: "not taken" }] : []),
    ])
    const total = decisions.length * 2
    return [
        `In the interrupts of native/: ${total - missing.length} of ${total} outcomes of conditional instructions`,
        ...new Set(
            missing.map(({ address, file, line, outcome }) => {
                const symbol = map.symbols.functionAt(address)!.name
                return `  ${file}:${line} (${symbol}, ${outcome}): ${lineOf(file, line)}`
            })
        ),
    ]
}

function nativeFile(file: string): string | undefined {
    const own = `${projectRoot}/native/`
    return file.startsWith(own) ? file.slice(projectRoot.length + 1) : undefined
}

function lineOf(file: string, line: number): string {
    const content = readFileSync(join(projectRoot, file), "utf8")
    return content.split("\n")[line - 1]?.trim() ?? ""
}

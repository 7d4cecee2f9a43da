// SPDX-License-Identifier: MIT
// What of the firmware and of its programs the emulated boards of a run executed, in words and as a file.

import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { deserialize } from "node:v8"
import { coverCore } from "../../../sim/inside/core-coverage.ts"
import { Coverage } from "../../../sim/inside/coverage.ts"
import { parseElf } from "../../../toolchain/elf/elf.ts"
import { ProgramMap } from "../../../toolchain/elf/program-map.ts"
import { buildFirmware } from "../../../toolchain/firmware/build-firmware.ts"
import { projectRoot } from "../../../toolchain/paths.ts"
import {
    addSums,
    countsOf,
    functionShapes,
    type FunctionCounts,
} from "./executed-functions.ts"
import { EXECUTED, type Executed } from "./executed.ts"
import { halfwordsOf, interruptFunctions } from "./interrupt-functions.ts"
import { outcomeLines } from "./interrupt-outcomes.ts"
import { isOfARoom, roomLines } from "./rooms.ts"

/** Whose code the lines are taken from; the same functions of other boards count. */
const BOARD = "nucleo-f446re"

const REPORT = join(projectRoot, ".camscript", "coverage.lcov")

/** @returns undefined when no board ran */
export async function coverageText(
    folder: string
): Promise<string | undefined> {
    const { functions, programs } = executedIn(folder)
    const { elf: file } = await buildFirmware({ board: BOARD })
    const elf = parseElf(readFileSync(file), file)
    const map = new ProgramMap(elf)
    const counts = countsOf(functions, functionShapes(map))
    coverCore(programs, map, counts, ownFile)
    writeFileSync(REPORT, programs.lcov())
    return [
        `Executed by the emulated boards, of the code for ${BOARD} and of programs: lines, and outcomes of conditional instructions`,
        ...roomLines(programs),
        ...outcomeLines(map, counts, interruptFunctions(map, halfwordsOf(elf))),
        `Line by line: ${REPORT}\n`,
    ].join("\n")
}

function executedIn(folder: string): {
    functions: FunctionCounts
    programs: Coverage
} {
    const functions: FunctionCounts = new Map()
    const programs = new Coverage()
    for (const name of readdirSync(folder)) {
        const file = join(folder, name, EXECUTED)
        // A file whose process was ended has left none.
        if (!existsSync(file)) continue
        const executed = deserialize(readFileSync(file)) as Executed
        addSums(functions, executed.functions)
        for (const [path, coverage] of executed.programs)
            if (isOfARoom(path)) programs.add(new Map([[path, coverage]]))
    }
    return { functions, programs }
}

function ownFile(file: string): string | undefined {
    if (!file.startsWith(`${projectRoot}/`)) return undefined
    const own = file.slice(projectRoot.length + 1)
    return isOfARoom(own) ? own : undefined
}

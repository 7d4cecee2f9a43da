// SPDX-License-Identifier: MIT
// What every emulated board of a test file executes, in sum, written down when the file is done.

import { mkdtempSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { serialize } from "node:v8"
import { afterAll } from "vitest"
import { EmulatedBoard } from "../../../sim/emulated-board.ts"
import { Coverage } from "../../../sim/inside/coverage.ts"
import { coverProgram } from "../../../sim/inside/program-coverage.ts"
import type { ProgramMap } from "../../../toolchain/elf/program-map.ts"
import { programPlaces } from "../../../toolchain/devicescript/bytecode.ts"
import type { Program } from "../../../toolchain/devicescript/program.ts"
import {
    addCounts,
    functionShapes,
    type FunctionCounts,
    type FunctionShape,
} from "./executed-functions.ts"
import { EXECUTED, type Executed } from "./executed.ts"

/** @param folder for all files of the run */
export function sumBoards(folder: string): void {
    const functions: FunctionCounts = new Map()
    const programs = new Coverage()
    const shapesOf = new WeakMap<ProgramMap, readonly FunctionShape[]>()
    const open = new Set<EmulatedBoard>()

    const count = (board: EmulatedBoard): void => {
        if (!open.delete(board)) return
        const { map, tally, program } = board
        let shapes = shapesOf.get(map)
        if (!shapes) shapesOf.set(map, (shapes = functionShapes(map)))
        addCounts(functions, shapes, (address, bytes) =>
            tally!.counts(address, bytes)
        )
        countProgram(programs, program, tally!.operations())
    }

    EmulatedBoard.onlooker = {
        made: board => open.add(board),
        closing: count,
    }
    afterAll(() => {
        for (const board of [...open]) count(board)
        if (functions.size === 0) return
        const executed: Executed = { functions, programs: programs.byFile }
        // The folder's name is nobody else's.
        writeFileSync(
            join(mkdtempSync(join(folder, "file-")), EXECUTED),
            serialize(executed)
        )
    })
}

function countProgram(
    coverage: Coverage,
    program: Program,
    operations: Uint32Array
): void {
    const places = programPlaces(program)
    if (places && operations.length > 0)
        coverProgram(coverage, places, operations)
}

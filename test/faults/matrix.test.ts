// SPDX-License-Identifier: MIT
// Every fault of the format on every way to capture: noticed, never handed over as good, and soon right again. What no register
// tells is listed with its reason (test/support/faults/unknowable.ts).

import { readFileSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { afterAll, describe, expect, it } from "vitest"
import { FAULT_CASES, untriedFaults } from "../support/faults/fault-cases.ts"
import {
    BEGIN,
    END,
    tableText,
    type TableRow,
} from "../support/faults/fault-table-text.ts"
import { matrixRow } from "../support/faults/matrix.ts"
import { FAULTY_CAPTURES } from "../support/faults/strategies.ts"
import { unknowable } from "../support/faults/unknowable.ts"
import { projectRoot } from "../../toolchain/paths.ts"

/** `npm run faults-table` */
const WRITES = process.env["CAMSCRIPT_WRITE_TABLE"] === "1"
const LONG = process.env["CAMSCRIPT_LONG_TESTS"] === "1"
/** Of the places that a fault leaves open; the first one's runs are in docs/faults.md. */
const SEEDS = LONG ? [1, 2, 3, 4] : [1]

/** Until a frame is right again, frames of the sensor; where frames did not come at all, ms: of 6 frames at 60 fps and more. */
const FRAMES_MAX = 2
const MS_MAX = 500
/** After these the sensor, or what carries its frames, was away. */
const AWAY =
    /^(sensor-|vsync-stuck|vsync-pol|hsync-pol|pixclk-stopped|program-)/

const rows: TableRow[] = []

describe.each(SEEDS)("with seed %i", seed => {
    it.each(FAULT_CASES.map(fault => [fault.name, fault] as const))(
        "%s",
        async (_, fault) => {
            const row = await matrixRow(fault, seed)
            if (seed === 1) rows.push(row)
            for (const [i, cell] of row.cells.entries()) {
                if (cell === undefined) continue
                const { name } = FAULTY_CAPTURES[i]!
                const cause = fault.given[0]!.fault
                const excused = unknowable(cause, name) !== undefined
                const lost = cell.framesLost + cell.wrong > 0
                const where = `${fault.name} on ${name}: ${JSON.stringify(cell)}`
                expect(cell.happened, where).toBeGreaterThan(0)
                if (!excused) {
                    expect(cell.wrong, where).toBe(0)
                    if (lost) expect(cell.names, where).not.toEqual([])
                }
                // The simulator does not start a program again: what follows is the board's (board.firmware.test.ts).
                if (cell.ended !== undefined) {
                    expect(cause, where).toMatch(/^program-/)
                    continue
                }
                expect(cell.stuck, where).toBe(0)
                // Whoever sets the sensor up anew stops the capture meanwhile, and the first frame afterwards settles.
                if (AWAY.test(cause) || cell.setUpAnew)
                    expect(cell.msUntilRight, where).toBeLessThan(MS_MAX)
                else
                    expect(cell.framesUntilRight, where).toBeLessThanOrEqual(
                        FRAMES_MAX
                    )
            }
        }
    )
})

describe("the matrix", () => {
    it("has every fault that can be injected", () => {
        expect(untriedFaults()).toEqual([])
    })

    it("is the one in docs/faults.md", () => {
        const file = join(projectRoot, "docs/faults.md")
        const text = readFileSync(file, "utf8")
        const from = text.indexOf(BEGIN)
        const to = text.indexOf(END) + END.length
        const table = tableText(rows)
        if (WRITES)
            writeFileSync(file, text.slice(0, from) + table + text.slice(to))
        else expect(text.slice(from, to)).toBe(table)
    })
})

afterAll(() => rows.splice(0))

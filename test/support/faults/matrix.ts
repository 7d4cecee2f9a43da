// SPDX-License-Identifier: MIT
// Every fault on every way to capture, in the simulator.

import { FAULT_CASES } from "./fault-cases.ts"
import { runCell } from "./fault-cell.ts"
import { applies, type TableRow } from "./fault-table-text.ts"
import { FAULTY_CAPTURES } from "./strategies.ts"

/** Of the table in docs/faults.md. */
const SEED = 1

/** Run one row of the matrix. Same result twice. */
export async function matrixRow(
    fault: (typeof FAULT_CASES)[number],
    seed = SEED
): Promise<TableRow> {
    const cells: TableRow["cells"][number][] = []
    for (const capture of FAULTY_CAPTURES)
        cells.push(
            applies(fault, capture)
                ? await runCell(capture, fault, seed)
                : undefined
        )
    return { fault, cells }
}

/** All of them. */
export async function matrixRows(seed = SEED): Promise<TableRow[]> {
    const rows: TableRow[] = []
    for (const fault of FAULT_CASES) rows.push(await matrixRow(fault, seed))
    return rows
}

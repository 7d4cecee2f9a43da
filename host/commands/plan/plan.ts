// SPDX-License-Identifier: MIT
// `camscript plan`: ask the planner about every strategy, and print what it says. Nothing is compiled or run.

import pc from "picocolors"
import { readBoard } from "../../../boards/board-file.ts"
import type { PlanOptions } from "./plan-options.ts"
import { makePlanReport } from "../../plan/plan-report.ts"
import { planTable } from "./plan-table.ts"
import type { Terminal } from "../../terminal.ts"

/**
 * Plan and print.
 * @returns whether what was asked for is possible
 */
export function plan(options: PlanOptions, terminal: Terminal): boolean {
    const board = readBoard(options.board, options.sensor)
    const report = makePlanReport(options.request, board)
    if (options.json) terminal.out(`${JSON.stringify(report)}\n`)
    else {
        const colours = pc.createColors(terminal.colour)
        terminal.out(`${planTable(report, colours).join("\n")}\n`)
    }
    return report.chosen !== null
}

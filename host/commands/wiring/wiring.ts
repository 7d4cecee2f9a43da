// SPDX-License-Identifier: MIT
// `camscript wiring`: which wire goes where, as a table, a drawing, JSON.

import { writeFileSync } from "node:fs"
import pc from "picocolors"
import { readBoard } from "../../../boards/board-file.ts"
import { CamscriptError } from "../../../protocol/errors.ts"
import type { Terminal } from "../../terminal.ts"
import { makeWiring, moduleFor } from "../../wiring/wiring.ts"
import { wiringSvg } from "../../wiring/wiring-svg.ts"
import type { WiringOptions } from "./wiring-options.ts"
import { wiringTable } from "./wiring-table.ts"

/**
 * Print the wiring, and draw it when a file is named.
 * @throws UsageError for a module that is not known; CamscriptError when the file cannot be written
 */
export function wiring(options: WiringOptions, terminal: Terminal): void {
    const board = readBoard(options.board, options.sensor)
    const made = makeWiring(board, moduleFor(board, options.module))
    if (options.svg !== undefined) writeDrawing(options.svg, wiringSvg(made))
    if (options.json) return terminal.out(`${JSON.stringify(made)}\n`)
    const colours = pc.createColors(terminal.colour)
    terminal.out(`${wiringTable(made, colours).join("\n")}\n`)
    if (options.svg !== undefined) terminal.err(`drawing: ${options.svg}\n`)
}

function writeDrawing(path: string, svg: string): void {
    try {
        writeFileSync(path, svg)
    } catch (error) {
        throw new CamscriptError(
            `--svg ${path} cannot be written: ${(error as Error).message}`
        )
    }
}

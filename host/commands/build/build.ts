// SPDX-License-Identifier: MIT
// `camscript build`: make a board's firmware and say what it takes.

import { copyFileSync } from "node:fs"
import { isAbsolute, join, relative } from "node:path"
import pc from "picocolors"
import { readBoard } from "../../../boards/board-file.ts"
import { UsageError } from "../../../protocol/errors.ts"
import { buildFirmware } from "../../../toolchain/firmware/build-firmware.ts"
import type { BuildOptions } from "./build-options.ts"
import { frameBuffers, makeBuildReport } from "./build-report.ts"
import { buildTable } from "./build-table.ts"
import { makeFolder } from "../../make-folder.ts"
import type { Terminal } from "../../terminal.ts"

/**
 * Build, copy the files into the folder, print the budget.
 * @throws UsageError when a sum is too large; CamscriptError when a tool is missing or something does not compile
 */
export async function build(
    options: BuildOptions,
    terminal: Terminal
): Promise<void> {
    const { out, json, request } = options
    // Before anything is compiled.
    frameBuffers(readBoard(options.board, options.sensor, options), request)
    const firmware = await buildFirmware(options)
    const name = options.board
    const copies = [
        [firmware.elf, `${name}.elf`],
        [firmware.bin, `${name}.bin`],
        [firmware.hex, `${name}.hex`],
        [firmware.slot, `${name}-program.bin`],
    ] as const
    const report = makeBuildReport(
        firmware,
        request,
        copies.map(([, file]) => shown(join(out, file)))
    )
    try {
        makeFolder(out)
    } catch (error) {
        throw new UsageError(
            `--out ${out} cannot be written: ${(error as Error).message}`
        )
    }
    for (const [from, file] of copies) copyFileSync(from, join(out, file))
    if (json) terminal.out(`${JSON.stringify(report)}\n`)
    else {
        const colours = pc.createColors(terminal.colour)
        terminal.out(`${buildTable(report, colours).join("\n")}\n`)
    }
}

/** Relative to where the user stands, when it is below. */
function shown(file: string): string {
    const path = relative(process.cwd(), file)
    return path.startsWith("..") || isAbsolute(path) ? file : path
}

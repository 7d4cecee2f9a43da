// SPDX-License-Identifier: MIT
// Programs for DeviceScript's own boards name pins in ways that mean nothing here: said before anything runs.

import { ProgramError } from "../../protocol/errors.ts"

const BOARD_IMPORT = /^\s*import\b[^"']*from\s*["'](@dsboard\/[^"']+)["']/m
const GPIO_IMPORT =
    /^\s*import\s*\{[^}]*\bgpio\b[^}]*\}\s*from\s*["']@devicescript\/core["']/m
const GPIO_CALL = /^[^/\n]*\bds\.gpio\s*\(/m

const INSTEAD =
    'import { DigitalIn, DigitalOut } from "camscript" and use a name of the board\'s, such as new DigitalOut("LED"), ' +
    'or the chip\'s, such as new DigitalIn("PA5") (docs/pins)'

/** @throws ProgramError with file and line when a source has pins of another DeviceScript board */
export function refuseForeignPins(path: string, text: string): void {
    const board = BOARD_IMPORT.exec(text)
    if (board !== null)
        throw new ProgramError(
            `${placeOf(path, text, board)}: "${board[1]}" has the pins of a board of DeviceScript's own, which this is not: ${INSTEAD}.`
        )
    const gpio = GPIO_IMPORT.exec(text) ?? GPIO_CALL.exec(text)
    if (gpio !== null)
        throw new ProgramError(
            `${placeOf(path, text, gpio)}: gpio() numbers the pins of DeviceScript's own boards, the VM here has none: ${INSTEAD}.`
        )
}

function placeOf(path: string, text: string, match: RegExpExecArray): string {
    const start = match.index + /^\s*/.exec(match[0])![0].length
    return `${path}:${text.slice(0, start).split("\n").length}`
}

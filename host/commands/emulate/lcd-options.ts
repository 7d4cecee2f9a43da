// SPDX-License-Identifier: MIT
// The options of `camscript emulate` about an LCD on the memory bus.

import { join } from "node:path"
import type { Command } from "commander"
import { UsageError } from "../../../protocol/errors.ts"
import { LCDS, type LcdPlace } from "../../../sim/displays/lcd-catalogue.ts"
import { choiceArgument } from "../../arguments.ts"

export interface LcdFlags {
    lcd?: LcdPlace
    lcdImage?: string
    out: string
}

const ADDRESS_LINES = 26

/** Where the image goes without --lcd-image, below --out. */
const DEFAULT_IMAGE = "lcd.png"

export function addLcdOptions(command: Command): Command {
    return command
        .option(
            "--lcd <NAME@SELECT[:LINE]>",
            `an LCD on the FSMC or FMC: ${LCDS.join(", ")}; its select, NE1 to NE4; the address line of its data/command input, A0 to A25 (default: the one that the firmware uses)`,
            parseLcd
        )
        .option(
            "--lcd-image <file.png>",
            `save what the LCD shows at the end (default: ${DEFAULT_IMAGE} in --out)`
        )
}

/**
 * Read NAME@NEn[:An].
 * @throws UsageError
 */
export function parseLcd(text: string): LcdPlace {
    const match = /^([a-z0-9]+)@NE([0-9]+)(?::A([0-9]+))?$/i.exec(text)
    if (!match)
        throw new UsageError(
            `--lcd ${text} is not NAME@SELECT[:LINE], for example ili9341@NE1 or ili9341@NE4:A6`
        )
    const name = choiceArgument("--lcd", LCDS)(match[1]!)
    const select = Number(match[2])
    if (select < 1 || select > 4)
        throw new UsageError(
            `--lcd ${text}: there is no NE${match[2]}: bank 1 has the selects NE1 to NE4`
        )
    if (match[3] === undefined) return { name, select, dataLine: undefined }
    const dataLine = Number(match[3])
    if (dataLine >= ADDRESS_LINES)
        throw new UsageError(
            `--lcd ${text}: there is no A${match[3]}: the address lines are A0 to A${ADDRESS_LINES - 1}`
        )
    return { name, select, dataLine }
}

/**
 * The file of the image; undefined without an LCD.
 * @throws UsageError
 */
export function lcdImageFile({
    lcd,
    lcdImage,
    out,
}: LcdFlags): string | undefined {
    if (lcd === undefined) {
        if (lcdImage === undefined) return undefined
        throw new UsageError(
            "--lcd-image needs --lcd, which says what LCD there is, for example --lcd ili9341@NE1"
        )
    }
    if (lcdImage === undefined) return join(out, DEFAULT_IMAGE)
    if (!/\.png$/i.test(lcdImage))
        throw new UsageError(
            `--lcd-image ${lcdImage}: the image is a PNG: the name must end in .png`
        )
    return lcdImage
}

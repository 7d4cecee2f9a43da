// SPDX-License-Identifier: MIT
// What `camscript emulate` tells of the LCD: the shape in its --json, and how a person reads it.

import type { LcdPlace } from "../../../sim/displays/lcd-catalogue.ts"
import type { FilledWindow } from "../../../sim/displays/lcd-controller.ts"
import type { ForeignRun } from "../../../sim/foreign/foreign-run.ts"

export interface LcdReport {
    /** "ILI9341"; null: bank 1 was used and no LCD is fitted. */
    readonly controller: string | null
    /** "NE1". */
    readonly select: string
    /** Address line of its data/command input, "A18"; null: the firmware never used one. */
    readonly dataLine: string | null
    /** Awake and switched on at the end. */
    readonly on: boolean
    readonly pixels: number
    /** Windows that pixels have filled, by size: whole frames are those of their size. */
    readonly filledWindows: readonly FilledWindow[]
    /** Commands or registers that were taken and have no effect in the model. */
    readonly unmodelled: readonly {
        /** "0xb1". */
        readonly command: string
        readonly count: number
    }[]
    /** Accesses to selects at which nothing is connected. */
    readonly unconnected: readonly {
        readonly select: string
        readonly reads: number
        readonly writes: number
    }[]
}

/** A field of the report; none when there is no LCD and bank 1 was not used. */
export function lcdReport(
    { lcd, chip }: ForeignRun,
    place: LcdPlace | undefined
): { readonly lcd?: LcdReport } {
    const unconnected = chip.fsmc
        .unconnected()
        .map(({ select, reads, writes }) => ({
            select: `NE${select}`,
            reads,
            writes,
        }))
    if (lcd === undefined || place === undefined)
        return unconnected.length === 0
            ? {}
            : { lcd: { ...NOTHING, unconnected } }
    const { controller, dataLine } = lcd
    return {
        lcd: {
            controller: controller.name,
            select: `NE${place.select}`,
            dataLine: dataLine === undefined ? null : `A${dataLine}`,
            on: controller.on,
            pixels: controller.pixels,
            filledWindows: controller.filledWindows(),
            unmodelled: controller.unmodelled().map(({ command, count }) => ({
                command: `0x${command.toString(16).padStart(2, "0")}`,
                count,
            })),
            unconnected,
        },
    }
}

const NOTHING: Omit<LcdReport, "unconnected"> = {
    controller: null,
    select: "",
    dataLine: null,
    on: false,
    pixels: 0,
    filledWindows: [],
    unmodelled: [],
}

/** Sizes and commands that are shown. */
const SHOWN_MAX = 8

/** What a person reads. */
export function lcdLines(report: LcdReport | undefined): string[] {
    if (report === undefined) return []
    const lost = report.unconnected.map(
        ({ select, reads, writes }) =>
            `  LCD           nothing is connected to ${select}: ${writes} writes are lost, ${reads} reads float (--lcd NAME@${select} fits an LCD)`
    )
    if (report.controller === null) return lost
    const { controller, select, dataLine, on, pixels } = report
    const line = dataLine === null ? "never told data" : `data at ${dataLine}`
    const filled = report.filledWindows
        .slice(0, SHOWN_MAX)
        .map(
            ({ widthPx, heightPx, count }) =>
                `${count} x ${widthPx}x${heightPx}`
        )
    const ignored = report.unmodelled
        .slice(0, SHOWN_MAX)
        .map(({ command, count }) => `${command} (${count})`)
    return [
        `  LCD           ${controller} at ${select}, ${line}, ${on ? "on" : "off: nothing is seen"}: ${pixels} pixels; windows filled: ${more(filled, report.filledWindows) || "none"}`,
        ...(ignored.length > 0
            ? [
                  `  LCD           commands without effect here: ${more(ignored, report.unmodelled)}`,
              ]
            : []),
        ...lost,
    ]
}

function more(shown: readonly string[], all: readonly unknown[]): string {
    const rest = all.length - shown.length
    return shown.join(", ") + (rest > 0 ? ` and ${rest} more` : "")
}

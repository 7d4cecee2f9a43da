// SPDX-License-Identifier: MIT
// The wires as a person at the bench reads them: a line each, then what to look out for.

import type { Colours } from "../../terminal.ts"
import type { Wire, Wiring } from "../../wiring/wiring.ts"
import {
    doubtful,
    padText,
    pinText,
    places,
} from "../../wiring/wiring-words.ts"

type Row = readonly string[]

const HEADINGS: Row = ["signal", "MCU pin", "board", "module", "direction", "V"]

const ARROWS: Readonly<Record<Wire["direction"], string>> = {
    "to module": "->",
    "from module": "<-",
    both: "<->",
    supply: "",
}

/** Lay out a wiring. @returns lines, with colour codes only when `colours` has them on */
export function wiringTable(wiring: Wiring, colours: Colours): string[] {
    const wires = wiring.wires.map(wireRow)
    const consoles = wiring.console.map(line => [
        line.signal,
        pinText(line),
        places(line),
        line.to,
        "",
        "",
    ])
    const widths = HEADINGS.map((heading, column) =>
        Math.max(
            heading.length,
            // A console's other end is a sentence.
            ...(column === 3 ? wires : [...wires, ...consoles]).map(
                row => row[column]!.length
            )
        )
    )
    const line = (row: Row): string =>
        `  ${row.map((cell, column) => cell.padEnd(widths[column]!)).join("  ")}`.trimEnd()
    const section = (title: string, texts: readonly string[]): string[] =>
        texts.length === 0
            ? []
            : ["", colours.bold(title), ...texts.map(text => `  - ${text}`)]
    const pullUp = wiring.wires.find(({ pullUp }) => pullUp !== undefined)
    return [
        `${colours.bold(`${wiring.module.title} on ${wiring.board}`)}`,
        "",
        colours.dim(line(HEADINGS)),
        ...wires.map(line),
        "",
        colours.bold("console, 921600 baud, 8N1"),
        ...consoles.map(line),
        ...section(colours.red("does not work"), wiring.problems),
        ...section(
            "pull-ups",
            pullUp === undefined
                ? []
                : [`SCL and SDA to 3.3 V: ${pullUp.pullUp}`]
        ),
        ...section(
            "clashes with other parts of the board",
            wiring.clashes.map(
                ({ signal, pin, part, remedy }) =>
                    `${signal} (${pin}) is also ${part}: ${remedy}`
            )
        ),
        ...section("not connected", wiring.open),
        ...section("notes", [
            ...wiring.notes,
            ...(doubtful(wiring)
                ? [
                      "A place with a question mark rests on one source: look at the board before you rely on it.",
                  ]
                : []),
        ]),
    ]
}

function wireRow(wire: Wire): Row {
    return [
        wire.signal,
        pinText(wire),
        places(wire),
        padText(wire),
        ARROWS[wire.direction],
        wire.volts.toFixed(1),
    ]
}

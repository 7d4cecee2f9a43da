// SPDX-License-Identifier: MIT
// docs/wiring.md: every board with the modules that work on it.

import { boardNames, readBoard } from "../../boards/board-file.ts"
import { sensorModules } from "../../boards/sensor-module.ts"
import { makeWiring, type Wire, type Wiring } from "./wiring.ts"
import { padText, pinText, places } from "./wiring-words.ts"

const HEAD = `# Wiring

Which wire goes where. This page is made from the board files and the modules' pads (\`npm run images -- wiring\`); the same comes from

    npx camscript wiring --board nucleo-f446re --sensor mt9v034 --svg wiring.svg

for one board and one module, with \`--module\` for another one. Then: [bring-up.md](bring-up.md).

**Nobody has wired one of these boards yet.** The positions come from several public sources that agree; a place with a question mark rests on one: look at the board before you rely on it. One of the places of a row is enough.

- Supply the module with 3.3 V from the board, never with 5 V. Connect ground first, and the supply last.
- Keep the wires of PIXCLK, HSYNC, VSYNC and D0 to D7 below 10 cm and of one length; PIXCLK runs at 21 to 27 MHz (OV2640: up to 36), with a ground wire beside it.
- SCL and SDA each need a resistor to 3.3 V, unless the module has them.
- RESET low resets the sensor, STANDBY high switches it off. A module without the pad needs no wire there.
`

/** Board and module, when the two work together. */
export function workingWirings(): Wiring[] {
    return allWirings().filter(({ problems }) => problems.length === 0)
}

/** The drawing's place below docs/. */
export function drawingPath({ board, module }: Wiring): string {
    return `images/wiring/${board}-${module.name}.svg`
}

/** The whole page, not yet formatted. */
export function wiringMarkdown(): string {
    const all = allWirings()
    const boards = boardNames().map(board => {
        const wirings = all.filter(wiring => wiring.board === board)
        return boardPart(board, wirings)
    })
    const modules = sensorModules().map(
        ({ title, levels, pullUps, notes }) =>
            `### ${title}\n\n${list([`Levels: ${levels}.`, `Pull-ups of SCL and SDA to 3.3 V: ${pullUps}.`, ...notes])}`
    )
    return `${[HEAD, ...boards, "## Modules", ...modules].join("\n\n")}\n`
}

function allWirings(): Wiring[] {
    return boardNames().flatMap(name =>
        sensorModules().map(module =>
            makeWiring(readBoard(name, module.sensor), module)
        )
    )
}

function boardPart(name: string, wirings: readonly Wiring[]): string {
    const working = wirings.filter(({ problems }) => problems.length === 0)
    const first = working[0]!
    const signals = [
        ...new Set(working.flatMap(({ wires }) => wires.map(w => w.signal))),
    ]
    const of = (wiring: Wiring, signal: string): Wire | undefined =>
        wiring.wires.find(wire => wire.signal === signal)
    // In the order of the wiring with the most signals.
    const order = [...working].sort((a, b) => b.wires.length - a.wires.length)
    signals.sort((a, b) => orderOf(order[0]!, a) - orderOf(order[0]!, b))
    const rows = signals.map(signal => {
        const wire = working
            .map(wiring => of(wiring, signal))
            .find(found => found !== undefined)!
        return [
            signal,
            pinText(wire),
            places(wire),
            ...working.map(wiring => {
                const found = of(wiring, signal)
                return found ? padText(found) : "-"
            }),
        ]
    })
    const consoles = first.console.map(
        line =>
            `${line.signal} of the console: ${pinText(line)}, ${places(line)}, to ${line.to}.`
    )
    return [
        `## ${name}`,
        ...working.map(
            wiring =>
                `![${wiring.module.title} on ${name}](${drawingPath(wiring)})`
        ),
        table(
            ["signal", "MCU pin", "board", ...working.map(w => w.module.title)],
            rows
        ),
        list([
            ...consoles,
            ...clashLines(working),
            ...wirings.flatMap(({ problems }) =>
                problems.map(problem => `Does not work: ${problem}.`)
            ),
            ...boardNotes(name),
        ]),
    ].join("\n\n")
}

function orderOf({ wires }: Wiring, signal: string): number {
    const index = wires.findIndex(wire => wire.signal === signal)
    return index < 0 ? wires.length : index
}

function clashLines(working: readonly Wiring[]): string[] {
    const lines = working.flatMap(({ clashes }) =>
        clashes.map(
            ({ signal, pin, part, remedy }) =>
                `**${signal} (${pin})** is also ${part}: ${remedy}.`
        )
    )
    return [...new Set(lines)]
}

function boardNotes(name: string): readonly string[] {
    return readBoard(name).wiring.notes
}

function list(lines: readonly string[]): string {
    return lines.map(line => `- ${line}`).join("\n")
}

function table(
    headings: readonly string[],
    rows: readonly (readonly string[])[]
): string {
    const line = (cells: readonly string[]) => `| ${cells.join(" | ")} |`
    return [
        line(headings),
        line(headings.map(() => "---")),
        ...rows.map(line),
    ].join("\n")
}

// SPDX-License-Identifier: MIT
// A drawing of the wires: the board's headers with the pins that are used, a list of them, and the module's pads.

import { wrapped } from "./wrapped.ts"
import type { Wire, WireKind, Wiring } from "./wiring.ts"

const WIDTH = 1000
const MARGIN = 28
const TITLE_HEIGHT = 74
const ROW = 25
const GROUP_GAP = 12
const GROUP_HEAD = 24
/** The list of the board's pins, and the module's. */
const LIST_X = 268
const LIST_WIDTH = 222
const MODULE_X = 706
const MODULE_WIDTH = 178
const MODULE_GRID_X = 908
const PITCH = 14
const LINE = 17
/** Of a note's text in its font size. */
const NOTE_CHARACTERS = 142

const INK = "#1c2422"
const DIM = "#5c6865"
const RULE = "#dde2df"
const PAPER = "#ffffff"
const ALARM = "#b3261e"
const AMBER = "#b35c00"

const COLOURS: Readonly<Record<WireKind, readonly string[]>> = {
    supply: ["#d6333a"],
    ground: ["#343a40"],
    i2c: ["#7048e8", "#9c36b5"],
    clock: ["#e8590c", "#d98200"],
    sync: ["#2b8a3e", "#66a80f"],
    data: ["#1864ab", "#1c7ed6", "#0b7285", "#1098ad"],
    control: ["#6b7680", "#a08050", "#8a6d8a"],
}

/** A wire's place on the board that is drawn. */
interface End {
    readonly wire: Wire
    readonly connector: string
    readonly number: number
    readonly uncertain: boolean
    readonly colour: string
    /** Index of its clash in the footnotes, from 1 on. */
    readonly clash: number
}

interface Placed extends End {
    readonly y: number
}

/** @returns an SVG document; the same wiring gives the same text */
export function wiringSvg(wiring: Wiring): string {
    const ends = boardEnds(wiring)
    const connectors = [...new Set(ends.map(({ connector }) => connector))]
        .sort(byName)
        .map(name => ({
            name,
            ends: ends
                .filter(({ connector }) => connector === name)
                .sort((a, b) => a.number - b.number),
        }))
    const placed: Placed[] = []
    let y = TITLE_HEIGHT
    const groups: string[] = []
    for (const { name, ends } of connectors) {
        const height = GROUP_HEAD + ends.length * ROW + 6
        groups.push(
            box(LIST_X, y, LIST_WIDTH, height),
            heading(LIST_X, y, name)
        )
        for (const [index, end] of ends.entries())
            placed.push({ ...end, y: y + GROUP_HEAD + index * ROW + ROW / 2 })
        y += height + GROUP_GAP
    }
    const { module } = wiring
    const pads = wiring.wires
        .flatMap(wire => wire.pads.map(pad => ({ ...pad, wire })))
        .sort(module.columns < 2 ? byPlace(placed) : byPad)
    const moduleHeight = GROUP_HEAD + pads.length * ROW + 6
    const boardHeight = y - GROUP_GAP - TITLE_HEIGHT
    const gridHeight = connectorGridsHeight(wiring)
    const drawing = Math.max(boardHeight, moduleHeight, gridHeight)
    const moduleY = TITLE_HEIGHT + Math.max(0, (drawing - moduleHeight) / 2)
    const lines: string[] = []
    const labels: string[] = []
    for (const [index, { pad, label, wire }] of pads.entries()) {
        const end = placed.find(candidate => candidate.wire === wire)
        const padY = moduleY + GROUP_HEAD + index * ROW + ROW / 2
        const colour = end?.colour ?? DIM
        if (end) lines.push(wireLine(end.y, padY, colour))
        labels.push(padLabel(padY, pad, label, colour))
    }
    const notes = noteLines(wiring)
    const height = TITLE_HEIGHT + drawing + 26 + notes.length * LINE + MARGIN
    return [
        `<svg xmlns="http://www.w3.org/2000/svg" width="${WIDTH}" height="${Math.ceil(height)}" viewBox="0 0 ${WIDTH} ${Math.ceil(height)}" font-family="system-ui, 'Segoe UI', 'DejaVu Sans', sans-serif" font-size="13" fill="${INK}" role="img">`,
        `<title>${escape(`${wiring.module.title} on ${wiring.board}`)}</title>`,
        `<rect width="100%" height="100%" rx="12" fill="${PAPER}"/>`,
        text(MARGIN, 34, wiring.board, `font-size="20" font-weight="600"`),
        text(
            MARGIN,
            54,
            "headers, pin 1 at the top, odd numbers on the left",
            `fill="${DIM}"`
        ),
        text(
            WIDTH - MARGIN,
            34,
            module.title,
            `font-size="20" font-weight="600" text-anchor="end"`
        ),
        text(
            WIDTH - MARGIN,
            54,
            moduleHint(wiring),
            `fill="${DIM}" text-anchor="end"`
        ),
        ...connectorGrids(
            wiring,
            placed,
            connectors.map(({ name }) => name)
        ),
        ...groups,
        box(MODULE_X, moduleY, MODULE_WIDTH, moduleHeight),
        heading(MODULE_X, moduleY, "module"),
        ...lines,
        ...placed.map(endLabel),
        ...labels,
        ...moduleGrid(wiring, placed, moduleY),
        ...notes.map(({ content, style }, index) =>
            text(
                MARGIN,
                TITLE_HEIGHT + drawing + 34 + index * LINE,
                content,
                style
            )
        ),
        "</svg>",
        "",
    ].join("\n")
}

/** A supply has many places: one on a connector that is in use anyway. */
function boardEnds({ wires, clashes }: Wiring): End[] {
    const counts = new Map<WireKind, number>()
    const inUse = new Set(
        wires
            .filter(({ pin }) => pin !== undefined)
            .flatMap(({ positions }) => positions.slice(0, 1))
            .map(position => position.split("-")[0])
    )
    return wires.flatMap(wire => {
        const position =
            wire.positions.find(place => inUse.has(place.split("-")[0])) ??
            wire.positions[0] ??
            "?-0"
        const [connector, number] = position.replace("?", "").split("-")
        const count = counts.get(wire.kind) ?? 0
        counts.set(wire.kind, count + 1)
        const colours = COLOURS[wire.kind]
        return [
            {
                wire,
                connector: connector === "" ? "pins" : connector!,
                number: Number(number),
                uncertain: position.endsWith("?"),
                colour: colours[count % colours.length]!,
                clash:
                    clashes.findIndex(({ signal }) => signal === wire.signal) +
                    1,
            },
        ]
    })
}

/** The connectors as they are on the board: two columns, odd numbers left. */
function connectorGrids(
    wiring: Wiring,
    placed: readonly Placed[],
    names: readonly string[]
): string[] {
    return names.flatMap((name, index) => {
        const size = wiring.connectors[name] ?? 0
        const x = MARGIN + 14 + index * (220 / Math.max(2, names.length))
        const rows = Math.ceil(size / 2)
        const pins = Array.from({ length: size }, (_, pin) => {
            const end = placed.find(
                ({ connector, number }) =>
                    connector === name && number === pin + 1
            )
            const cx = x + 10 + (pin % 2) * PITCH
            const cy =
                TITLE_HEIGHT + GROUP_HEAD + 8 + Math.floor(pin / 2) * PITCH
            return end
                ? `<circle cx="${cx}" cy="${cy}" r="5.5" fill="${end.colour}"/>`
                : `<circle cx="${cx}" cy="${cy}" r="3" fill="#c3cbc8"/>`
        })
        if (size === 0) return []
        const used = placed
            .filter(({ connector }) => connector === name)
            .map(({ number }) =>
                text(
                    number % 2 === 1 ? x - 5 : x + 2 * PITCH + 12,
                    TITLE_HEIGHT +
                        GROUP_HEAD +
                        12 +
                        Math.floor((number - 1) / 2) * PITCH,
                    String(number),
                    `font-size="10" fill="${DIM}" text-anchor="${number % 2 === 1 ? "end" : "start"}"`
                )
            )
        return [
            text(
                x + 10 + PITCH / 2,
                TITLE_HEIGHT + 14,
                name,
                `font-weight="600" text-anchor="middle"`
            ),
            `<rect x="${x}" y="${TITLE_HEIGHT + GROUP_HEAD - 2}" width="${PITCH + 20}" height="${rows * PITCH + 6}" rx="5" fill="#eef1ef" stroke="${RULE}"/>`,
            ...pins,
            ...used,
        ]
    })
}

function connectorGridsHeight({ connectors }: Wiring): number {
    const largest = Math.max(0, ...Object.values(connectors))
    return GROUP_HEAD + 12 + Math.ceil(largest / 2) * PITCH
}

/** The module's header of two columns, where it is known. */
function moduleGrid(
    { module, wires, open }: Wiring,
    placed: readonly Placed[],
    y: number
): string[] {
    if (module.columns < 2) return []
    const count =
        wires.reduce((sum, { pads }) => sum + pads.length, 0) +
        open.filter(end => end.includes("(pad ")).length
    const x = MODULE_GRID_X
    return [
        text(
            x + 17,
            y + 14,
            "header",
            `font-size="11" fill="${DIM}" text-anchor="middle"`
        ),
        `<rect x="${x}" y="${y + GROUP_HEAD - 2}" width="34" height="${Math.ceil(count / 2) * PITCH + 6}" rx="5" fill="#eef1ef" stroke="${RULE}"/>`,
        ...Array.from({ length: count }, (_, index) => {
            const pad = String(index + 1)
            const wire = wires.find(({ pads }) =>
                pads.some(candidate => candidate.pad === pad)
            )
            const colour = placed.find(end => end.wire === wire)?.colour
            const cx = x + 10 + (index % 2) * PITCH
            const cy = y + GROUP_HEAD + 8 + Math.floor(index / 2) * PITCH
            return `<circle cx="${cx}" cy="${cy}" r="${colour ? 5.5 : 3}" fill="${colour ?? "#c3cbc8"}"/>`
        }),
    ]
}

function endLabel({
    wire,
    y,
    colour,
    clash,
    number,
    uncertain,
}: Placed): string {
    const names = [...new Set(wire.names)].join(", ")
    const pull =
        wire.pullUp === undefined
            ? ""
            : `<path d="M${LIST_X + LIST_WIDTH + 26} ${y}v-4" stroke="${colour}" stroke-width="1.6"/><rect x="${LIST_X + LIST_WIDTH + 23}" y="${y - 13}" width="6" height="9" fill="${PAPER}" stroke="${colour}" stroke-width="1.6"/>${text(LIST_X + LIST_WIDTH + 33, y - 5, "to 3V3", `font-size="10" fill="${colour}"`)}`
    return [
        `<circle cx="${LIST_X + LIST_WIDTH}" cy="${y}" r="4.5" fill="${colour}"/>`,
        text(
            LIST_X + 34,
            y + 4.5,
            `${number || ""}${uncertain ? "?" : ""}`,
            `text-anchor="end" font-weight="600"`
        ),
        text(LIST_X + 44, y + 4.5, wire.pin ?? wire.signal),
        text(LIST_X + 88, y + 4.5, names, `fill="${DIM}"`),
        text(
            LIST_X + LIST_WIDTH - 14,
            y + 4.5,
            wire.pin === undefined ? "" : wire.signal,
            `text-anchor="end" fill="${colour}" font-weight="600"`
        ),
        clash === 0
            ? ""
            : `<circle cx="${LIST_X - 12}" cy="${y}" r="8.5" fill="${AMBER}"/>${text(LIST_X - 12, y + 4, String(clash), `fill="${PAPER}" font-size="11" font-weight="600" text-anchor="middle"`)}`,
        pull,
    ].join("")
}

function padLabel(
    y: number,
    pad: string,
    label: string,
    colour: string
): string {
    return [
        `<circle cx="${MODULE_X}" cy="${y}" r="4.5" fill="${colour}"/>`,
        text(
            MODULE_X + 14,
            y + 4.5,
            label,
            `font-weight="600" fill="${colour}"`
        ),
        text(
            MODULE_X + MODULE_WIDTH - 12,
            y + 4.5,
            pad,
            `text-anchor="end" fill="${DIM}"`
        ),
    ].join("")
}

function wireLine(fromY: number, toY: number, colour: string): string {
    const from = LIST_X + LIST_WIDTH
    const stub = from + 58
    const bend = (MODULE_X - stub) / 2
    const path = `M${from} ${fromY}H${stub}C${stub + bend} ${fromY} ${MODULE_X - bend - 20} ${toY} ${MODULE_X - 20} ${toY}H${MODULE_X}`
    return `<path d="${path}" fill="none" stroke="${PAPER}" stroke-width="5"/><path d="${path}" fill="none" stroke="${colour}" stroke-width="2.2"/>`
}

interface NoteLine {
    readonly content: string
    readonly style: string
}

function noteLines(wiring: Wiring): NoteLine[] {
    const { problems, clashes, wires, console } = wiring
    const pullUp = wires.find(({ pullUp }) => pullUp !== undefined)
    const lines = (sentence: string, style: string): NoteLine[] =>
        wrapped(sentence, NOTE_CHARACTERS).map(content => ({ content, style }))
    return [
        ...problems.flatMap(problem =>
            lines(
                `Does not work: ${problem}.`,
                `fill="${ALARM}" font-weight="600"`
            )
        ),
        ...clashes.flatMap(({ signal, pin, part, remedy }, index) =>
            lines(
                `${index + 1}  ${signal} (${pin}) is also ${part}: ${remedy}.`,
                `fill="${AMBER}"`
            )
        ),
        ...(pullUp === undefined
            ? []
            : lines(
                  `Pull-ups of SCL and SDA to 3.3 V: ${pullUp.pullUp}.`,
                  `fill="${DIM}"`
              )),
        ...lines(
            `Console: ${console.map(line => `${line.signal} ${line.pin} (${line.positions[0] ?? "no header"}) to ${line.to}`).join("; ")}.`,
            `fill="${DIM}"`
        ),
    ]
}

function moduleHint({ module }: Wiring): string {
    return module.columns < 2
        ? "by the sensor's pads; the module has its own order"
        : "pads by number"
}

/** Of a module whose order nobody knows: as the board's pins come, without crossings. */
function byPlace(
    placed: readonly Placed[]
): (a: { readonly wire: Wire }, b: { readonly wire: Wire }) => number {
    const y = (wire: Wire) => placed.find(end => end.wire === wire)?.y ?? 0
    return (a, b) => y(a.wire) - y(b.wire)
}

function byPad(
    a: { readonly pad: string },
    b: { readonly pad: string }
): number {
    return Number(a.pad || 0) - Number(b.pad || 0)
}

/** CN7 before CN10. */
function byName(a: string, b: string): number {
    return a.localeCompare(b, "en", { numeric: true })
}

function box(x: number, y: number, width: number, height: number): string {
    return `<rect x="${x}" y="${y}" width="${width}" height="${height}" rx="8" fill="#f8f9f8" stroke="${RULE}"/>`
}

function heading(x: number, y: number, name: string): string {
    return text(x + 12, y + 17, name, `font-size="12" fill="${DIM}"`)
}

function text(x: number, y: number, content: string, style = ""): string {
    return content === ""
        ? ""
        : `<text x="${x}" y="${y}" ${style}>${escape(content)}</text>`
}

function escape(content: string): string {
    return content
        .replace(/&/g, "&amp;")
        .replace(/</g, "&lt;")
        .replace(/>/g, "&gt;")
}

// SPDX-License-Identifier: MIT
// Which wire goes where between a board and a sensor's module: the board file and the module's pads, joined.

import type { BoardFile } from "../../boards/board-file.ts"
import { headerPosition } from "../../boards/board-wiring.ts"
import { timerFunction } from "../../boards/pin-functions.ts"
import {
    sensorModule,
    sensorModules,
    type PadSignal,
    type SensorModule,
} from "../../boards/sensor-module.ts"

/** What a wire carries, for its colour. */
export type WireKind =
    "supply" | "ground" | "i2c" | "clock" | "sync" | "data" | "control"

/** One wire. */
export interface Wire {
    readonly signal: Exclude<PadSignal, "open">
    readonly kind: WireKind
    /** The chip's pin and its alternate function; without: a supply, or a plain output. */
    readonly pin?: string
    readonly af?: number
    /** Where the board has it: "CN10-35"; one of them is enough. A "?" marks one that is uncertain. */
    readonly positions: readonly string[]
    /** The names that the board prints there: "D1". */
    readonly names: readonly string[]
    readonly pads: readonly { readonly pad: string; readonly label: string }[]
    readonly direction: "to module" | "from module" | "both" | "supply"
    readonly volts: number
    /** Resistors that have to be added. */
    readonly pullUp?: string
}

/** Something else on the board hangs on a wire's pin. */
export interface Clash {
    readonly signal: string
    readonly pin: string
    readonly part: string
    readonly remedy: string
}

/** A line of the boot log and of the link. */
export interface ConsoleLine {
    readonly signal: "TX" | "RX"
    readonly pin: string
    readonly af: number
    readonly positions: readonly string[]
    readonly names: readonly string[]
    /** What it leads to. */
    readonly to: string
}

export interface Wiring {
    readonly board: string
    readonly sensor: string
    readonly module: {
        readonly name: string
        readonly title: string
        /** Of its header; 1: none that is known. */
        readonly columns: number
    }
    /** Pins of each connector of the board that a wire goes to. */
    readonly connectors: Readonly<Record<string, number>>
    readonly wires: readonly Wire[]
    /** Pads without a wire, and signals of the board that the module has no pad for. */
    readonly open: readonly string[]
    readonly console: readonly ConsoleLine[]
    readonly clashes: readonly Clash[]
    /** Why this module would not work on this board; empty: it would. */
    readonly problems: readonly string[]
    readonly notes: readonly string[]
}

const KINDS: Readonly<Record<string, WireKind>> = {
    "3V3": "supply",
    GND: "ground",
    SCL: "i2c",
    SDA: "i2c",
    XCLK: "clock",
    PIXCLK: "clock",
    HSYNC: "sync",
    VSYNC: "sync",
    RESET: "control",
    STANDBY: "control",
    EXPOSURE: "control",
}

/** In this order in tables. */
const ORDER = [
    "3V3",
    "GND",
    "SCL",
    "SDA",
    "XCLK",
    "PIXCLK",
    "HSYNC",
    "VSYNC",
    ...Array.from({ length: 8 }, (_, line) => `D${line}`),
    "RESET",
    "STANDBY",
    "EXPOSURE",
] as Wire["signal"][]

const TO_MODULE = ["RESET", "STANDBY", "EXPOSURE", "XCLK", "SCL"]

/** A pin of the board and its alternate function. */
interface BoardPin {
    readonly pin: string
    readonly af?: number
}

/** Join a board and a module. The board's sensor has to be the module's. */
export function makeWiring(board: BoardFile, module: SensorModule): Wiring {
    const pins = boardPins(board, module)
    const wires = ORDER.flatMap(signal => {
        const pads = module.pads.filter(pad => pad.signal === signal)
        const pin = pins[signal]
        const supply = signal === "3V3" || signal === "GND"
        if (pads.length === 0 || (!supply && pin === undefined)) return []
        return [wire(board, module, signal, pin, pads)]
    })
    const wired = new Set<string>(wires.map(({ signal }) => signal))
    const consoleLines = consoleOf(board)
    return {
        board: board.name,
        sensor: module.sensor,
        module: {
            name: module.name,
            title: module.title,
            columns: module.columns,
        },
        connectors: connectorSizes(board, wires),
        wires,
        open: openEnds(board, module, pins, wired),
        console: consoleLines,
        clashes: clashes(board, [...wires, ...consoleLines]),
        problems: clockProblems(board, module),
        notes: [
            `Levels: ${module.levels}.`,
            ...module.notes,
            ...board.wiring.notes,
        ],
    }
}

/** As far as the board file's places say: connectors have two columns. */
function connectorSizes(
    { wiring }: BoardFile,
    wires: readonly Wire[]
): Readonly<Record<string, number>> {
    const used = new Set(
        wires.flatMap(({ pin, positions }) =>
            pin === undefined ? [] : positions.slice(0, 1)
        )
    )
    const sizes: Record<string, number> = {}
    for (const place of used) sizes[place.split("-")[0]!] = 0
    const places = [
        ...Object.values(wiring.headers),
        ...Object.values(wiring.supplies),
    ].flat()
    for (const place of places) {
        const found = headerPosition(place)
        const size = sizes[found?.connector ?? ""]
        if (found === undefined || size === undefined) continue
        sizes[found.connector] = Math.max(
            size,
            found.number + (found.number % 2)
        )
    }
    return sizes
}

/** The pins of the signals that this board has for the module. */
function boardPins(
    { sensor }: BoardFile,
    module: SensorModule
): Readonly<Partial<Record<string, BoardPin>>> {
    const { dcmi, i2c, xclk, resetPin, standbyPin, exposurePin } = sensor
    const output = (pin: string | undefined) =>
        pin === undefined ? undefined : { pin }
    return {
        ...dcmi,
        SCL: i2c.scl,
        SDA: i2c.sda,
        RESET: output(resetPin),
        STANDBY: output(standbyPin),
        EXPOSURE: output(exposurePin),
        XCLK:
            xclk.source === "module" || module.clock.source === "module"
                ? undefined
                : xclk,
    }
}

function wire(
    board: BoardFile,
    module: SensorModule,
    signal: Wire["signal"],
    pin: BoardPin | undefined,
    pads: Wire["pads"]
): Wire {
    const supply = signal === "3V3" || signal === "GND"
    const places = supply
        ? board.wiring.supplies[signal]
        : board.wiring.headers[pin!.pin]
    const kind = KINDS[signal] ?? "data"
    return {
        signal,
        kind,
        ...(pin === undefined ? {} : { pin: pin.pin }),
        ...(pin?.af === undefined ? {} : { af: pin.af }),
        ...positionsOf(places),
        pads: pads.map(({ pad, label }) => ({ pad, label })),
        direction: supply
            ? "supply"
            : signal === "SDA"
              ? "both"
              : TO_MODULE.includes(signal)
                ? "to module"
                : "from module",
        volts: signal === "GND" ? 0 : 3.3,
        ...(kind === "i2c" ? { pullUp: module.pullUps } : {}),
    }
}

function positionsOf(places: readonly string[] = []): {
    readonly positions: readonly string[]
    readonly names: readonly string[]
} {
    const found = places.flatMap(place => headerPosition(place) ?? [])
    return {
        positions: found.map(
            ({ connector, number, uncertain }) =>
                `${connector}-${number}${uncertain ? "?" : ""}`
        ),
        names: found.flatMap(({ name }) => name ?? []),
    }
}

function consoleOf({
    console: serial,
    wiring,
}: BoardFile): readonly ConsoleLine[] {
    return (["TX", "RX"] as const).map(signal => {
        const { pin, af } = signal === "TX" ? serial.tx : serial.rx
        return {
            signal,
            pin,
            af,
            ...positionsOf(wiring.headers[pin]),
            to: serial.onUsb
                ? "the board's USB connector, no wire needed"
                : `${signal === "TX" ? "RX" : "TX"} of a USB serial adapter of 3.3 V`,
        }
    })
}

function openEnds(
    board: BoardFile,
    module: SensorModule,
    pins: Readonly<Partial<Record<string, BoardPin>>>,
    wired: ReadonlySet<string>
): string[] {
    const pads = module.pads
        .filter(({ signal }) => signal === "open")
        .map(({ pad, label }) => `${label} (pad ${pad}): left open`)
    const signals = Object.entries(pins)
        .filter(([signal, pin]) => pin !== undefined && !wired.has(signal))
        .map(([signal, pin]) => `${signal} (${pin!.pin}): no pad for it`)
    const noPin = module.pads.some(({ signal }) => signal === "XCLK")
    const own = board.sensor.xclk.source === "module" && noPin
    return [
        ...pads,
        ...signals,
        ...(own && module.clock.source === "either"
            ? [
                  `XCLK: an oscillator of ${megahertz(board.sensor.xclk.hz)} on the module`,
              ]
            : []),
    ]
}

function clashes(
    { wiring }: BoardFile,
    users: readonly { readonly signal: string; readonly pin?: string }[]
): readonly Clash[] {
    return users.flatMap(({ signal, pin }) => {
        const other = pin === undefined ? undefined : wiring.onBoard[pin]
        if (pin === undefined || other === undefined) return []
        const { part, remedy = "one of the two cannot be used" } = other
        return [{ signal, pin, part, remedy }]
    })
}

/** Sensors that need a clock get one, and only one. */
function clockProblems(board: BoardFile, module: SensorModule): string[] {
    const { xclk } = board.sensor
    if (module.clock.source === "board" && xclk.source === "module")
        return [
            `the ${module.title} has no oscillator, and the ${board.name} gives it no clock: ` +
                `take a module with an oscillator, or a board file with "${module.sensor}": ${JSON.stringify(timerClock(board))} for sensor.xclk`,
        ]
    if (module.clock.source === "module" && xclk.source !== "module")
        return [
            `the ${module.title} has an oscillator of ${megahertz(module.clock.hz)} and no pad for ${xclk.pin}'s ${megahertz(xclk.hz)}: ` +
                `exposure times and frame rates would be wrong; take a board file with "${module.sensor}": { "source": "module", "hz": ${module.clock.hz} } for sensor.xclk`,
        ]
    return []
}

/** The modules that carry the board's sensor, those that work on the board first. */
export function modulesFor(board: BoardFile): readonly SensorModule[] {
    const works = (module: SensorModule) =>
        clockProblems(board, module).length === 0
    return sensorModules()
        .filter(({ sensor }) => sensor === board.sensor.name)
        .sort((a, b) => Number(works(b)) - Number(works(a)))
}

/**
 * The module that is named, or the first one that works on the board.
 * @throws UsageError when no module of this name carries the board's sensor
 */
export function moduleFor(
    board: BoardFile,
    name: string | undefined
): SensorModule {
    return sensorModule(board.sensor.name, name ?? modulesFor(board)[0]?.name)
}

/** 180 / 8 or 168 / 8 MHz, at 50 %. */
const TIMER_DIVIDER = 8

function timerClock(board: BoardFile): object {
    const { pclk2Hz, hclkHz, chip } = board
    const { pins, af } = timerFunction(chip, "TIM1", 1)
    const timerHz = pclk2Hz === hclkHz ? hclkHz : 2 * pclk2Hz
    return {
        source: "timer",
        hz: timerHz / TIMER_DIVIDER,
        timer: "TIM1",
        channel: 1,
        divider: TIMER_DIVIDER,
        pin: pins[0],
        af,
    }
}

export function megahertz(hz: number): string {
    return `${Number((hz / 1e6).toFixed(2))} MHz`
}

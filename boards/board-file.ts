// SPDX-License-Identifier: MIT
// boards/<name>.json: chip, clocks, memories, pins. The only place that knows them. Every board that is read satisfies the
// chip's limits (RM0090, RM0390, data sheets) and uses no thing twice.

import { existsSync, readdirSync } from "node:fs"
import { join } from "node:path"
import { UsageError } from "../protocol/errors.ts"
import type { SensorName } from "../protocol/names.ts"
import { projectRoot, userProject } from "../toolchain/paths.ts"
import { readBoardJson } from "./board-shape.ts"
import { pinsProblem, type NamedPin } from "./pin-names.ts"
import {
    layOutRam,
    type MemoryRegion,
    type OwnerBytes,
    type RamOwner,
    type MpuRegion,
} from "./ram-layout.ts"
import { NO_WIRING, wiringProblem, type BoardWiring } from "./board-wiring.ts"
import {
    dcmiFunction,
    i2cFunction,
    mcoFunction,
    timerFunction,
    usart2Function,
    type Chip,
    type PinFunction,
} from "./pin-functions.ts"
import type { VmCycles } from "./vm-cycles.ts"

/** The project's own boards, before camscript's of the same name. */
const FOLDERS = [userProject, projectRoot].map(folder => join(folder, "boards"))

const FLASH_START = 0x08000000
const KB = 1024
const BANK_BYTES = 1024 * KB
const HSI_HZ = 16e6

/** Of the three chips (RM0090 2.3.1, RM0390 2.2.2, data sheets). */
const FLASH_KB = [256, 512, 1024, 2048]
const I2C_INSTANCES = ["I2C1", "I2C2", "I2C3"]
const XCLK_SOURCES = ["module", "mco1", "mco2", "timer"]
const XCLK_TIMERS = ["TIM1", "TIM8"]
const XCLK_INPUTS = ["hsi", "hse", "pll", "sysclk"]
const ADDRESS = /^0x[0-9a-f]{1,8}$/i

/** Highest HCLK, Hz; APB1 has a quarter of it, APB2 half. */
const HCLK_MAX = {
    stm32f407: 168e6,
    stm32f429: 180e6,
    stm32f446: 180e6,
} as const

/** What the sensors take, Hz: MT9V034/D table 8 (SYSCLK), OV2640 data sheet 1.6 page 12 (XVCLK). Both ask for 45 to 55 % duty. */
const XCLK_HZ: Readonly<Record<SensorName, readonly [number, number]>> = {
    mt9v034: [13e6, 27e6],
    ov2640: [6e6, 24e6],
}
const XCLK_DUTY_MAX = 0.55

/** A pin as "PB10" and its alternate function number. */
export interface AlternatePin {
    readonly pin: string
    readonly af: number
}

export const DCMI_SIGNALS = [
    "PIXCLK",
    "HSYNC",
    "VSYNC",
    "D0",
    "D1",
    "D2",
    "D3",
    "D4",
    "D5",
    "D6",
    "D7",
] as const
export type DcmiSignal = (typeof DCMI_SIGNALS)[number]

/** What makes the sensor's clock, and its frequency at the sensor, Hz. */
export type XclkSource =
    | { readonly source: "module"; readonly hz: number }
    | {
          readonly source: "mco1" | "mco2"
          readonly hz: number
          /** mco1 has hsi, hse and pll; mco2 has sysclk, hse and pll. */
          readonly input: "hsi" | "hse" | "pll" | "sysclk"
          /** 1 to 5. */
          readonly divider: number
          readonly pin: string
          readonly af: number
      }
    | {
          readonly source: "timer"
          readonly hz: number
          readonly timer: "TIM1" | "TIM8"
          readonly channel: number
          /** Of the timer's clock, 2 or more. */
          readonly divider: number
          readonly pin: string
          readonly af: number
      }

/** A program slot: one or more whole flash sectors. */
export interface SlotArea {
    readonly address: number
    readonly bytes: number
}

/** A board and the sensor module on it, as boards/<name>.json says: chip, clocks, memories, pins. */
export interface BoardFile {
    readonly name: string
    readonly chip: Chip
    readonly hclkHz: number
    readonly pclk1Hz: number
    readonly pclk2Hz: number
    /** The external clock; with bypass it comes in ready-made, else from a crystal. */
    readonly hse: { readonly hz: number; readonly bypass: boolean }
    /** PLLCFGR's M, N, P and Q: HCLK is HSE / m * n / p. */
    readonly pll: {
        readonly m: number
        readonly n: number
        readonly p: number
        readonly q: number
    }
    readonly flashBytes: number
    /** Where programs live; the firmware has the flash below the first. */
    readonly slots: readonly SlotArea[]
    /** Boot log and link. */
    readonly console: {
        readonly instance: "USART2"
        readonly baud: number
        readonly tx: AlternatePin
        readonly rx: AlternatePin
        /** They lead to a serial port on the board's USB connector; else an adapter is needed. */
        readonly onUsb?: boolean
    }
    readonly memories: readonly MemoryRegion[]
    /** Every fixed owner of RAM; what is left of the memory that DMA reaches holds frames. */
    readonly ramOwners: readonly RamOwner[]
    readonly gcHeapBytes: number
    /** What the VM's work takes of the CPU. */
    readonly vmCycles: VmCycles
    /** Address and size of the memory for frame buffers. */
    readonly frameMemory: { readonly address: number; readonly bytes: number }
    /** What the MPU gives to the VM, by one region. */
    readonly vmRegion: MpuRegion
    /** What it takes back of that, by another one. */
    readonly nativeInVmRegion: MpuRegion
    readonly sensor: {
        /** The sensor module that is plugged in. */
        readonly name: SensorName
        /** Frequency at its clock input, Hz. */
        readonly xclkHz: number
        /** Where that comes from. */
        readonly xclk: XclkSource
        readonly i2c: {
            readonly instance: "I2C1" | "I2C2" | "I2C3"
            readonly hz: number
            readonly scl: AlternatePin
            readonly sda: AlternatePin
        }
        readonly dcmi: Readonly<Record<DcmiSignal, AlternatePin>>
        readonly resetPin?: string
        readonly standbyPin?: string
        readonly exposurePin?: string
    }
    /** Pins of other parts on the board that the firmware keeps at a level, so that they leave the camera's pins alone. */
    readonly hold: Readonly<Record<string, "low" | "high">>
    /** LEDs, buttons and other parts of the board that a program may use by these names. */
    readonly pins: Readonly<Record<string, NamedPin>>
    readonly wiring: BoardWiring
}

/** Names of all board files: the project's own, and camscript's. */
export function boardNames(): string[] {
    const names = FOLDERS.filter(folder => existsSync(folder)).flatMap(folder =>
        readdirSync(folder)
            // DeviceScript's own description of a board has that name.
            .filter(file => /(?<!\.board)\.json$/.test(file))
            .map(file => file.slice(0, -".json".length))
    )
    return [...new Set(names)].sort()
}

/** Memory choices that a build may make for itself. */
export interface BoardOptions {
    /** "sram": the VM's memories and the native stack lie in the first memory that DMA reaches. */
    readonly vmRam?: "sram"
    /** Instead of the board file's. */
    readonly gcHeapBytes?: number
}

/**
 * Read `boards/<name>.json` of the project, else of camscript.
 * @param sensor the sensor module that is plugged in
 * @throws UsageError when there is no such board, or the file contradicts itself or the chip
 */
export function readBoard(
    name: string,
    sensor: SensorName = "mt9v034",
    options: BoardOptions = {}
): BoardFile {
    if (!boardNames().includes(name))
        throw new UsageError(
            `unknown board "${name}": boards/ has ${boardNames().join(", ")}`
        )
    const [file] = FOLDERS.map(folder => join(folder, `${name}.json`)).filter(
        path => existsSync(path)
    )
    const json = readBoardJson(file!)
    return parseBoard(json as BoardJson, sensor, options)
}

/** A board file as it is written: addresses are hexadecimal text. */
export interface BoardJson extends Omit<
    BoardFile,
    | "memories"
    | "sensor"
    | "slots"
    | "ramOwners"
    | "frameMemory"
    | "vmRegion"
    | "nativeInVmRegion"
    | "gcHeapBytes"
    | "hold"
    | "pins"
    | "wiring"
> {
    readonly memories: readonly (Omit<MemoryRegion, "address"> & {
        readonly address: string
    })[]
    readonly slots: readonly (Omit<SlotArea, "address"> & {
        readonly address: string
    })[]
    readonly ram: Readonly<
        Record<string, { readonly memory: string; readonly bytes: number }>
    >
    readonly sensor: Omit<BoardFile["sensor"], "name" | "xclkHz" | "xclk"> & {
        readonly xclk: Readonly<Record<SensorName, XclkSource>>
        readonly reset?: { readonly pin: string }
        readonly standby?: { readonly pin: string }
        readonly exposure?: { readonly pin: string }
    }
    readonly hold?: BoardFile["hold"]
    readonly pins?: BoardFile["pins"]
    readonly wiring?: Partial<BoardWiring>
}

/**
 * Turn the JSON of a board file into what the simulator, the planner and the firmware use.
 * @throws UsageError when it contradicts itself or the chip
 */
export function parseBoard(
    json: BoardJson,
    plugged: SensorName = "mt9v034",
    options: BoardOptions = {}
): BoardFile {
    const refuse = refuseOf(json.name)
    checkChoices(json, plugged, refuse)
    const memories = withAddresses(json.memories)
    const stated = owners(json, options)
    const layout = layOutRam(json.name, memories, stated)
    const { sensor } = json
    const board: BoardFile = {
        name: json.name,
        chip: json.chip,
        hclkHz: json.hclkHz,
        pclk1Hz: json.pclk1Hz,
        pclk2Hz: json.pclk2Hz,
        hse: json.hse,
        pll: json.pll,
        flashBytes: json.flashBytes,
        slots: withAddresses(json.slots),
        console: json.console,
        memories,
        ramOwners: layout.owners,
        vmCycles: json.vmCycles,
        gcHeapBytes: stated.find(({ name }) => name === "gcHeap")!.bytes,
        frameMemory: layout.frameMemory,
        vmRegion: layout.vmRegion,
        nativeInVmRegion: layout.nativeInVmRegion,
        sensor: {
            name: plugged,
            xclkHz: sensor.xclk[plugged].hz,
            xclk: sensor.xclk[plugged],
            i2c: sensor.i2c,
            dcmi: sensor.dcmi,
            resetPin: sensor.reset?.pin,
            standbyPin: sensor.standby?.pin,
            exposurePin: sensor.exposure?.pin,
        },
        hold: json.hold ?? {},
        pins: json.pins ?? {},
        wiring: { ...NO_WIRING, ...json.wiring },
    }
    checkBoard(board, refuse)
    return board
}

type Refuse = (message: string) => never

function refuseOf(name: string): Refuse {
    return message => {
        throw new UsageError(`board ${name}: ${message}`)
    }
}

/** What is one of a few, or has to be there at all, before anything is reckoned with it. */
function checkChoices(
    json: BoardJson,
    plugged: SensorName,
    refuse: Refuse
): void {
    const { sensor, flashBytes } = json
    const one = (
        field: string,
        value: string | undefined,
        of: readonly string[]
    ): void => {
        if (value === undefined)
            refuse(`${field} is missing: ${of.join(", ")} can be`)
        if (!of.includes(value!))
            refuse(`${field} "${value}" is none of ${of.join(", ")}`)
    }
    if (!Object.hasOwn(HCLK_MAX, json.chip))
        refuse(
            `chip ${String(json.chip)} has no model: there are ${Object.keys(HCLK_MAX).join(", ")}`
        )
    if (!FLASH_KB.includes(flashBytes / KB))
        refuse(
            `flashBytes ${flashBytes} is no size of such a chip: there are ${FLASH_KB.join(", ")} KB`
        )
    one("sensor.i2c.instance", sensor.i2c.instance, I2C_INSTANCES)
    one("console.instance", json.console.instance, ["USART2"])
    const dcmi: Partial<typeof sensor.dcmi> = sensor.dcmi
    for (const signal of DCMI_SIGNALS)
        if (dcmi[signal] === undefined)
            refuse(
                `sensor.dcmi.${signal} is missing: the sensor's bus needs it`
            )
    const clocks: Partial<typeof sensor.xclk> = sensor.xclk
    const xclk =
        clocks[plugged] ??
        refuse(
            `sensor.xclk.${plugged} is missing: nothing says where that sensor's clock comes from`
        )
    const field = `sensor.xclk.${plugged}`
    one(`${field}.source`, xclk.source, XCLK_SOURCES)
    if (xclk.source === "timer") one(`${field}.timer`, xclk.timer, XCLK_TIMERS)
    else if (xclk.source !== "module")
        one(`${field}.input`, xclk.input, XCLK_INPUTS)
    if (xclk.source !== "module")
        for (const [name, kind] of [
            ["divider", "number"],
            ["pin", "string"],
        ] as const)
            if (typeof xclk[name] !== kind)
                refuse(`${field}.${name} has to be a ${kind}`)
    if (!json.memories.some(memory => memory.dma))
        refuse("none of its memories is one that DMA reaches")
    for (const { name, address } of [
        ...json.memories,
        ...json.slots.map(slot => ({ ...slot, name: "a program slot" })),
    ])
        if (!ADDRESS.test(address))
            refuse(`${name}: address "${address}" is not one like 0x20000000`)
}

function withAddresses<Area extends { readonly address: string }>(
    areas: readonly Area[]
): (Omit<Area, "address"> & { readonly address: number })[] {
    return areas.map(area => ({ ...area, address: Number(area.address) }))
}

/** In the order of the file, which is their order in memory. */
function owners(json: BoardJson, options: BoardOptions): OwnerBytes[] {
    const sram = json.memories.find(memory => memory.dma)!.name
    return Object.entries(json.ram).map(([name, owner]) => ({
        name,
        memory: options.vmRam === "sram" ? sram : owner.memory,
        bytes:
            name === "gcHeap"
                ? (options.gcHeapBytes ?? owner.bytes)
                : owner.bytes,
    }))
}

/** A flash sector, by its address. */
export interface FlashSector {
    readonly address: number
    readonly bytes: number
}

/** Sectors of an STM32F4 with 1 MB or less in one bank, or 2 MB in two (RM0090 tables 5 and 6). */
export function flashSectors(flashBytes: number): readonly FlashSector[] {
    const sectors: FlashSector[] = []
    for (let offset = 0; offset < flashBytes;) {
        const inBank = offset % BANK_BYTES
        const bytes =
            (inBank < 64 * KB ? 16 : inBank < 128 * KB ? 64 : 128) * KB
        sectors.push({ address: FLASH_START + offset, bytes })
        offset += bytes
    }
    return sectors
}

/**
 * Check everything.
 * @throws UsageError with the board's name, the value and its limit
 */
function checkBoard(board: BoardFile, refuse: Refuse): void {
    checkClocks(board, refuse)
    checkXclk(board, board.sensor.xclk, refuse)
    checkPins(board, refuse)
    const problem = wiringProblem(board.wiring) ?? pinsProblem(board)
    if (problem !== undefined) refuse(problem)
    checkSlots(board, refuse)
    if (board.console.baud !== 921600)
        refuse(
            `console.baud ${board.console.baud}: the link runs at 921600 baud only (docs/link.md)`
        )
}

function checkClocks(board: BoardFile, refuse: Refuse): void {
    const { hse, pll, hclkHz, chip } = board
    const inputHz = hse.hz / pll.m
    const vcoHz = inputHz * pll.n
    if (hclkHz > HCLK_MAX[chip])
        refuse(
            `hclkHz ${hclkHz} is over the limit of ${HCLK_MAX[chip]} of an ${chip}`
        )
    if (inputHz < 1e6 || inputHz > 2e6)
        refuse(`hse / pll.m is ${inputHz} Hz: the PLL takes 1 to 2 MHz`)
    if (HSI_HZ % inputHz !== 0 || HSI_HZ / inputHz > 63)
        refuse(
            `hse / pll.m is ${inputHz} Hz: HSI's 16 MHz cannot be divided to it when HSE fails`
        )
    if (vcoHz < 100e6 || vcoHz > 432e6)
        refuse(
            `hse / pll.m * pll.n is ${vcoHz} Hz: the PLL's oscillator runs at 100 to 432 MHz`
        )
    if (![2, 4, 6, 8].includes(pll.p))
        refuse(`pll.p ${pll.p} is not 2, 4, 6 or 8`)
    if (!Number.isInteger(pll.q) || pll.q < 2 || pll.q > 15)
        refuse(`pll.q ${pll.q} is not 2 to 15`)
    if (vcoHz / pll.p !== hclkHz)
        refuse(`the PLL gives ${vcoHz / pll.p} Hz, hclkHz says ${hclkHz}`)
    for (const [name, hz, share] of [
        ["pclk1Hz", board.pclk1Hz, 4],
        ["pclk2Hz", board.pclk2Hz, 2],
    ] as const) {
        if (![1, 2, 4, 8, 16].includes(hclkHz / hz))
            refuse(`${name} ${hz} is not HCLK by 1, 2, 4, 8 or 16`)
        if (hz > HCLK_MAX[chip] / share)
            refuse(
                `${name} ${hz} is over the limit of ${HCLK_MAX[chip] / share} of an ${chip}`
            )
    }
}

function checkXclk(board: BoardFile, xclk: XclkSource, refuse: Refuse): void {
    const { name } = board.sensor
    const [min, max] = XCLK_HZ[name]
    if (xclk.hz < min || xclk.hz > max)
        refuse(
            `the sensor's clock of ${xclk.hz} Hz: the ${name.toUpperCase()} takes ${min} to ${max} Hz`
        )
    if (xclk.source === "module") return
    const hz = xclkHz(board, xclk, refuse)
    if (Math.abs(hz - xclk.hz) >= 1)
        refuse(
            `the sensor's clock: ${xclk.source} by ${xclk.divider} gives ${hz} Hz, hz says ${xclk.hz}`
        )
}

function xclkHz(
    board: BoardFile,
    xclk: Exclude<XclkSource, { source: "module" }>,
    refuse: Refuse
): number {
    if (xclk.source === "timer") {
        if (!(xclk.divider >= 2))
            refuse(
                `the sensor's clock: a timer divides by 2 or more, not by ${xclk.divider}`
            )
        if (![1, 2, 3, 4].includes(xclk.channel))
            refuse(
                `the sensor's clock: ${xclk.timer} has channels 1 to 4, not ${xclk.channel}`
            )
        // The half of an odd number of clocks is rounded up: 7 are high for 4, which is 57 %.
        const high = Math.ceil(xclk.divider / 2) / xclk.divider
        if (high > XCLK_DUTY_MAX)
            refuse(
                `the sensor's clock: ${xclk.timer} by ${xclk.divider} is high for ${Math.round(high * 100)} % of the time, ` +
                    `the sensors take 45 to 55 %; ${xclk.divider + 1} gives 50 %`
            )
        const { pclk2Hz, hclkHz } = board
        return (pclk2Hz === hclkHz ? hclkHz : 2 * pclk2Hz) / xclk.divider
    }
    if (![1, 2, 3, 4, 5].includes(xclk.divider))
        refuse(
            `the sensor's clock: ${xclk.source} divides by 1 to 5, not by ${xclk.divider}`
        )
    const missing = xclk.source === "mco1" ? "sysclk" : "hsi"
    if (xclk.input === missing)
        refuse(`the sensor's clock: ${xclk.source} has no input ${missing}`)
    const sourceHz = {
        hsi: HSI_HZ,
        hse: board.hse.hz,
        pll: board.hclkHz,
        sysclk: board.hclkHz,
    }
    return sourceHz[xclk.input] / xclk.divider
}

/** A signal, its pin, and which pins could carry it; any can without. */
interface PinUse {
    readonly user: string
    readonly pin: string
    readonly af?: number
    readonly possible?: PinFunction
}

/** Every pin that the firmware uses. */
function pinUses(board: BoardFile): readonly PinUse[] {
    const { sensor, console: serial, chip } = board
    const { i2c, xclk } = sensor
    const output = (user: string, pin: string | undefined): PinUse[] =>
        pin === undefined ? [] : [{ user, pin }]
    return [
        ...DCMI_SIGNALS.map(signal => ({
            user: `DCMI ${signal}`,
            ...sensor.dcmi[signal],
            possible: dcmiFunction(chip, signal),
        })),
        ...(["SCL", "SDA"] as const).map(line => ({
            user: `${i2c.instance} ${line}`,
            ...(line === "SCL" ? i2c.scl : i2c.sda),
            possible: i2cFunction(chip, i2c.instance, line),
        })),
        ...output("the sensor's RESET", sensor.resetPin),
        ...output("the sensor's STANDBY", sensor.standbyPin),
        ...output("the sensor's EXPOSURE", sensor.exposurePin),
        ...(["TX", "RX"] as const).map(line => ({
            user: `${serial.instance} ${line}`,
            ...(line === "TX" ? serial.tx : serial.rx),
            possible: usart2Function(line),
        })),
        ...(xclk.source === "module"
            ? []
            : [
                  {
                      user: "the sensor's clock",
                      pin: xclk.pin,
                      af: xclk.af,
                      possible:
                          xclk.source === "timer"
                              ? timerFunction(chip, xclk.timer, xclk.channel)
                              : mcoFunction(xclk.source),
                  },
              ]),
        ...Object.entries(board.hold).map(([pin, level]) => ({
            user: `hold (${level})`,
            pin,
        })),
    ]
}

/** The firmware has room for so many. */
export const HELD_PINS_MAX = 4

/** Each pin can do what it is given to, and none is given away twice. */
function checkPins(board: BoardFile, refuse: Refuse): void {
    const held = Object.entries(board.hold)
    if (held.length > HELD_PINS_MAX)
        refuse(
            `hold has ${held.length} pins: the firmware has room for ${HELD_PINS_MAX}`
        )
    for (const [pin, level] of held)
        if (level !== "low" && level !== "high")
            refuse(`hold.${pin} "${String(level)}" is not "low" or "high"`)
    const taken = new Map<string, string>()
    for (const { user, pin, af, possible } of pinUses(board)) {
        const other = taken.get(pin)
        if (other !== undefined)
            refuse(`pin ${pin} is given to both ${other} and ${user}`)
        taken.set(pin, user)
        if (possible === undefined) continue
        if (!possible.pins.includes(pin))
            refuse(
                `pin ${pin} cannot be ${user} on an ${board.chip}: ${possible.pins.join(" or ")} can`
            )
        if (af !== possible.af)
            refuse(
                `pin ${pin} is ${user} as alternate function ${possible.af}, not ${af}`
            )
    }
}

function checkSlots(board: BoardFile, refuse: Refuse): void {
    const hex = (value: number): string => `0x${value.toString(16)}`
    if (board.slots.length !== 2)
        refuse(`there are ${board.slots.length} program slots, two are needed`)
    const sectors = flashSectors(board.flashBytes)
    const borders = new Set(
        sectors.flatMap(({ address, bytes }) => [address, address + bytes])
    )
    let freeFrom = sectors[0]!.address + sectors[0]!.bytes
    for (const { address, bytes } of board.slots) {
        for (const border of [address, address + bytes])
            if (!borders.has(border))
                refuse(
                    `a program slot at ${hex(address)} of ${bytes} bytes: ${hex(border)} is not the border of a flash sector`
                )
        if (bytes <= 0 || address < freeFrom)
            refuse(
                `a program slot at ${hex(address)} overlaps the firmware or the slot before it, which end at ${hex(freeFrom)} or later`
            )
        freeFrom = address + bytes
    }
}

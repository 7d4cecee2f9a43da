// SPDX-License-Identifier: MIT
// The options of `camscript emulate`.

import { statSync } from "node:fs"
import { resolve } from "node:path"
import type { Command } from "commander"
import { UsageError } from "../../../protocol/errors.ts"
import { VECTOR_TABLE_ALIGNMENT } from "../../../sim/foreign/vector-table.ts"
import { SENSOR_MODULES } from "../../../sim/sensors/modules.ts"
import type { LcdPlace } from "../../../sim/displays/lcd-catalogue.ts"
import type { I2cBusPlace } from "../../../sim/foreign/i2c-traffic.ts"
import { GPIO_PORTS, type ChipKind } from "../../../sim/stm32/chip-kind.ts"
import { I2C_INSTANCES } from "../../../sim/stm32/gpio/free-pins.ts"
import type { SensorPins } from "../../../sim/foreign/sensor-pins.ts"
import { clockOutputs } from "../../../sim/stm32/clock-outputs.ts"
import { checkVcdPath } from "../../../sim/trace/vcd-file.ts"
import type { Fault } from "../../../sim/faults/fault-table.ts"
import { choiceArgument, numberArgument } from "../../arguments.ts"
import { addFaultsOption, faultsOf } from "../../target-options.ts"
import { addGdbOption } from "../../gdb/gdb-option.ts"
import { addLcdOptions, type LcdFlags, lcdImageFile } from "./lcd-options.ts"
import {
    addInsideOptions,
    insideOptions,
    type InsideOptions,
} from "../../inside/inside-options.ts"
import { SENSORS, type SensorName } from "../../../protocol/names.ts"

export const CHIPS = ["stm32f407", "stm32f446", "stm32f429"] as const

/** A sensor and where it is wired. */
export interface SensorPlace {
    readonly name: SensorName
    readonly i2c: I2cBusPlace
    /** 7 bits. */
    readonly address: number
}

/** Memory to be saved at the end. */
export interface DumpRequest {
    readonly address: number
    readonly bytes: number
    readonly file: string
}

/** The chip's external clock. */
export interface Hse {
    readonly hz: number
    /** It comes in ready-made; else a crystal is fitted. */
    readonly bypass: boolean
    /** From HSEON to HSERDY; left out: 2 ms, 10 us for a ready-made clock. */
    readonly startUpNs?: number
}

/** Everything an emulation needs to know, checked. */
export interface EmulateOptions extends InsideOptions {
    readonly elf: string
    readonly chip: ChipKind
    readonly sensor: SensorPlace
    readonly scene: string
    readonly seed: number
    readonly seconds: number
    readonly uart: string | undefined
    readonly vcd: string | undefined
    readonly dumps: readonly DumpRequest[]
    /** Pixels of a frame; given: frames are saved as images. */
    readonly size:
        { readonly width: number; readonly height: number } | undefined
    readonly every: number | undefined
    readonly out: string
    /** Undefined: none is fitted. */
    readonly lcd: LcdPlace | undefined
    /** Where what the LCD shows at the end is saved. */
    readonly lcdImage: string | undefined
    readonly permissive: boolean
    /** What goes wrong, and when. */
    readonly faults: readonly Fault[] | undefined
    readonly cpi: number | undefined
    /** Undefined: none is fitted. */
    readonly hse: Hse | undefined
    readonly xclkHz: number
    /** Where the core starts; undefined: at the beginning of flash. */
    readonly vectorTable: number | undefined
    /** TCP port for GDB; undefined: no debugger. */
    readonly gdb: number | undefined
    /** Say in words why frames are missing or wrong. */
    readonly explain: boolean
    /** The sensor's pins at the chip. */
    readonly sensorPins: SensorPins
    readonly json: boolean
    readonly quiet: boolean
}

interface Flags extends LcdFlags, InsideOptions {
    chip: ChipKind
    sensor: SensorPlace
    scene: string
    seed: number
    seconds: number
    uart?: string
    vcd?: string
    dump?: DumpRequest[]
    width?: number
    height?: number
    every?: number
    out: string
    permissive?: boolean
    faults?: string
    cpi?: number
    hse: Hse | "none"
    xclk?: number
    vector?: number
    gdb?: number
    explain?: boolean
    reset?: string
    powerdown?: string
    xclkPin?: string
    json?: boolean
    quiet?: boolean
}

/** What camera modules bring themselves, Hz. */
const MODULE_XCLK_HZ: Readonly<Record<SensorName, number>> = {
    mt9v034: 26_666_667,
    ov2640: 24_000_000,
}

/** The crystal of most boards. */
const DEFAULT_HSE: Hse = { hz: 8_000_000, bypass: false }

const MHZ = 1e6

/** Add the argument and the options of `emulate` to a command. */
export function addEmulateOptions(command: Command): Command {
    return addOutputs(
        addGdbOption(addInsideOptions(addLcdOptions(addFaultsOption(command))))
            .argument("<elf>", "firmware, as the linker made it")
            .requiredOption(
                "--chip <name>",
                CHIPS.join(", "),
                choiceArgument("--chip", CHIPS)
            )
            .requiredOption(
                "--sensor <NAME@BUS[:ADDRESS]>",
                "the sensor, its bus (I2C1 to I2C3, or the pins of SCL and SDA) and its 7-bit address, for example mt9v034@I2C2:0x5c or ov2640@PD6,PD7",
                parseSensor
            )
            .option(
                "--scene <scene>",
                "what the sensor sees, as for camscript run",
                "chart"
            )
            .option(
                "--seed <n>",
                "seed of everything random",
                integer("--seed", 0, 0xffffffff, "the seed"),
                1
            )
            .option(
                "--seconds <s>",
                "virtual time to run",
                numberArgument("--seconds", {
                    min: 1e-6,
                    max: 3600,
                    what: "seconds",
                }),
                1
            )
            .option(
                "--hse <HZ[:bypass][:MS]|none>",
                "crystal of the chip, Hz; with :bypass a ready-made clock; MS until it is ready (default 2)",
                parseHse,
                DEFAULT_HSE
            )
            .option(
                "--xclk <hz>",
                "clock at the sensor, Hz (default: the module's own oscillator)",
                integer("--xclk", 6 * MHZ, 54 * MHZ, "Hz")
            )
            .option(
                "--vector <address>",
                "start at this vector table instead of that at 0x08000000: the firmware is one that a boot loader starts",
                parseVector
            )
            .option(
                "--reset <pin>",
                "pin of the chip at the sensor's reset, for example PC4",
                parsePin("--reset")
            )
            .option(
                "--powerdown <pin>",
                "pin of the chip at the sensor's PWDN or STANDBY",
                parsePin("--powerdown")
            )
            .option(
                "--xclk-pin <pin>",
                "pin at which the firmware makes the sensor's clock, by MCO or a timer, in place of --xclk",
                parseClockPin
            )
            .option(
                "--cpi <x>",
                "so many cycles for every instruction (default: by a model of core, flash and buses)",
                numberArgument("--cpi", { min: 1, max: 100, what: "cycles" })
            )
            .option(
                "--permissive",
                "count what breaks a rule or is not modelled, instead of stopping"
            )
            .option(
                "--explain",
                "say in words why frames are missing or wrong, as far as the run shows it"
            )
    )
}

function addOutputs(command: Command): Command {
    return command
        .option("--uart <file>", "save what the firmware sends by USART")
        .option("--vcd <file>", "save the waveforms")
        .option(
            "--dump <ADDRESS,LENGTH,FILE>",
            "save memory at the end; may be given several times",
            collectDump
        )
        .option(
            "--width <px>",
            "width of a frame in memory: save frames as images",
            integer("--width", 1, 4096, "pixels")
        )
        .option(
            "--height <px>",
            "height of a frame in memory",
            integer("--height", 1, 4096, "pixels")
        )
        .option(
            "--every <n>",
            "also save every Nth frame, besides the first and the last",
            integer("--every", 1, 1e9, "frames")
        )
        .option("--out <dir>", "folder for the images", "out")
        .option("--json", "print one JSON object on stdout and nothing else")
        .option("--quiet", "print nothing but errors and the result")
}

function integer(
    option: string,
    min: number,
    max: number,
    what: string
): (text: string) => number {
    return numberArgument(option, { min, max, what, integer: true })
}

/**
 * Read NAME@BUS[:ADDRESS].
 * @throws UsageError
 */
export function parseSensor(text: string): SensorPlace {
    const match = /^([a-z0-9]+)@([a-z0-9,]+)(?::(.+))?$/i.exec(text)
    if (!match)
        throw new UsageError(
            `--sensor ${text} is not NAME@BUS[:ADDRESS], for example mt9v034@I2C2, ov2640@I2C1:0x30 or ov2640@PD6,PD7`
        )
    const name = choiceArgument("--sensor", SENSORS)(match[1]!)
    const i2c = parseBus(match[2]!.toUpperCase())
    if (i2c === undefined)
        throw new UsageError(
            `--sensor ${text}: the bus ${match[2]} is unknown: it is one of ${I2C_INSTANCES.join(", ")}, or the pins of SCL and SDA, for example PB8,PB9`
        )
    if (match[3] === undefined)
        return { name, i2c, address: SENSOR_MODULES[name].address }
    const address = wholeNumber(match[3])
    if (address === undefined || address < 0x08 || address > 0x77)
        throw new UsageError(
            `--sensor ${text}: the address ${match[3]} is not a 7-bit I2C address, 0x08 to 0x77`
        )
    return { name, i2c, address }
}

/** A block, or two different pins. */
function parseBus(text: string): I2cBusPlace | undefined {
    const block = I2C_INSTANCES.find(name => name === text)
    if (block !== undefined) return block
    const pin = "(P[A-K](?:[0-9]|1[0-5]))"
    const [, scl, sda] = new RegExp(`^${pin},${pin}$`).exec(text) ?? []
    return scl !== undefined && sda !== undefined && scl !== sda
        ? { scl, sda }
        : undefined
}

/** @throws UsageError when the chip lacks a pin of the sensor's bus */
function checkPins(chip: ChipKind, { name, i2c }: SensorPlace): void {
    if (typeof i2c === "string") return
    for (const pin of [i2c.scl, i2c.sda])
        if (!GPIO_PORTS[chip].includes(pin.charAt(1)))
            throw new UsageError(
                `--sensor ${name}@${i2c.scl},${i2c.sda}: the ${chip} has no ${pin}, its ports are ${[...GPIO_PORTS[chip]].join(", ")}`
            )
}

/** Of an oscillator that starts at all, ms. */
const HSE_START_MAX_MS = 1000

/**
 * Read HZ[:bypass][:MS] or none.
 * @throws UsageError
 */
export function parseHse(text: string): Hse | "none" {
    if (text === "none") return "none"
    const match = /^([^:]+)(:bypass)?(?::([^:]+))?$/.exec(text)
    if (!match)
        throw new UsageError(
            `--hse ${text} is not HZ[:bypass][:MS] or none, for example 8000000 or 25000000:0.5`
        )
    const [, number, bypassed, startMs] = match
    const bypass = bypassed !== undefined
    // Data sheets, "high-speed external clock": crystals of 4 to 26 MHz; a ready-made clock of 1 to 50.
    const [min, max] = bypass ? [MHZ, 50 * MHZ] : [4 * MHZ, 26 * MHZ]
    const hz = integer("--hse", min, max, "Hz")(number!)
    if (startMs === undefined) return { hz, bypass }
    const limits = { min: 0.001, max: HSE_START_MAX_MS, what: "ms" }
    return {
        hz,
        bypass,
        startUpNs: numberArgument("--hse", limits)(startMs) * 1e6,
    }
}

function parseVector(text: string): number {
    const address = wholeNumber(text)
    if (address === undefined || address % VECTOR_TABLE_ALIGNMENT !== 0)
        throw new UsageError(
            `--vector ${text} is not the address of a vector table: a multiple of 0x${VECTOR_TABLE_ALIGNMENT.toString(16)} in flash or RAM, for example 0x08008000`
        )
    return address
}

function parsePin(option: string): (text: string) => string {
    return text => {
        const pin = text.toUpperCase()
        if (!/^P[A-K](\d|1[0-5])$/.test(pin))
            throw new UsageError(
                `${option} ${text} is not a pin of the chip: PA0 to PK15, for example PC4`
            )
        return pin
    }
}

/**
 * Read the pin of --xclk-pin.
 * @throws UsageError when nothing in the chip can put a clock out there
 */
export function parseClockPin(text: string): string {
    const pin = parsePin("--xclk-pin")(text)
    if (clockOutputs(pin).length === 0)
        throw new UsageError(
            `--xclk-pin ${text}: neither MCO1 (PA8), MCO2 (PC9) nor a channel of a timer can put a clock out there`
        )
    return pin
}

function collectDump(
    text: string,
    before: readonly DumpRequest[] | undefined
): readonly DumpRequest[] {
    return [...(before ?? []), parseDump(text)]
}

/**
 * Read ADDRESS,LENGTH,FILE; the numbers decimal or with 0x.
 * @throws UsageError
 */
export function parseDump(text: string): DumpRequest {
    const match = /^([^,]+),([^,]+),(.+)$/.exec(text)
    const address = wholeNumber(match?.[1])
    const bytes = wholeNumber(match?.[2])
    if (!match || address === undefined || bytes === undefined || bytes === 0)
        throw new UsageError(
            `--dump ${text} is not ADDRESS,LENGTH,FILE, for example 0x20000000,48400,frame.bin`
        )
    return { address, bytes, file: match[3]! }
}

/** Decimal or 0x; undefined for anything else. */
function wholeNumber(text: string | undefined): number | undefined {
    return text !== undefined && /^(0x[0-9a-f]{1,8}|\d{1,10})$/i.test(text)
        ? Number(text)
        : undefined
}

/** Debug information and all; the chips have 2 MB of flash. */
const ELF_BYTES_MAX = 1 << 28

function checkElfFile(elf: string): void {
    const stat = statSync(elf, { throwIfNoEntry: false })
    if (stat === undefined)
        throw new UsageError(`${elf}: there is no such file`)
    if (!stat.isFile())
        throw new UsageError(
            `${elf} is no regular file but a folder, a device or a pipe: an ELF file is wanted`
        )
    if (stat.size > ELF_BYTES_MAX)
        throw new UsageError(
            `${elf} has ${stat.size} bytes, an ELF file for these chips at most ${ELF_BYTES_MAX}`
        )
}

/**
 * Check what commander collected.
 * @throws UsageError
 */
export function emulateOptions(elf: string, flags: Flags): EmulateOptions {
    const { width, height, sensor } = flags
    if (flags.xclk !== undefined && flags.xclkPin !== undefined)
        throw new UsageError(
            "--xclk and --xclk-pin exclude each other: the sensor's clock is given, or it is what the firmware makes"
        )
    checkElfFile(elf)
    checkPins(flags.chip, sensor)
    if (flags.vcd !== undefined) checkVcdPath(flags.vcd, resolve(flags.vcd))
    if ((width === undefined) !== (height === undefined))
        throw new UsageError(
            "--width and --height belong together: an image needs both"
        )
    return {
        ...insideOptions(flags, name => resolve(name)),
        elf,
        chip: flags.chip,
        sensor,
        scene: flags.scene,
        seed: flags.seed,
        seconds: flags.seconds,
        uart: flags.uart,
        vcd: flags.vcd,
        dumps: flags.dump ?? [],
        size:
            width === undefined || height === undefined
                ? undefined
                : { width, height },
        every: flags.every,
        out: flags.out,
        lcd: flags.lcd,
        lcdImage: lcdImageFile(flags),
        permissive: flags.permissive ?? false,
        faults: faultsOf(flags.faults, process.cwd()),
        cpi: flags.cpi,
        hse: flags.hse === "none" ? undefined : flags.hse,
        xclkHz: flags.xclk ?? MODULE_XCLK_HZ[sensor.name],
        vectorTable: flags.vector,
        gdb: flags.gdb,
        explain: flags.explain ?? false,
        sensorPins: {
            reset: flags.reset,
            powerDown: flags.powerdown,
            xclk: flags.xclkPin,
        },
        json: flags.json ?? false,
        quiet: flags.quiet ?? false,
    }
}

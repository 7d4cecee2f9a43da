// SPDX-License-Identifier: MIT
// A foreign firmware's whole run, in strict mode unless it says otherwise: each frame that the DCMI took, as the sensor sent
// it and as it lies in memory.

import { readFileSync } from "node:fs"
import sharp from "sharp"
import { CamscriptError } from "../../../protocol/errors.ts"
import type { SensorName } from "../../../protocol/names.ts"
import { chipPlaces } from "../../../sim/cortex-m/chip-mcu.ts"
import { readElf } from "../../../sim/cortex-m/elf.ts"
import type { TakenFrame } from "../../../sim/foreign/capture-watch.ts"
import { foreignBoardFile } from "../../../sim/foreign/foreign-board.ts"
import {
    ForeignRun,
    type ForeignRunOptions,
} from "../../../sim/foreign/foreign-run.ts"
import { loadScene } from "../../../sim/scene/load-scene.ts"
import { SENSOR_CATALOGUE } from "../../../sim/sensors/catalogue.ts"
import type { HseWiring } from "../../../sim/stm32/rcc/rcc-clocks.ts"

/** What modules bring themselves, Hz. */
const MODULE_XCLK_HZ: Readonly<Record<SensorName, number>> = {
    mt9v034: 26_666_667,
    ov2640: 24_000_000,
}

export interface ForeignProgram extends Pick<
    ForeignRunOptions,
    "i2cPins" | "sensorPins" | "lcd"
> {
    /** Path. */
    readonly elf: string
    readonly sensor: SensorName
    /** It has ended by then. */
    readonly seconds: number
    /** Bytes of its variable `frame`; left out: a frame lies where DMA put it. */
    readonly frameBytes?: number
    /** 7 bits; default: an ordinary module's. */
    readonly address?: number
    /** Default: a crystal of 8 MHz. */
    readonly hse?: HseWiring
    readonly xclkHz?: number
    /** Default: the chart. */
    readonly scene?: string
    readonly permissive?: boolean
}

/** A frame that the DCMI took. */
export interface Capture {
    readonly frame: TakenFrame
    /** What the sensor sent of it. */
    readonly sent: Uint8Array
    /** The program's frame in memory when the next frame began. */
    readonly memory: Uint8Array
}

export interface Outcome {
    readonly run: ForeignRun
    readonly captures: readonly Capture[]
    /** What the firmware printed. */
    readonly text: string
    /** Why a strict run ended; undefined: it did not. */
    readonly ended: string | undefined
    /** Memory at a variable of the program, at the end. */
    readonly variable: (name: string, bytes: number) => DataView
}

/** Run a program, for an STM32F407 with the sensor on I2C2, to its end. */
export async function foreignOutcome(
    program: ForeignProgram
): Promise<Outcome> {
    const { elf, sensor, frameBytes } = program
    const content = readFileSync(elf)
    const { address, field } = SENSOR_CATALOGUE[sensor]
    const board = foreignBoardFile({
        chip: "stm32f407",
        sensor,
        i2c: "I2C2",
        xclkHz: program.xclkHz ?? MODULE_XCLK_HZ[sensor],
        hse: program.hse ?? { hz: 8e6, bypass: false },
    })
    const { symbols } = readElf(content, elf, chipPlaces(board))
    const captures: Capture[] = []
    const run: ForeignRun = new ForeignRun({
        elf: content,
        name: elf,
        board,
        sensorAddress: program.address ?? address,
        scene: await loadScene(program.scene ?? "chart", field, 1),
        permissive: program.permissive ?? false,
        i2cPins: program.i2cPins,
        lcd: program.lcd,
        ...(program.sensorPins && { sensorPins: program.sensorPins }),
        onFrame: frame =>
            captures.push({
                frame: { ...frame, bytes: frame.bytes.slice() },
                sent: (
                    frame.sent.bytes ?? run.sensor.expected(frame.sent)
                ).slice(),
                memory:
                    frameBytes === undefined
                        ? placed(run, frame)
                        : run.dump(symbols.address("frame"), frameBytes),
            }),
    })
    const ended = ranTo(run, program.seconds)
    const text = Buffer.from(run.sent.get(2)?.bytes() ?? []).toString("latin1")
    return {
        ...{ run, captures, text, ended },
        variable: (name, bytes) =>
            new DataView(run.dump(symbols.address(name), bytes).buffer),
    }
}

/** What is in memory where DMA put the frame; nothing of what it put elsewhere, as into an LCD. */
function placed(run: ForeignRun, { runs }: TakenFrame): Uint8Array {
    const inMemory = runs.filter(({ address }) => address >> 29 === 1)
    return Buffer.concat(
        inMemory.map(({ address, bytes }) => run.dump(address, bytes))
    )
}

function ranTo(run: ForeignRun, seconds: number): string | undefined {
    try {
        run.run(seconds)
    } catch (error) {
        if (!(error instanceof CamscriptError)) throw error
        return error.message
    } finally {
        run.close()
    }
    return undefined
}

/** The width and height of a JPEG that can be read and shows something. */
export async function jpegSize(
    jpeg: Uint8Array
): Promise<{ width: number; height: number }> {
    const { data, info } = await sharp(jpeg)
        .raw()
        .toBuffer({ resolveWithObject: true })
    if (data.every(value => value === data[0]))
        throw new Error("all pixels of the JPEG are the same")
    return { width: info.width, height: info.height }
}

/** The same bytes, and more than one value: not a memory that nobody wrote to. */
export function isPicture(memory: Uint8Array, wanted: Uint8Array): boolean {
    return (
        Buffer.compare(memory, wanted) === 0 &&
        wanted.some(value => value !== wanted[0])
    )
}

/** A rectangle of a frame of one byte per pixel. */
export function cut(
    frame: Uint8Array,
    columns: number,
    { x, y, width, height }: Record<"x" | "y" | "width" | "height", number>
): Uint8Array {
    const part = new Uint8Array(width * height)
    for (let row = 0; row < height; row++) {
        const from = (y + row) * columns + x
        part.set(frame.subarray(from, from + width), row * width)
    }
    return part
}

/** Rows of a frame in memory, from the last to the first. */
export function bottomUp(frame: Uint8Array, rowBytes: number): Uint8Array {
    const rows = frame.length / rowBytes
    const turned = new Uint8Array(frame.length)
    for (let row = 0; row < rows; row++)
        turned.set(
            frame.subarray(row * rowBytes, (row + 1) * rowBytes),
            (rows - row - 1) * rowBytes
        )
    return turned
}

/** Rules of the warnings, without values. */
export function warningsOf({ run }: Outcome): string[] {
    return run.rules.warnings.map(({ message }) =>
        message.replace(/ = 0x[0-9a-f]+/, "")
    )
}

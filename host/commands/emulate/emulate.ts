// SPDX-License-Identifier: MIT
// `camscript emulate`: any STM32F4 camera firmware on the emulated chip, and what it did.

import { readFileSync, writeFileSync } from "node:fs"
import pc from "picocolors"
import { foreignBoardFile } from "../../../sim/foreign/foreign-board.ts"
import {
    ForeignRun,
    type ForeignRunOptions,
} from "../../../sim/foreign/foreign-run.ts"
import type { I2cBusPlace } from "../../../sim/foreign/i2c-traffic.ts"
import type { I2cPins } from "../../../sim/stm32/gpio/bit-banged-i2c.ts"
import type { TakenFrame } from "../../../sim/foreign/capture-watch.ts"
import { CamscriptError, UsageError } from "../../../protocol/errors.ts"
import { loadScene } from "../../../sim/scene/load-scene.ts"
import { SENSOR_CATALOGUE } from "../../../sim/sensors/catalogue.ts"
import type { EmulateOptions } from "./emulate-options.ts"
import {
    emulateLines,
    emulateReport,
    type EmulateReport,
} from "./emulate-report.ts"
import { saveLcdImage } from "./lcd-image.ts"
import { GdbRun } from "../../gdb/gdb-run.ts"
import { ImageFolder } from "../../images/image-folder.ts"
import { insideFiles } from "../../inside/inside-options.ts"
import { InsideRun } from "../../inside/inside-run.ts"
import { Progress } from "../../progress.ts"
import { interruptible } from "../../interruption.ts"
import { runInSlices } from "../../targets/in-process/slices.ts"
import type { Terminal } from "../../terminal.ts"
import { withWaveforms } from "../../waveforms.ts"

/** Of virtual time between two looks at Ctrl-C, s: a fraction of a second of this computer's. */
const SLICE_SECONDS = 0.02

/**
 * Run a firmware and report.
 * @throws UsageError; CamscriptError, after the report, when something ended the run before its time
 */
export async function emulate(
    options: EmulateOptions,
    terminal: Terminal
): Promise<void> {
    const elf = readFileSync(options.elf)
    const { field } = SENSOR_CATALOGUE[options.sensor.name]
    const scene = await loadScene(options.scene, field, options.seed)
    const inside = new InsideRun(options)
    const images = options.size && new FrameImages(options)
    const debug = new GdbRun(options.gdb, terminal)
    await withWaveforms({ vcd: options.vcd }, async waveforms => {
        const machine: ForeignRunOptions = {
            elf,
            name: options.elf,
            board: foreignBoardFile({
                chip: options.chip,
                sensor: options.sensor.name,
                i2c: options.sensor.i2c,
                xclkHz: options.xclkHz,
                hse: options.hse,
            }),
            sensorAddress: options.sensor.address,
            i2cPins: pinsOf(options.sensor.i2c),
            scene,
            sensorPins: options.sensorPins,
            permissive: options.permissive,
            faults: options.faults,
            seed: options.seed,
            cpi: options.cpi,
            lcd: options.lcd,
            vectorTable: options.vectorTable,
        }
        const run = new ForeignRun({
            ...machine,
            waveforms,
            tally: inside.counts,
            onFrame: frame => {
                inside.frameTaken(frame.index)
                images?.take(frame)
            },
        })
        inside.foreign(run, options.elf)
        let printed = false
        try {
            await debug.foreign(run, () => new ForeignRun(machine))
            const ended = await runToTheEnd(run, options, terminal, images)
            debug.close(ended?.message)
            inside.write()
            const report = await save(run, options, images, inside, ended)
            print(report, options, terminal)
            printed = true
            if (ended) throw ended
        } catch (error) {
            if (!printed) images?.discard()
            throw error
        } finally {
            debug.close()
            run.close()
        }
    })
}

function pinsOf(bus: I2cBusPlace): I2cPins | undefined {
    return typeof bus === "string" ? undefined : bus
}

/** @returns what ended the run before its time: a broken rule, a core that is locked up */
async function runToTheEnd(
    run: ForeignRun,
    options: EmulateOptions,
    terminal: Terminal,
    images: FrameImages | undefined
): Promise<CamscriptError | undefined> {
    // Memory that is not there shows before the run, not after it.
    for (const { address, bytes } of options.dumps) run.dump(address, bytes)
    images?.open()
    const { seconds } = options
    const progress = new Progress(terminal, {
        frames: undefined,
        seconds,
        bar: !options.quiet && !options.json,
        console: false,
    })
    const simulation = {
        get seconds(): number {
            return run.seconds
        },
        get isHeld(): boolean {
            return run.isHeld
        },
        run: (until: { seconds?: number }): void => run.run(until.seconds!),
    }
    let ended: CamscriptError | undefined
    await interruptible(signal =>
        runInSlices(
            simulation,
            { seconds },
            {
                done: () => false,
                next: now => now + SLICE_SECONDS,
                afterSlice: async wallSeconds => {
                    progress.update(0, run.seconds, wallSeconds)
                    await images?.flush()
                },
                signal,
            }
        )
    )
        .catch((error: unknown) => {
            // What happened so far is what the firmware's author needs now.
            const told = error instanceof CamscriptError && error.exitCode === 1
            if (!told) throw error
            ended = error
        })
        .finally(() => progress.stop())
    run.watch.finish()
    return ended
}

/** Write what was asked for. */
async function save(
    run: ForeignRun,
    options: EmulateOptions,
    images: FrameImages | undefined,
    inside: InsideRun,
    ended: CamscriptError | undefined
): Promise<EmulateReport> {
    const files: string[] = []
    const write = (file: string, bytes: Uint8Array): void => {
        try {
            writeFileSync(file, bytes)
        } catch (error) {
            throw new UsageError(
                `${file} cannot be written: ${(error as Error).message}`
            )
        }
        files.push(file)
    }
    await images?.finish()
    for (const { address, bytes, file } of options.dumps)
        write(file, run.dump(address, bytes))
    if (options.uart !== undefined)
        for (const [file, bytes] of uartFiles(options.uart, run.sent))
            write(file, bytes)
    if (run.lcd && options.lcdImage !== undefined) {
        await saveLcdImage(options.lcdImage, run.lcd.controller.image())
        files.push(options.lcdImage)
    }
    if (options.vcd !== undefined) files.push(options.vcd)
    files.push(...Object.values(insideFiles(options) ?? {}))
    files.push(...(images?.files() ?? []))
    const { lastWriter } = inside
    const report = emulateReport(run, options, files, {
        ...(ended && { ended: ended.message }),
        ...(lastWriter !== undefined && { lastWriter }),
    })
    images?.publish(report)
    return report
}

/** The first USART that spoke has the file's name; others have their number behind it. */
function uartFiles(
    file: string,
    sent: ForeignRun["sent"]
): [string, Uint8Array][] {
    if (sent.size === 0) return [[file, new Uint8Array(0)]]
    return [...sent].map(([usart, bytes], index) => [
        index === 0 ? file : `${file}.usart${usart}`,
        bytes.bytes(),
    ])
}

/** Frames on their way into the folder of images: the first, every Nth, the last. */
class FrameImages {
    private readonly folder: ImageFolder
    private readonly waiting: SavedFrame[] = []
    private last: SavedFrame | undefined

    constructor(private readonly options: EmulateOptions) {
        this.folder = new ImageFolder(options.out)
    }

    open(): void {
        this.folder.open()
    }

    take({ index, bytes, sent }: TakenFrame): void {
        const { every, size } = this.options
        const { width, height } = size!
        const bytesPerPixel = sent.bytesPerPixel ?? 1
        const needed = width * height * bytesPerPixel
        if (sent.format !== "jpeg" && bytes.length < needed)
            throw new UsageError(
                `--width ${width} --height ${height}: an image of ${width}x${height} with ${bytesPerPixel} bytes per pixel has ${needed} bytes, a frame of this firmware has ${bytes.length}`
            )
        const saved: SavedFrame = {
            index,
            width,
            height,
            pixels: bytes.slice(0, sent.format === "jpeg" ? undefined : needed),
            sent: { format: sent.format },
        }
        this.last = saved
        if (index === 0 || (every !== undefined && index % every === 0))
            this.waiting.push(saved)
    }

    async flush(): Promise<void> {
        for (const frame of this.waiting.splice(0))
            await this.folder.add(frame.index, frame)
    }

    async finish(): Promise<void> {
        if (this.last) this.waiting.push(this.last)
        await this.flush()
    }

    files(): string[] {
        return this.folder.files()
    }

    publish(report: object): void {
        this.folder.publish(report)
    }

    discard(): void {
        this.folder.discard()
    }
}

interface SavedFrame {
    readonly index: number
    readonly width: number
    readonly height: number
    readonly pixels: Uint8Array
    readonly sent: Pick<TakenFrame["sent"], "format">
}

function print(
    report: EmulateReport,
    options: EmulateOptions,
    terminal: Terminal
): void {
    terminal.out(
        options.json
            ? `${JSON.stringify(report)}\n`
            : `${emulateLines(report, pc.createColors(terminal.colour), options.explain).join("\n")}\n`
    )
}

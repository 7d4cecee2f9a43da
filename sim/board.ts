// SPDX-License-Identifier: MIT
// One board without its CPU: chip, sensor, scene and the wires between them, as the board file says, in virtual time.
// Who runs the code is not its business: the simulation (native code as wasm) and the emulated board (an ELF) use the same one.

import type { BoardFile } from "../boards/board-file.ts"
import { BoardPins, type PinEvent } from "./board-pins.ts"
import { Clock } from "./clock.ts"
import { BoardFaults, type AnyFault } from "./faults/board-faults.ts"
import type { Part } from "./parts/part.ts"
import { Rules } from "./rules.ts"
import type { Scene } from "./scene/scene.ts"
import { SENSOR_CATALOGUE, type CatalogueEntry } from "./sensors/catalogue.ts"
import type { SensorModel } from "./sensors/sensor-model.ts"
import { Stm32F4 } from "./stm32/chip.ts"
import type { CaptureTrace } from "./trace/capture-trace.ts"
import { RegisterLog } from "./trace/register-log.ts"
import type { VcdRecorder } from "./trace/vcd-recorder.ts"

/** 537 MB of address space, committed as touched: an MCU address is an index. */
const ADDRESS_SPACE_PAGES = 8200

export interface BoardOptions {
    readonly board: BoardFile
    readonly scene: Scene
    /** A sensor that is not in the catalogue, plugged in where the board file has its own. */
    readonly sensorModule?: CatalogueEntry | undefined
    /** 7-bit I2C address of the sensor; null: no sensor on the bus. Default: that of an ordinary module. */
    readonly sensorAddress?: number | null
    /** Keep every register write in the log, which then grows with the run. Default: none. */
    readonly keepLog?: boolean
    /** Of a log that is kept: register reads too. */
    readonly logReads?: boolean
    /** Record the signals at the camera's wires; without it nothing is recorded. */
    readonly trace?: CaptureTrace
    /** Write waveforms; whoever made the recorder finishes it. */
    readonly vcd?: VcdRecorder
    /** What goes wrong, and when. */
    readonly faults?: readonly AnyFault[]
    /** What happens at the board's pins from outside, such as a button that is pressed. */
    readonly pins?: readonly PinEvent[] | undefined
    /** Other parts on the sensor's I2C bus. */
    readonly parts?: readonly Part[] | undefined
    /** Of what faults leave open. */
    readonly seed?: number
    /** Where the chip's frequencies come from; default "board": the board file, as the native code expects them. */
    readonly clocks?: "board" | "rcc"
}

/** A wired board whose clock nobody has moved yet. */
export class Board {
    readonly clock = new Clock()
    readonly log: RegisterLog
    readonly rules: Rules
    readonly chip: Stm32F4
    readonly sensor: SensorModel
    /** What a program's pins meet outside. */
    readonly pins: BoardPins
    /** Whoever runs the code starts them. */
    readonly faults: BoardFaults
    /** The MCU's memory, indexed by its addresses. */
    readonly memory: WebAssembly.Memory
    /** A view of it. */
    readonly bytes: Uint8Array

    constructor(private readonly options: BoardOptions) {
        const { board, trace, vcd } = options
        const now = (): number => this.clock.nowNs
        this.rules = new Rules(now)
        this.memory = new WebAssembly.Memory({
            initial: ADDRESS_SPACE_PAGES,
            maximum: ADDRESS_SPACE_PAGES,
        })
        this.bytes = new Uint8Array(this.memory.buffer)
        this.log = new RegisterLog(
            now,
            options.logReads,
            options.keepLog ?? false
        )
        this.chip = new Stm32F4({
            board,
            clock: this.clock,
            rules: this.rules,
            log: this.log,
            memory: this.bytes,
            clocks: options.clocks,
        })
        this.faults = this.wireFaults()
        this.sensor = this.faults.sensor
        this.wireSensor()
        this.pins = new BoardPins({
            board,
            gpio: this.chip.gpio,
            clock: this.clock,
            events: options.pins,
        })
        const { sensor, chip, clock } = this
        const { dcmi, dma2, nvic } = chip
        trace?.watch({ sensor, dcmi, dma2, nvic })
        vcd?.watch({
            sensor,
            chip,
            clock,
            i2c: board.sensor.i2c,
            pins: this.pins,
        })
    }

    private wireFaults(): BoardFaults {
        const { board, scene, sensorAddress, trace, vcd, seed } = this.options
        const { clock, rules, log, chip } = this
        const { name, xclkHz, i2c } = board.sensor
        const { create, address } =
            this.options.sensorModule ?? SENSOR_CATALOGUE[name]
        return new BoardFaults(
            {
                clock,
                rules,
                chip,
                sensorName: name,
                i2c: i2c.instance,
                seed,
                // The trace shows what arrives: the faults are nearer to the sensor.
                tap: dcmi => {
                    const traced = trace ? trace.tap(dcmi, clock) : dcmi
                    return vcd ? vcd.tap(traced, clock) : traced
                },
            },
            sink =>
                create({
                    clock,
                    rules,
                    log,
                    scene,
                    xclkHz,
                    i2cAddress: sensorAddress ?? address,
                    sink,
                })
        )
    }

    private wireSensor(): void {
        const { sensor, chip, faults } = this
        if (this.options.sensorAddress !== null) chip.i2cBus.attach(sensor)
        for (const part of this.options.parts ?? [])
            chip.i2cBus.attach(part(this.clock))
        this.wirePins()
        // Firmware looks at the pins to find a dead wire.
        const { PIXCLK, HSYNC, VSYNC } = this.options.board.sensor.dcmi
        chip.gpio.setInput(PIXCLK.pin, () => faults.pixclk)
        chip.gpio.setInput(HSYNC.pin, () => faults.levels.hsync)
        chip.gpio.setInput(VSYNC.pin, () => faults.levels.vsync)
    }

    private wirePins(): void {
        const { sensor } = this
        const { resetPin, standbyPin, exposurePin } = this.options.board.sensor
        if (resetPin) this.chip.onPin(resetPin, level => sensor.setReset(level))
        if (standbyPin)
            this.chip.onPin(standbyPin, level => sensor.setStandby(level))
        if (exposurePin)
            this.chip.onPin(exposurePin, level => sensor.setExposurePin(level))
    }
}

// SPDX-License-Identifier: MIT
// One board without its CPU: chip, sensor, scene and the wires between them, as the board file says, in virtual time.
// Who runs the code is not its business: the simulation (native code as wasm) and the emulated board (an ELF) use the same one.

import type { BoardFile } from "../boards/board-file.ts"
import { Clock } from "./clock.ts"
import { ParallelFaults, type ParallelFault } from "./wires/parallel-faults.ts"
import { Rules } from "./rules.ts"
import type { Scene } from "./scene/scene.ts"
import { SENSOR_CATALOGUE } from "./sensors/catalogue.ts"
import type { SensorModel } from "./sensors/sensor-model.ts"
import { Stm32F4 } from "./stm32/chip.ts"
import type { Level } from "./wires/parallel-bus.ts"
import type { CaptureTrace } from "./trace/capture-trace.ts"
import { RegisterLog } from "./trace/register-log.ts"
import type { VcdRecorder } from "./trace/vcd-recorder.ts"

/** 537 MB of address space, committed as touched: an MCU address is an index. */
const ADDRESS_SPACE_PAGES = 8200

export interface BoardOptions {
    readonly board: BoardFile
    readonly scene: Scene
    /** 7-bit I2C address of the sensor; null: no sensor on the bus. Default: that of an ordinary module. */
    readonly sensorAddress?: number | null
    /** Also log register reads. */
    readonly logReads?: boolean
    /** Record the signals at the camera's wires; without it nothing is recorded. */
    readonly trace?: CaptureTrace
    /** Write waveforms; whoever made the recorder finishes it. */
    readonly vcd?: VcdRecorder
    /** What goes wrong on the cable between sensor and DCMI. */
    readonly faults?: readonly ParallelFault[]
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
    /** The MCU's memory, indexed by its addresses. */
    readonly memory: WebAssembly.Memory
    /** A view of it. */
    readonly bytes: Uint8Array

    constructor(private readonly options: BoardOptions) {
        const { board, trace, vcd } = options
        const now = (): number => this.clock.nowNs
        // A bad cable breaks rules that no program can keep: they are noted then, and do not stop the run.
        this.rules = new Rules(now, options.faults !== undefined)
        this.memory = new WebAssembly.Memory({
            initial: ADDRESS_SPACE_PAGES,
            maximum: ADDRESS_SPACE_PAGES,
        })
        this.bytes = new Uint8Array(this.memory.buffer)
        this.log = new RegisterLog(now, options.logReads)
        this.chip = new Stm32F4({
            board,
            clock: this.clock,
            rules: this.rules,
            log: this.log,
            memory: this.bytes,
            clocks: options.clocks,
        })
        this.sensor = this.wireSensor()
        const { sensor, chip, clock } = this
        const { dcmi, dma2, nvic } = chip
        trace?.watch({ sensor, dcmi, dma2, nvic })
        vcd?.watch({ sensor, chip, clock, i2c: board.sensor.i2c })
    }

    private wireSensor(): SensorModel {
        const { board, scene, sensorAddress, trace, vcd, faults } = this.options
        const { clock, rules, log } = this
        const { dcmi } = this.chip
        const { create, address } = SENSOR_CATALOGUE[board.sensor.name]
        // The trace shows what arrives: the faults are nearer to the sensor.
        const traced = trace ? trace.tap(dcmi, clock) : dcmi
        const receiver = vcd ? vcd.tap(traced, clock) : traced
        const sink = faults
            ? new ParallelFaults({ clock, sink: receiver, faults })
            : receiver
        const sensor = create({
            clock,
            rules,
            log,
            scene,
            xclkHz: board.sensor.xclkHz,
            i2cAddress: sensorAddress ?? address,
            sink,
        })
        if (sensorAddress !== null) this.chip.i2cBus.attach(sensor)
        this.wirePins(sensor)
        this.wirePixclk(sensor)
        return sensor
    }

    /** Far faster than any read of the pin: every other read finds the other level. */
    private wirePixclk(sensor: SensorModel): void {
        const { pin } = this.options.board.sensor.dcmi.PIXCLK
        if (pin === "") return // a board that nobody described
        let level: Level = 0
        this.chip.drivePin(pin, () => {
            if (sensor.clocksPixels) level = level === 1 ? 0 : 1
            return level
        })
    }

    private wirePins(sensor: SensorModel): void {
        const { resetPin, standbyPin, exposurePin } = this.options.board.sensor
        if (resetPin) this.chip.onPin(resetPin, level => sensor.setReset(level))
        if (standbyPin)
            this.chip.onPin(standbyPin, level => sensor.setStandby(level))
        if (exposurePin)
            this.chip.onPin(exposurePin, level => sensor.setExposurePin(level))
    }
}

// SPDX-License-Identifier: MIT
// A simulated board whose sensor module is pulled off and put back, wire by wire if need be.

import { readBoard, type BoardFile } from "../../../boards/board-file.ts"
import type { CaptureRequest } from "../../../protocol/capture.ts"
import type { SensorName } from "../../../protocol/names.ts"
import type { AnyFault } from "../../../sim/faults/board-faults.ts"
import type { CapturedFrame } from "../../../sim/observe/capture.ts"
import { loadScene } from "../../../sim/scene/load-scene.ts"
import { SENSOR_CATALOGUE } from "../../../sim/sensors/catalogue.ts"
import { Simulation } from "../../../sim/simulation.ts"
import type { ParallelSink } from "../../../sim/wires/parallel-bus.ts"
import type { I2cBus, I2cTarget } from "../../../sim/wires/i2c-bus.ts"
import { buildProgram } from "../../../toolchain/devicescript/build-program.ts"

/** The wires of the parallel bus that can be cut. */
type Wire = "vsync" | "hsync" | "line"

/** The wires between a sensor and the chip. */
export class Cable {
    private readonly cut = new Set<Wire>()

    constructor(
        dcmi: ParallelSink,
        private readonly i2c: I2cBus,
        private readonly sensor: I2cTarget
    ) {
        const vsync = dcmi.vsync.bind(dcmi)
        const hsync = dcmi.hsync.bind(dcmi)
        const line = dcmi.line.bind(dcmi)
        dcmi.vsync = level => {
            if (!this.cut.has("vsync")) vsync(level)
        }
        dcmi.hsync = level => {
            if (!this.cut.has("hsync")) hsync(level)
        }
        dcmi.line = data => {
            // Without HSYNC the DCMI takes no data.
            if (!this.cut.has("line") && !this.cut.has("hsync")) line(data)
        }
    }

    cutWire(wire: Wire): void {
        this.cut.add(wire)
    }

    mend(): void {
        this.cut.clear()
    }

    unplug(): void {
        this.cut.add("vsync").add("hsync").add("line")
        this.i2c.detach(this.sensor)
    }

    plug(): void {
        this.cut.clear()
        this.i2c.attach(this.sensor)
    }
}

export interface CableRigOptions {
    readonly app?: string
    readonly sensor?: SensorName
    /** Default: nucleo-f446re with that sensor. */
    readonly board?: BoardFile
    readonly request?: CaptureRequest
    readonly faults?: readonly AnyFault[]
}

export interface TimedCapture {
    readonly frame: CapturedFrame
    readonly ms: number
}

export class CableRig {
    readonly frames: TimedCapture[] = []
    readonly console: string[] = []
    simulation!: Simulation
    cable!: Cable

    static async boot(options: CableRigOptions = {}): Promise<CableRig> {
        const rig = new CableRig()
        const board =
            options.board ?? readBoard("nucleo-f446re", options.sensor)
        const { field } = SENSOR_CATALOGUE[board.sensor.name]
        const simulation = await Simulation.create({
            board,
            scene: await loadScene("chart", field, 1),
            program: await buildProgram(
                options.app ?? "test/system/programs/told-of-faults.ts"
            ),
            request: options.request,
            // A bad cable breaks rules that no program can keep.
            faults: options.faults ?? [],
            onFrame: frame =>
                rig.frames.push({ frame, ms: simulation.seconds * 1000 }),
            onConsole: line => rig.console.push(line),
        })
        rig.simulation = simulation
        rig.cable = new Cable(
            simulation.chip.dcmi,
            simulation.chip.i2cBus,
            simulation.sensor
        )
        return rig
    }

    get nowMs(): number {
        return this.simulation.seconds * 1000
    }

    run(seconds: number): void {
        this.simulation.run({ seconds: this.simulation.seconds + seconds })
    }

    /** Lines of the console that match. */
    said(what: RegExp): string[] {
        return this.console.filter(line => what.test(line))
    }

    /** Frames that came after a moment, ms. */
    framesAfter(ms: number): CapturedFrame[] {
        return this.frames.filter(one => one.ms > ms).map(one => one.frame)
    }

    /** Hold the sensor in reset for 200 us: its registers are lost. */
    resetSensor(): void {
        const { sensor, clock } = this.simulation
        sensor.setReset(0)
        clock.after(200_000, () => sensor.setReset(1))
    }
}

// SPDX-License-Identifier: MIT
// The default program on a simulated board, with a Jacdac host on its line.

import { readBoard, type BoardFile } from "../../../boards/board-file.ts"
import type { AnyFault } from "../../../sim/faults/board-faults.ts"
import type { CapturedFrame } from "../../../sim/observe/capture.ts"
import type {
    CameraControlName,
    CameraFields,
} from "../../../protocol/camera-fields.ts"
import {
    CameraClient,
    type CameraEvent,
} from "../../../host/jacdac/camera-client.ts"
import { JacdacHost } from "../../../host/jacdac/jacdac-host.ts"
import { loadScene } from "../../../sim/scene/load-scene.ts"
import { SENSOR_CATALOGUE } from "../../../sim/sensors/catalogue.ts"
import { Simulation } from "../../../sim/simulation.ts"
import { buildProgram } from "../../../toolchain/devicescript/build-program.ts"
import type { CaptureRequest } from "../../../protocol/capture.ts"
import type { SensorName } from "../../../protocol/names.ts"

export interface RigOptions {
    readonly app?: string
    readonly board?: string
    readonly sensor?: SensorName
    readonly gcHeapBytes?: number
    readonly request?: CaptureRequest
    readonly faults?: readonly AnyFault[]
}

/** Virtual time between two turns of the host's promises, s. */
const SLICE_S = 0.001

export interface TimedEvent extends CameraEvent {
    readonly timeMs: number
}

export class ServiceRig {
    readonly frames: CapturedFrame[] = []
    readonly events: TimedEvent[] = []
    readonly console: string[] = []
    simulation!: Simulation
    host!: JacdacHost
    camera!: CameraClient
    private timeS = 0

    /** Boot, and go on until the camera was found and the first frames came. */
    static async boot(options: RigOptions = {}): Promise<ServiceRig> {
        const rig = new ServiceRig()
        const board: BoardFile = readBoard(
            options.board ?? "nucleo-f446re",
            options.sensor
        )
        const { field } = SENSOR_CATALOGUE[board.sensor.name]
        const simulation = await Simulation.create({
            board: {
                ...board,
                gcHeapBytes: options.gcHeapBytes ?? board.gcHeapBytes,
            },
            scene: await loadScene("chart", field, 1),
            program: await buildProgram(options.app ?? "src/main.ts"),
            request: options.request,
            faults: options.faults,
            onFrame: frame => rig.frames.push(frame),
            onConsole: line => rig.console.push(line),
        })
        rig.simulation = simulation
        rig.host = new JacdacHost(simulation.jacdac, {
            nowUs: () => simulation.clock.nowNs / 1000,
            after: (delayUs, run) => {
                simulation.clock.after(delayUs * 1000, run)
            },
        })
        rig.camera = await rig.until(CameraClient.find(rig.host))
        rig.camera.onEvent(event =>
            rig.events.push({ ...event, timeMs: simulation.seconds * 1000 })
        )
        return rig
    }

    /** Let time pass, s; the host's promises go on meanwhile. */
    async run(seconds: number): Promise<void> {
        const endS = this.timeS + seconds
        while (this.timeS < endS - SLICE_S / 2) await this.slice()
    }

    /** Let time pass until a promise is settled. */
    async until<T>(promise: Promise<T>): Promise<T> {
        let settled = false
        const done = () => {
            settled = true
        }
        promise.then(done, done)
        // A slice runs before the first look, so that what is settled already needs no time of its own.
        for (let slices = 0; slices < 20_000; slices++) {
            await new Promise(resolve => setImmediate(resolve))
            if (settled) return promise
            await this.slice()
        }
        throw new Error("nothing came of it in 20 s")
    }

    /** Write a register, wait until it was applied or refused, and read it back. */
    async change<Name extends CameraControlName>(
        name: Name,
        value: CameraFields<Name>
    ): Promise<CameraFields<Name>> {
        const before = await this.until(this.camera.read("requests"))
        this.camera.write({ [name]: value })
        for (let turn = 0; turn < 40; turn++) {
            const now = await this.until(this.camera.read("requests"))
            if (now.applied + now.refused > before.applied + before.refused)
                return await this.until(this.camera.read(name))
        }
        throw new Error(`${name}: neither applied nor refused`)
    }

    private async slice(): Promise<void> {
        // A turn of the VM may have ended later than the slice.
        this.timeS = Math.max(this.timeS, this.simulation.seconds) + SLICE_S
        this.simulation.run({ seconds: this.timeS })
        await Promise.resolve()
    }
}

// SPDX-License-Identifier: MIT
// One simulated board: chip, native code, VM, sensor and scene, wired as the board file says, in virtual time.

import type { BoardFile } from "./board-file.ts"
import type {
    AppliedMode,
    CapturedFrame,
    CaptureRequest,
    Counters,
    StopCondition,
} from "./capture.ts"
import { CaptureObserver } from "./capture-observer.ts"
import { Clock } from "./clock.ts"
import { Display, type DisplayPicture } from "./display.ts"
import { CamscriptError } from "./errors.ts"
import {
    JacdacDoor,
    type DoorCounters,
    type JacdacLine,
} from "./jacdac/door.ts"
import { compileNative } from "./native/compile.ts"
import {
    decodeDescriptor,
    Grabber,
    GRABBER_ADDRESS,
} from "./native/grabber-map.ts"
import {
    readCounters,
    readDisplay,
    readFrameSize,
    readMode,
} from "./native/grabber-reader.ts"
import { NativeCode } from "./native/native-code.ts"
import { noFramesMessage } from "./no-frames.ts"
import { ParallelFaults, type ParallelFault } from "./parallel-faults.ts"
import { Rules } from "./rules.ts"
import type { Scene } from "./scene/scene.ts"
import { SENSOR_CATALOGUE } from "./sensors/catalogue.ts"
import type { SensorModel } from "./sensors/sensor-model.ts"
import { Stm32F4 } from "./stm32/chip.ts"
import type { CaptureTrace } from "./trace/capture-trace.ts"
import { RegisterLog } from "./trace/register-log.ts"
import type { HeapUse } from "./vm/program-failure.ts"
import type { Program } from "./vm/program.ts"
import { VirtualMachine } from "./vm/virtual-machine.ts"

/** The VM's timers have a grain of 1 ms; without other work it is woken that often. */
const VM_TICK_NS = 1e6

/** A program that captures must have a new frame at least this often, virtual ns. */
const FRAME_PATIENCE_NS = 3e9

/** 537 MB of address space, committed as touched: an MCU address is an index. */
const ADDRESS_SPACE_PAGES = 8200

export interface SimulationOptions {
    readonly board: BoardFile
    readonly scene: Scene
    readonly program: Program
    readonly request?: CaptureRequest
    /** 7-bit I2C address of the sensor; null: no sensor on the bus. Default: that of an ordinary module. */
    readonly sensorAddress?: number | null
    readonly seed?: number
    /** Also log register reads. */
    readonly logReads?: boolean
    /** Record the signals at the camera's wires; without it nothing is recorded. */
    readonly trace?: CaptureTrace
    /** What goes wrong on the cable between sensor and DCMI. */
    readonly faults?: readonly ParallelFault[]
    readonly onConsole?: (line: string) => void
    /** Called for every frame that was lent to the program. */
    readonly onFrame?: (frame: CapturedFrame) => void
}

/** A board that boots when `run` is first called and goes on from there at each further call. */
export class Simulation {
    readonly log: RegisterLog
    readonly chip: Stm32F4
    readonly sensor: SensorModel
    readonly clock = new Clock()
    /** Hosts on the VM's Jacdac line. */
    readonly jacdac: JacdacLine & { readonly counters: DoorCounters }

    private readonly door: JacdacDoor
    private readonly native: NativeCode
    private readonly vm: VirtualMachine
    private readonly observer: CaptureObserver
    private readonly memory: Uint8Array
    private shown: Display | undefined
    private booted = false
    private vmHasWork = false
    private interrupted = false
    private nextTickNs = 0
    private vmStartsNs = 0
    private judgedFrames = 0
    private lastFrameNs = 0
    private firstFrame: CapturedFrame | undefined
    private lastFrame: CapturedFrame | undefined

    /** Compile what is needed (cached) and wire the board. */
    static async create(options: SimulationOptions): Promise<Simulation> {
        return new Simulation(options, await compileNative())
    }

    private constructor(
        private readonly options: SimulationOptions,
        nativeModule: WebAssembly.Module
    ) {
        const { board, scene, program, request = {}, seed = 1 } = options
        const clock = this.clock
        const now = () => clock.nowNs
        // A bad cable breaks rules that no program can keep: they are noted then, and do not stop the run.
        const rules = new Rules(now, options.faults !== undefined)
        const memory = new WebAssembly.Memory({
            initial: ADDRESS_SPACE_PAGES,
            maximum: ADDRESS_SPACE_PAGES,
        })
        this.memory = new Uint8Array(memory.buffer)
        this.log = new RegisterLog(now, options.logReads)
        this.chip = new Stm32F4({
            board,
            clock,
            rules,
            log: this.log,
            memory: this.memory,
        })
        this.sensor = this.wireSensor(scene, rules)
        this.observer = new CaptureObserver(
            this.sensor,
            board.frameMemory,
            frame => this.frameJudged(frame)
        )
        const { sensor, chip } = this
        options.trace?.watch({ sensor, dcmi: chip.dcmi, nvic: chip.nvic })
        this.chip.dma2.onWrite = (address, bytes) =>
            this.observer.dmaWrote(address, bytes.length)
        this.native = new NativeCode({
            module: nativeModule,
            memory,
            board,
            request,
            clock,
            bus: this.chip.bus,
            interrupts: this.chip.nvic,
            port: {
                vmReceive: frame => this.vmReceive(frame),
                rowStored: (address, bytes) =>
                    this.observer.rowStored(address, bytes),
                frameDelivered: (descriptor, pixels) => {
                    this.observer.delivered(
                        decodeDescriptor(descriptor),
                        pixels.byteOffset,
                        pixels,
                        clock.nowNs
                    )
                },
            },
        })
        this.native.onInterrupt = () => {
            this.interrupted = true
        }
        const nowUs = () => Math.floor(clock.nowNs / 1000)
        this.door = new JacdacDoor({
            nowUs,
            onWaiting: () => {
                this.interrupted = true
            },
        })
        this.jacdac = this.door
        this.vm = new VirtualMachine({
            program,
            archId: board.chip,
            gcHeapBytes: board.gcHeapBytes,
            seed,
            nowUs,
            onConsole: line => options.onConsole?.(line),
            onSend: frame => this.door.sent(frame),
            i2c: (address, write, read) => this.transfer(address, write, read),
        })
    }

    /** Virtual time since boot, s. */
    get seconds(): number {
        return this.clock.nowNs / 1e9
    }

    /**
     * Run on until the condition holds. May be called again to go on, for progress bars.
     * @throws ProgramError, SiliconError, CamscriptError when no frame comes for 3 s of virtual time
     */
    run(until: StopCondition): void {
        const endNs = (until.seconds ?? Infinity) * 1e9
        const frames = until.frames ?? Infinity
        if (!this.booted) this.boot()
        while (this.judgedFrames < frames && this.clock.nowNs < endNs) {
            this.wake()
            if (this.judgedFrames < frames)
                this.sleep(Math.min(this.nextTickNs, endNs))
            if (frames < Infinity) this.checkPatience()
        }
    }

    /** What the program applied; undefined until it has started the capture. */
    mode(): AppliedMode | undefined {
        return this.observer.counting
            ? readMode(
                  this.native,
                  this.sensor.name,
                  this.options.board.frameMemory
              )
            : undefined
    }

    /**
     * What the display shows now that the newest capture goes to; undefined: to none. It is as wide as its stride: the
     * grabber does not know of columns that nobody sees.
     */
    display(): DisplayPicture | undefined {
        return this.shown?.picture()
    }

    counters(): Counters {
        const { torn, pixelErrors, busBytes, deliveredBytes, sensorFrames } =
            this.observer
        return {
            ...readCounters(this.native),
            torn,
            pixelErrors,
            busBytes,
            deliveredBytes,
            sensorFrames,
        }
    }

    /** Frame rate by the time stamps of the delivered frames; undefined before the second one. */
    measuredFps(): number | undefined {
        const first = this.firstFrame
        const last = this.lastFrame
        if (first === undefined || last === undefined || first === last)
            return undefined
        const us = (last.endUs - first.endUs) >>> 0
        return ((last.sequence - first.sequence) * 1e6) / us
    }

    /** Measure the program's heap: after a collection; undefined before it runs. */
    measureHeap(): HeapUse | undefined {
        return this.vm.measureHeap()
    }

    private wireSensor(scene: Scene, rules: Rules): SensorModel {
        const { board, sensorAddress, trace, faults } = this.options
        const { dcmi } = this.chip
        const { create, address } = SENSOR_CATALOGUE[board.sensor.name]
        // The trace shows what arrives: the faults are nearer to the sensor.
        const receiver = trace ? trace.tap(dcmi, this.clock) : dcmi
        const sink = faults
            ? new ParallelFaults({ clock: this.clock, sink: receiver, faults })
            : receiver
        const sensor = create({
            clock: this.clock,
            rules,
            log: this.log,
            scene,
            xclkHz: board.sensor.xclkHz,
            i2cAddress: sensorAddress ?? address,
            sink,
        })
        if (sensorAddress !== null) this.chip.i2cBus.attach(sensor)
        const { resetPin, standbyPin, exposurePin } = board.sensor
        if (resetPin) this.chip.onPin(resetPin, level => sensor.setReset(level))
        if (standbyPin)
            this.chip.onPin(standbyPin, level => sensor.setStandby(level))
        if (exposurePin)
            this.chip.onPin(exposurePin, level => sensor.setExposurePin(level))
        return sensor
    }

    private boot(): void {
        this.booted = true
        this.native.init()
        this.vm.start()
        // A device that announces itself before the program starts is bound at once, a later one after up to 1 s.
        this.native.poll()
        this.vm.process()
        // A turn within the next 0.9 ms would leave the program asleep for ever (seen with VM 2.16.4).
        this.vmStartsNs = this.clock.nowNs + VM_TICK_NS
    }

    /** The main loop's turn: the native side first, so that its doorbell is answered at once. */
    private wake(): void {
        this.interrupted = false
        this.native.poll()
        this.door.deliver(frame => this.vmReceive(frame))
        if (this.clock.nowNs < this.vmStartsNs)
            this.nextTickNs = this.vmStartsNs
        else if (this.vmHasWork || this.clock.nowNs >= this.nextTickNs) {
            this.vmHasWork = false
            this.vm.process()
            this.nextTickNs =
                (Math.floor(this.clock.nowNs / VM_TICK_NS) + 1) * VM_TICK_NS
        }
    }

    /** The CPU sleeps until an interrupt or the VM's next tick. */
    private sleep(untilNs: number): void {
        while (!this.interrupted && this.clock.nowNs < untilNs)
            this.native.runUntil(Math.min(this.clock.nextNs(), untilNs))
    }

    private vmReceive(frame: Uint8Array): boolean {
        this.vmHasWork = true
        return this.vm.receive(frame)
    }

    private transfer(
        address: number,
        write: Uint8Array,
        read: Uint8Array
    ): number {
        const status = this.native.transfer(address, write, read)
        if (
            address === GRABBER_ADDRESS &&
            write[0] === Grabber.CONTROL &&
            status === 0
        )
            this.captureChanged(write[1] === 1)
        return status
    }

    private captureChanged(started: boolean): void {
        this.observer.counting = started
        if (!started) return
        const layout = readDisplay(this.native, this.options.board.frameMemory)
        this.observer.display = layout
        this.shown =
            layout &&
            new Display({
                memory: this.memory,
                address: layout.address,
                widthPx: layout.strideBytes / 2,
                heightPx: layout.rows,
                bottomUp: layout.bottomUp,
            })
    }

    private frameJudged(frame: CapturedFrame): void {
        this.judgedFrames++
        this.lastFrameNs = this.clock.nowNs
        this.firstFrame ??= frame
        this.lastFrame = frame
        this.options.onFrame?.(frame)
    }

    private checkPatience(): void {
        if (this.clock.nowNs - this.lastFrameNs < FRAME_PATIENCE_NS) return
        throw new CamscriptError(
            noFramesMessage({
                patienceS: FRAME_PATIENCE_NS / 1e9,
                started: this.observer.counting,
                counters: this.counters(),
                lastSent: this.observer.lastSent,
                ...readFrameSize(this.native),
            })
        )
    }
}

// SPDX-License-Identifier: MIT
// One simulated board: chip, native code, VM, sensor and scene, wired as the board file says, in virtual time.

import type { BoardFile } from "./board-file.ts"
import { CaptureObserver } from "./capture-observer.ts"
import { Clock } from "./clock.ts"
import { CamscriptError } from "./errors.ts"
import { compileNative } from "./native/compile.ts"
import {
    decodeDescriptor,
    Grabber,
    GRABBER_ADDRESS,
} from "./native/grabber-map.ts"
import { NativeCode } from "./native/native-code.ts"
import { noFramesMessage } from "./no-frames.ts"
import { ParallelFaults, type ParallelFault } from "./parallel-faults.ts"
import { Rules } from "./rules.ts"
import type { Scene } from "./scene/scene.ts"
import { SENSOR_CATALOGUE } from "./sensors/catalogue.ts"
import type {
    FieldWindow,
    SensorFrame,
    SensorModel,
} from "./sensors/sensor-model.ts"
import { Stm32F4 } from "./stm32/chip.ts"
import type { CaptureTrace } from "./trace/capture-trace.ts"
import { RegisterLog } from "./trace/register-log.ts"
import type { Program } from "./vm/program.ts"
import { VirtualMachine } from "./vm/virtual-machine.ts"

/** The VM's timers have a grain of 1 ms; without other work it is woken that often. */
const VM_TICK_NS = 1e6

/** A program that captures must have a new frame at least this often, virtual ns. */
const FRAME_PATIENCE_NS = 3e9

/** 537 MB of address space, committed as touched: an MCU address is an index. */
const ADDRESS_SPACE_PAGES = 8200

export const STRATEGIES = [
    "auto",
    "line",
    "dcmi-crop",
    "sensor-window",
    "rows+crop",
    "jpeg",
] as const
export type Strategy = (typeof STRATEGIES)[number]

/** What a frame's bytes are, in the order of MODE_FORMAT's codes from 1 on. */
export const FORMATS = ["gray8", "rgb565", "yuv422", "jpeg"] as const
export type CaptureFormat = (typeof FORMATS)[number]

/** What the user asks of the program; what is left out is the program's own choice. */
export interface CaptureRequest {
    /** Pixels of the sensor's field; x and y left out centre the window. */
    readonly window?: {
        readonly width: number
        readonly height: number
        readonly x?: number
        readonly y?: number
    }
    readonly fps?: number
    readonly strategy?: Strategy
    readonly buffers?: number
    readonly ramBytes?: number
    readonly timing?: "fastest" | "default"
    readonly exposureUs?: number
    /** Analog gain, 1 = 1x. */
    readonly gain?: number
    readonly testPattern?: "vertical" | "horizontal" | "diagonal"
    readonly format?: CaptureFormat
    /** JPEG quality, 1..100. */
    readonly quality?: number
    /** Pixels of the picture, when the sensor is to scale the window down to them. */
    readonly size?: { readonly width: number; readonly height: number }
}

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

/** A frame as the program got it, beside what the sensor sent. */
export interface CapturedFrame {
    readonly sequence: number
    readonly startUs: number
    readonly endUs: number
    readonly exposureUs: number
    readonly gain: number
    readonly droppedBefore: number
    /** Window on the sensor's field, as the program said it was taken. */
    readonly window: FieldWindow
    readonly format: CaptureFormat
    /** Columns and rows of the picture in memory; of a batch of rows: the batch's. */
    readonly width: number
    readonly height: number
    /** Row of the frame that a batch of rows starts with; 0 for frames. */
    readonly firstRow: number
    /** A copy of all its bytes: width x height x bytes per pixel, or the JPEG file. */
    readonly pixels: Uint8Array
    /** The sensor's own record of the frame. */
    readonly sent: SensorFrame
    /** Pixels that differ from the scene seen through the sensor model. */
    readonly pixelErrors: number
    /** Rows of more than one frame of the sensor are mixed in it. */
    readonly torn: boolean
}

/** What the program applied (mode block of the frame grabber). */
export interface AppliedMode {
    readonly sensor: string
    readonly strategy: Strategy
    readonly window: FieldWindow
    readonly fps: number
    readonly format: CaptureFormat
    readonly buffers: number
    readonly busBytesPerFrame: number
    /** Of a frame in memory; JPEG: the size of its buffer. */
    readonly storedBytesPerFrame: number
    /** All memory that frames take: buffers of frames or batches, and line mode's two rows. */
    readonly frameBufferBytes: number
}

export interface Counters {
    readonly frames: number
    readonly delivered: number
    readonly dropped: number
    readonly skipped: number
    readonly settling: number
    readonly overruns: number
    readonly shortFrames: number
    readonly dmaErrors: number
    readonly resyncs: number
    readonly irqs: number
    readonly torn: number
    readonly pixelErrors: number
    /** Bytes that crossed the parallel bus in all frames of the sensor since the capture started. */
    readonly busBytes: number
    /** Bytes of all frames that were lent to the program: what a compressed picture needs is known only afterwards. */
    readonly deliveredBytes: number
    readonly sensorFrames: number
}

/** When to stop: whichever comes first. */
export interface StopCondition {
    /** Frames delivered to the program. */
    readonly frames?: number
    /** Virtual seconds since boot. */
    readonly seconds?: number
}

/** A board that boots when `run` is first called and goes on from there at each further call. */
export class Simulation {
    readonly log: RegisterLog
    readonly chip: Stm32F4
    readonly sensor: SensorModel
    readonly clock = new Clock()

    private readonly native: NativeCode
    private readonly vm: VirtualMachine
    private readonly observer: CaptureObserver
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
        this.log = new RegisterLog(now, options.logReads)
        this.chip = new Stm32F4({
            board,
            clock,
            rules,
            log: this.log,
            memory: new Uint8Array(memory.buffer),
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
        this.vm = new VirtualMachine({
            program,
            archId: board.chip,
            gcHeapBytes: board.gcHeapBytes,
            seed,
            nowUs: () => Math.floor(clock.nowNs / 1000),
            onConsole: line => options.onConsole?.(line),
            onSend: () => {},
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
        if (!this.observer.counting) return undefined
        const block = this.grabberRegisters(Grabber.MODE_STRATEGY, 0x30)
        const at = (register: number) => register - Grabber.MODE_STRATEGY
        const u16 = (register: number) => block.getUint16(at(register), true)
        const u32 = (register: number) => block.getUint32(at(register), true)
        const strategy = STRATEGIES[block.getUint8(at(Grabber.MODE_STRATEGY))]!
        const buffers = block.getUint8(at(Grabber.MODE_BUFFERS))
        const rows = this.lineMemory(strategy, u16(Grabber.MODE_LINES))
        return {
            sensor: this.sensor.name,
            strategy,
            window: {
                x: u16(Grabber.MODE_X),
                y: u16(Grabber.MODE_Y),
                width: u16(Grabber.MODE_WIDTH),
                height: u16(Grabber.MODE_HEIGHT),
            },
            fps: u32(Grabber.MODE_FPS_MILLIHZ) / 1000,
            format: FORMATS[block.getUint8(at(Grabber.MODE_FORMAT)) - 1]!,
            buffers,
            busBytesPerFrame: u32(Grabber.MODE_BUS_BYTES),
            storedBytesPerFrame:
                u16(Grabber.MODE_LINE_BYTES) * u16(Grabber.MODE_LINES),
            frameBufferBytes:
                buffers * rows.perBuffer * u16(Grabber.MODE_LINE_BYTES) +
                rows.rowBufferBytes,
        }
    }

    /** What line mode has in memory: batches in place of frames, and two rows as they come. */
    private lineMemory(
        strategy: Strategy,
        lines: number
    ): { readonly perBuffer: number; readonly rowBufferBytes: number } {
        if (strategy !== "line") return { perBuffer: lines, rowBufferBytes: 0 }
        const block = this.grabberRegisters(Grabber.LINE_BUS_BYTES, 8)
        const at = (register: number) => register - Grabber.LINE_BUS_BYTES
        const batchRows = block.getUint8(at(Grabber.LINE_BATCH_ROWS))
        return {
            perBuffer: batchRows > 0 ? batchRows : lines,
            rowBufferBytes: 2 * block.getUint16(0, true),
        }
    }

    counters(): Counters {
        const block = this.grabberRegisters(
            Grabber.FRAMES,
            Grabber.RESYNCS + 4 - Grabber.FRAMES
        )
        const u32 = (register: number) =>
            block.getUint32(register - Grabber.FRAMES, true)
        const { torn, pixelErrors, busBytes, deliveredBytes, sensorFrames } =
            this.observer
        return {
            frames: u32(Grabber.FRAMES),
            delivered: u32(Grabber.DELIVERED),
            dropped: u32(Grabber.DROPPED),
            skipped: u32(Grabber.SKIPPED),
            settling: u32(Grabber.SETTLING),
            overruns: u32(Grabber.OVERRUNS),
            shortFrames: u32(Grabber.SHORT_FRAMES),
            dmaErrors: u32(Grabber.DMA_ERRORS),
            resyncs: u32(Grabber.RESYNCS),
            irqs: u32(Grabber.IRQS),
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
            this.observer.counting = write[1] === 1
        return status
    }

    private grabberRegisters(first: number, bytes: number): DataView {
        const read = new Uint8Array(bytes)
        this.native.transfer(GRABBER_ADDRESS, Uint8Array.of(first), read)
        return new DataView(read.buffer)
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
        const mode = this.grabberRegisters(Grabber.MODE_LINE_BYTES, 4)
        throw new CamscriptError(
            noFramesMessage({
                patienceS: FRAME_PATIENCE_NS / 1e9,
                started: this.observer.counting,
                counters: this.counters(),
                lastSent: this.observer.lastSent,
                lineBytes: mode.getUint16(0, true),
                lines: mode.getUint16(2, true),
            })
        )
    }
}

// SPDX-License-Identifier: MIT
// One simulated board: chip, native code as wasm, VM, sensor and scene, in virtual time.

import type { BoardFile } from "../boards/board-file.ts"
import type { VmWork } from "../boards/vm-cycles.ts"
import { Board, type BoardOptions } from "./board.ts"
import type { BoardPins } from "./board-pins.ts"
import type { CapturedFrame, StopCondition } from "./observe/capture.ts"
import { CaptureRecord } from "./observe/capture-record.ts"
import type { Clock } from "./clock.ts"
import {
    JacdacBus,
    type JacdacBusCounters,
    type JacdacLine,
} from "./wires/jacdac-bus.ts"
import { compileNative } from "../toolchain/wasm/compile-native.ts"
import type { FaultSchedule, Refusals } from "./faults/fault-schedule.ts"
import { ProgramFaults } from "./faults/program-faults.ts"
import {
    boardWithKernels,
    kernelMemory,
    resultBytesMax,
} from "../toolchain/kernel/kernel-memory.ts"
import { KernelCalls, type KernelUse } from "./kernel/kernel-calls.ts"
import { NativeCode } from "./native-code.ts"
import type { Rules } from "./rules.ts"
import type { SensorModel } from "./sensors/sensor-model.ts"
import type { Stm32F4 } from "./stm32/chip.ts"
import type { RegisterLog } from "./trace/register-log.ts"
import type { HeapUse } from "./devicescript/program-failure.ts"
import type { Program } from "../toolchain/devicescript/program.ts"
import {
    VirtualMachine,
    type VmWorkByPlace,
} from "./devicescript/virtual-machine.ts"
import type { CaptureRequest } from "../protocol/capture.ts"
import { GrabberReg, GrabberPage } from "../protocol/grabber-page.ts"

/** The VM's timers have a grain of 1 ms; without other work it is woken that often. */
const VM_TICK_NS = 1e6

const NO_RESTART =
    "the simulator models no restart of the chip: use the emulated board (--target emulator)"

/** What this level cannot show. */
const REFUSALS: Refusals = {
    "power-cut": NO_RESTART,
    "flash-error":
        "the simulator's program has no flash to write to: use the emulated board (--target emulator)",
    "link-noise":
        "the simulator has no serial link: use the emulated board (--target emulator)",
}

export interface SimulationOptions extends BoardOptions {
    readonly program: Program
    readonly request?: CaptureRequest
    readonly seed?: number
    /** Count what the VM does by place in the bytecode. */
    readonly byPlace?: boolean | undefined
    readonly onConsole?: (line: string) => void
    /** Called for every frame that was lent to the program. */
    readonly onFrame?: (frame: CapturedFrame) => void
}

/** A board that boots when `run` is first called and goes on from there at each further call. */
export class Simulation {
    readonly log: RegisterLog
    readonly chip: Stm32F4
    readonly sensor: SensorModel
    readonly clock: Clock
    /** What a program's pins meet outside. */
    readonly pins: BoardPins
    /** What its capture gave. */
    readonly record: CaptureRecord
    /** Rules of the models that were broken. */
    readonly rules: Rules
    /** Hosts on the VM's Jacdac line. */
    readonly jacdac: JacdacLine & { readonly counters: JacdacBusCounters }

    /** Takes more while it runs. */
    readonly faults: FaultSchedule

    /** The VM has had a turn, for traces. */
    onVmTurn: ((startNs: number, endNs: number) => void) | undefined

    private readonly bus: JacdacBus
    private readonly native: NativeCode
    private readonly vm: VirtualMachine
    private readonly kernels: KernelCalls
    private booted = false
    private vmHasWork = false
    private interrupted = false
    private nextTickNs = 0
    private vmStartsNs = Infinity
    /** For which the VM computed. */
    private vmNs = 0
    /** What there was when the program got the first one. */
    private firstFrame: FirstFrame | undefined
    /** The native call that is going on started (true) or stopped the capture. */
    private captureChanged: boolean | undefined

    /** Compile what is needed (cached) and wire the board. */
    static async create(options: SimulationOptions): Promise<Simulation> {
        return new Simulation(options, await compileNative())
    }

    private constructor(
        options: SimulationOptions,
        nativeModule: WebAssembly.Module
    ) {
        const board = new Board(options)
        const { clock } = board
        this.clock = clock
        this.log = board.log
        this.rules = board.rules
        this.chip = board.chip
        this.sensor = board.sensor
        this.pins = board.pins
        const { kernels = [] } = options.program
        this.kernels = new KernelCalls(
            kernels,
            board.memory,
            kernels.length === 0
                ? 0
                : resultBytesMax(kernelMemory(options.board, kernels), kernels),
            fault => options.onConsole?.(`! ${fault.message}`)
        )
        this.native = this.makeNative(options, board, nativeModule)
        this.record = new CaptureRecord({
            board,
            boardFile: options.board,
            grabber: this.native,
            vcd: options.vcd,
            onFrame: options.onFrame,
        })
        const program = new ProgramFaults(() => this.vm.bytes)
        this.faults = board.faults.start(
            { injectors: program.injectors, refusals: REFUSALS },
            options.faults,
            schedule => this.record.faults.watch(schedule)
        )
        const nowUs = () => Math.floor(clock.nowNs / 1000)
        this.bus = new JacdacBus({
            nowUs,
            onWaiting: () => {
                this.interrupted = true
            },
        })
        this.jacdac = this.bus
        this.vm = new VirtualMachine({
            program: options.program,
            archId: options.board.chip,
            gcHeapBytes: options.board.gcHeapBytes,
            seed: options.seed ?? 1,
            byPlace: options.byPlace,
            nowUs,
            cpu: {
                hclkHz: options.board.hclkHz,
                cycles: options.board.vmCycles,
                // Booting takes none: what it does here, a load of the program, is not what a board does.
                spend: ns => {
                    if (this.clock.nowNs >= this.vmStartsNs) this.compute(ns)
                },
            },
            onConsole: line => {
                this.compute(consoleNs(line, options.board))
                options.onConsole?.(line)
            },
            onSend: frame => this.bus.sent(frame),
            i2c: (address, write, read) => this.transfer(address, write, read),
            onBusCall: context => program.busCalled(context),
            onProgramEnd: () => {
                program.restore()
                this.native.programEnded()
                this.tellCaptureChange()
            },
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
        this.record.faults.guard(() => this.runOn(until))
    }

    private runOn(until: StopCondition): void {
        const { record } = this
        // Whole ns, as the clock shows: what is a rounding error less would never be reached.
        const endNs = Math.round((until.seconds ?? Infinity) * 1e9)
        const frames = until.frames ?? Infinity
        if (!this.booted) this.boot()
        while (record.judgedFrames < frames && this.clock.nowNs < endNs) {
            record.faults.look()
            this.wake()
            if (record.judgedFrames < frames)
                this.sleep(Math.min(this.nextTickNs, endNs))
            if (frames < Infinity) record.checkPatience()
        }
    }

    /**
     * Time of the CPU that the VM took for each frame which the program got, ms: handler, camera library and whatever else the
     * program does between the first frame and now.
     * @returns undefined before the second frame
     */
    vmMsPerFrame(): number | undefined {
        const { firstFrame } = this
        if (firstFrame === undefined) return undefined
        const frames = this.record.judgedFrames - firstFrame.judged
        if (frames === 0) return undefined
        return (this.vmNs - firstFrame.vmNs) / frames / 1e6
    }

    private compute(ns: number): void {
        this.vmNs += ns
        this.native.compute(ns)
    }

    /** What the VM has done since boot; the numbers grow on. */
    get vmWork(): VmWork {
        return this.vm.work
    }

    /** What each kernel's function of the program has done since boot. */
    get kernelUse(): readonly KernelUse[] {
        return this.kernels.uses()
    }

    /** The same by place in the bytecode, and what was allocated there; with option `byPlace`. */
    get vmWorkByPlace(): VmWorkByPlace {
        return this.vm.byPlace()
    }

    /** Measure the program's heap: after a collection; undefined before it runs. */
    measureHeap(): HeapUse | undefined {
        return this.vm.measureHeap()
    }

    private makeNative(
        { board: boardFile, request = {}, program }: SimulationOptions,
        board: Board,
        module: WebAssembly.Module
    ): NativeCode {
        const native = new NativeCode({
            module,
            memory: board.memory,
            board: boardWithKernels(boardFile, program.kernels ?? []),
            request,
            clock: board.clock,
            bus: board.chip.bus,
            interrupts: board.chip.nvic,
            port: {
                vmReceive: frame => this.vmReceive(frame),
                rowStored: (address, bytes) =>
                    this.record.rowStored(address, bytes),
                captureChanged: streaming => {
                    this.captureChanged = streaming
                },
                kernelRun: call => {
                    const ran = this.kernels.run(call)
                    this.vmNs += (ran.cycles * 1e9) / boardFile.hclkHz
                    return ran
                },
                frameDelivered: (descriptor, pixels) => {
                    this.record.delivered(
                        descriptor,
                        pixels.byteOffset,
                        pixels,
                        Math.floor(board.clock.nowNs / 1000)
                    )
                    this.firstFrame ??= {
                        judged: this.record.judgedFrames,
                        vmNs: this.vmNs,
                    }
                },
            },
        })
        native.onInterrupt = () => {
            this.interrupted = true
        }
        return native
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

    /** The main loop's turn: the native side first, so that its notification is answered at once. */
    private wake(): void {
        this.interrupted = false
        this.native.poll()
        this.bus.deliver(frame => this.receiveFromHost(frame))
        if (this.clock.nowNs < this.vmStartsNs)
            this.nextTickNs = this.vmStartsNs
        else if (this.vmHasWork || this.clock.nowNs >= this.nextTickNs) {
            this.vmHasWork = false
            // What comes during a turn waits for the next one, which follows at once then: a tick too.
            this.nextTickNs =
                (Math.floor(this.clock.nowNs / VM_TICK_NS) + 1) * VM_TICK_NS
            const startNs = this.clock.nowNs
            const done = this.vm.process()
            this.onVmTurn?.(startNs, this.clock.nowNs)
            if (!done) this.vmHasWork = this.interrupted = true
        }
    }

    /** The CPU sleeps until an interrupt or the VM's next tick. */
    private sleep(untilNs: number): void {
        while (!this.interrupted && this.clock.nowNs < untilNs)
            this.native.runUntil(Math.min(this.clock.nextNs(), untilNs))
    }

    private receiveFromHost(frame: Uint8Array): boolean {
        this.vmHasWork = true
        return this.vm.receive(frame)
    }

    private vmReceive(frame: Uint8Array): boolean {
        this.vmHasWork = true
        const taken = this.vm.receive(frame)
        if (taken && isJacdacEvent(frame)) this.record.notified()
        return taken
    }

    private transfer(
        address: number,
        write: Uint8Array,
        read: Uint8Array
    ): number {
        const status = this.native.transfer(address, write, read)
        this.tellCaptureChange()
        const released =
            address === GrabberPage.ADDRESS && write[0] === GrabberReg.RELEASE
        if (released && status === 0) this.record.released(write[1]!)
        return status
    }

    /** Not before the native code has returned: the record reads the grabber. */
    private tellCaptureChange(): void {
        const { captureChanged } = this
        this.captureChanged = undefined
        if (captureChanged !== undefined)
            this.record.captureChanged(captureChanged)
    }
}

interface FirstFrame {
    readonly judged: number
    readonly vmNs: number
}

/** The board's console sends by polling until a client comes: mark, line and line end, of 10 bits a byte. */
function consoleNs(line: string, { console }: BoardFile): number {
    const bytes = Buffer.byteLength(line) + "> ".length + "\r\n".length
    return Math.round((bytes * 10e9) / console.baud)
}

/** A frame whose packet is an event (Jacdac: bit 15 of the service command). */
function isJacdacEvent(frame: Uint8Array): boolean {
    return (frame[15]! & 0x80) !== 0
}

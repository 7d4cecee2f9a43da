// SPDX-License-Identifier: MIT
// One emulated board: the ELF that is flashed, on an emulated Cortex-M4, with the same silicon and sensor models as the
// simulation. It is watched at a few functions of the firmware, by name; nothing in it is replaced.

import { Board, type BoardOptions } from "./board.ts"
import type { BoardPins } from "./board-pins.ts"
import type { CapturedFrame, StopCondition } from "./observe/capture.ts"
import { CaptureRecord } from "./observe/capture-record.ts"
import type { Clock } from "./clock.ts"
import type { CpuUse } from "./observe/cpu-use.ts"
import { CamscriptError } from "../protocol/errors.ts"
import type { ElfFile } from "./cortex-m/elf.ts"
import { chipMcu, chipPlaces } from "./cortex-m/chip-mcu.ts"
import type { Mcu } from "./cortex-m/mcu.ts"
import type { CoreTally } from "./cortex-m/tally/core-tally.ts"
import type { FaultSchedule } from "./faults/fault-schedule.ts"
import { linkFaults } from "./faults/link-faults.ts"
import { powerFaults } from "./faults/power-cut.ts"
import { ProgramFaults } from "./faults/program-faults.ts"
import type { GrabberBus } from "./observe/grabber-reader.ts"
import type { Rules } from "./rules.ts"
import type { SensorModel } from "./sensors/sensor-model.ts"
import type { Stm32F4 } from "./stm32/chip.ts"
import { Irq } from "./stm32/nvic/irq.ts"
import type { RegisterLog } from "./trace/register-log.ts"
import type { ProgramMap } from "../toolchain/elf/program-map.ts"
import { firmwareVm } from "./inside/firmware-vm.ts"
import { programPlaces } from "../toolchain/devicescript/bytecode.ts"
import type { Program } from "../toolchain/devicescript/program.ts"
import { VmWatch } from "./devicescript/vm-watch.ts"
import { LogKind } from "../protocol/link/wire.ts"
import { decodeDescriptor } from "../protocol/descriptor.ts"
import { GrabberBytes } from "../protocol/grabber-page.ts"

export interface EmulatedBoardOptions extends BoardOptions {
    /** The firmware, with its symbols. */
    readonly elf: ElfFile
    /** The program in the slot that the firmware will choose: explains its errors. */
    readonly program: Program
    /** Cycles per instruction; left out: by the cycle model. */
    readonly cpi?: number | undefined
    /** Keep a tally of what is executed. */
    readonly tally?: boolean | undefined
    readonly onConsole?: (line: string) => void
    /** Called for every frame that was lent to the program. */
    readonly onFrame?: (frame: CapturedFrame) => void
}

/** VM_LOG_CONSOLE of vm_log_t (firmware/vm/vm.h). */
const LOG_CONSOLE = 0

/** Exception numbers of the handlers that a capture needs. */
const CAPTURE_EXCEPTIONS = [Irq.DCMI, Irq.DMA2_Stream1].map(irq => 16 + irq)

/** The firmware's functions that put a row into its place (native/capture/rows/row_copy.h), and the bytes that they store for a word. */
const ROW_COPIES = [
    ["cam_row_copy_aligned", 4],
    ["cam_row_copy_unaligned", 4],
    ["cam_row_copy_rgb565", 8],
] as const

/** cam_bus_status_t: nothing answers. */
const NO_ANSWER = -1

/** Longest stretch between two looks at the frames, virtual ns. */
const SLICE_NS = 10e6

/** Below the SRAM, where the chip has nothing: buffers of calls that a debugger makes. */
const DEBUGGER_MEMORY = 0x1ff00000
const DEBUGGER_BYTES = 0x1000

/** Wants counts of what each board executes, by address. */
export interface BoardOnlooker {
    /** A board has its counts, and has executed nothing yet. */
    made(board: EmulatedBoard): void
    /** Its counts are lost after this. */
    closing(board: EmulatedBoard): void
}

/** A board that boots when `run` is first called and goes on from there at each further call. */
export class EmulatedBoard {
    /** Whoever sums up what all boards of this process execute. */
    static onlooker: BoardOnlooker | undefined

    readonly log: RegisterLog
    readonly chip: Stm32F4
    readonly sensor: SensorModel
    readonly clock: Clock
    readonly mcu: Mcu
    /** What a program's pins meet outside. */
    readonly pins: BoardPins
    /** What its capture gave. */
    readonly record: CaptureRecord
    /** Rules of the models that were broken. */
    readonly rules: Rules

    /** Takes more while it runs. */
    readonly faults: FaultSchedule
    /** What was executed, and where; with option `tally`, and for an onlooker. */
    readonly tally: CoreTally | undefined

    private readonly bytes: Uint8Array
    private readonly vm: VmWatch
    /** Capture started (true) or stopped since the last look. */
    private captureChanged: boolean | undefined
    /** What the CPU had done when the capture first started. */
    private captureStart: CpuMark | undefined
    private wantedFrames = Infinity
    /** The power went, and the firmware has not started a capture since: its memory means nothing. */
    private withoutPower = false

    constructor(private readonly options: EmulatedBoardOptions) {
        const board = new Board({ ...options, clocks: "rcc" })
        this.log = board.log
        this.rules = board.rules
        this.chip = board.chip
        this.sensor = board.sensor
        this.pins = board.pins
        this.clock = board.clock
        this.bytes = board.bytes
        this.mcu = chipMcu({
            board: options.board,
            chip: board.chip,
            clock: board.clock,
            rules: board.rules,
            memory: board.bytes,
            elf: options.elf,
            cpi: options.cpi,
            debuggerMemory: {
                address: DEBUGGER_MEMORY,
                bytes: DEBUGGER_BYTES,
            },
        })
        if (options.tally || EmulatedBoard.onlooker)
            this.tally = this.startTally(options.tally ?? false)
        this.record = new CaptureRecord({
            board,
            boardFile: options.board,
            grabber: { transfer: this.transfer },
            vcd: options.vcd,
            onFrame: options.onFrame,
        })
        this.faults = this.startFaults(board)
        this.vm = new VmWatch({
            program: options.program,
            gcHeapBytes: options.board.gcHeapBytes,
            onConsole: line => options.onConsole?.(line),
        })
        this.watchFirmware()
        EmulatedBoard.onlooker?.made(this)
    }

    /** A debugger holds it. */
    get isHeld(): boolean {
        return this.mcu.debug.held
    }

    /** Virtual time since power-on, s. */
    get seconds(): number {
        return this.clock.nowNs / 1e9
    }

    /** Call `ended` after each turn of the VM, with its time, ns. */
    onVmTurn(ended: (startNs: number, endNs: number) => void): void {
        const { mcu } = this
        let startNs: number | undefined
        const returns = new Set<number>()
        this.at("vm_process", () => {
            startNs = mcu.nowNs
            const back = mcu.register("lr") & ~1
            if (returns.has(back)) return
            returns.add(back)
            mcu.onAddress(back, () => {
                if (startNs !== undefined) ended(startNs, mcu.nowNs)
                startNs = undefined
            })
        })
    }

    /**
     * Run on until the condition holds. May be called again to go on, for progress bars.
     * @throws ProgramError, SiliconError, CamscriptError when no frame comes for 3 s of virtual time
     */
    run(until: StopCondition): void {
        this.record.faults.guard(() => this.runOn(until))
    }

    private runOn(until: StopCondition): void {
        const { record, mcu } = this
        // Whole ns, as the clock shows: what is a rounding error less would never be reached.
        const endNs = Math.round((until.seconds ?? Infinity) * 1e9)
        this.wantedFrames = until.frames ?? Infinity
        while (
            record.judgedFrames < this.wantedFrames &&
            mcu.nowNs < endNs &&
            !mcu.debug.held
        ) {
            record.faults.look()
            // The counters are looked at just before a fault begins.
            const beforeNs = record.faults.nextNs - 1
            const sliceNs = mcu.nowNs + SLICE_NS
            mcu.run(
                Math.min(
                    sliceNs,
                    endNs,
                    beforeNs > mcu.nowNs ? beforeNs : Infinity
                )
            )
            this.lookAtCapture()
            if (this.vm.failure) throw this.vm.failure
            if (this.wantedFrames < Infinity) record.checkPatience()
        }
    }

    /** What the CPU did since the capture first started; undefined before. */
    cpuUse(): CpuUse | undefined {
        const start = this.captureStart
        if (start === undefined) return undefined
        const now = this.mark()
        const instructions = now.instructions - start.instructions
        return {
            timing: this.mcu.time.timing,
            cpi: (now.cycles - start.cycles) / instructions,
            instructions,
            irqInstructions: now.irqInstructions - start.irqInstructions,
            captureIrqInstructions:
                now.captureIrqInstructions - start.captureIrqInstructions,
            elapsedNs: now.timeNs - start.timeNs,
            idleNs: now.idleNs - start.idleNs,
        }
    }

    /** The program in the slot that the firmware chose first. */
    get program(): Program {
        return this.options.program
    }

    /** Functions and lines of the firmware. */
    get map(): ProgramMap {
        return this.options.elf.map
    }

    /** A word of memory, as a debugger reads it. */
    readWord(address: number): number {
        return new DataView(this.bytes.buffer).getUint32(address, true)
    }

    /** Memory itself, for a debugger; undefined where the chip has none. */
    memoryAt(address: number, bytes: number): Uint8Array | undefined {
        const isThere = chipPlaces(this.options.board).some(
            place =>
                address >= place.address &&
                address + bytes <= place.address + place.bytes
        )
        return isThere
            ? this.bytes.subarray(address, address + bytes)
            : undefined
    }

    /** Where a function or variable of the firmware lies. @throws CamscriptError when it has none of that name */
    symbol(name: string): number {
        return this.options.elf.symbols.address(name)
    }

    /** Change bytes of code, as a debugger does. @returns what was there */
    writeCode(address: number, code: Uint8Array): Uint8Array {
        const before = this.bytes.slice(address, address + code.length)
        this.bytes.set(code, address)
        this.mcu.codeChanged(address, code.length)
        return before
    }

    /** Free the emulator's memory. */
    close(): void {
        EmulatedBoard.onlooker?.closing(this)
        this.mcu.close()
    }

    private startTally(followCalls: boolean): CoreTally {
        const { program, elf } = this.options
        const tally = this.mcu.startTally(followCalls)
        const places = programPlaces(program)
        const vm = places && firmwareVm(elf.symbols, places)
        if (vm) tally.watchVm(vm)
        return tally
    }

    private startFaults(board: Board): FaultSchedule {
        const { clock, chip, mcu, bytes } = this
        const program = new ProgramFaults(() => bytes)
        this.at("vm_i2c_transaction", context => program.busCalled(context))
        this.at("vm_port_panicked", () => program.restore())
        const { supply } = board.faults
        const off = (): void => {
            this.withoutPower = true
            this.record.captureChanged(false)
        }
        for (const fault of this.options.faults ?? [])
            if ("fault" in fault && fault.fault === "power-cut")
                chip.flash.powerGoesAt(fault.at * 1e9, this.options.seed ?? 1)
        return board.faults.start(
            {
                injectors: {
                    ...program.injectors,
                    ...powerFaults({
                        ...{ clock, chip, mcu, supply, bytes, off },
                        board: this.options.board,
                    }),
                    ...linkFaults(clock, chip, this.options.board),
                },
                refusals: {},
            },
            this.options.faults,
            schedule => this.record.faults.watch(schedule)
        )
    }

    private watchFirmware(): void {
        this.at("cam_port_frame_delivered", (descriptor, pixels) =>
            this.frameDelivered(descriptor, pixels)
        )
        this.at("cam_port_capture_changed", streaming => {
            this.withoutPower = false
            this.captureChanged = streaming !== 0
            this.captureStart ??= this.mark()
            this.mcu.stop()
        })
        // cam_port_row_stored() is nothing in the firmware: what it would say is seen where the rows are copied.
        for (const [copy, bytesPerWord] of ROW_COPIES)
            this.at(copy, (to, _from, words) =>
                this.record.rowStored(to, words * bytesPerWord)
            )
        this.at("cam_capture_release", index => this.record.released(index))
        this.at("cam_jacdac_event", () => this.record.notified())
        this.at("vm_port_log", (kind, line) => {
            const text = this.textAt(line)
            if (kind === LOG_CONSOLE) this.vm.console(text)
            else this.vm.log(text)
            if (this.vm.failure) this.mcu.stop()
        })
        this.at("cam_link_log", (kind, line) => {
            if (kind !== LogKind.FIRMWARE) return
            // How a kernel ended, marked as in the simulator; the rest is the boot log.
            const text = this.textAt(line)
            if (text.startsWith("kernel "))
                this.options.onConsole?.(`! ${text}`)
        })
        this.at("vm_port_panicked", code => {
            this.vm.panicked(code)
            if (this.vm.failure) this.mcu.stop()
        })
        this.at("vm_port_stopped", why => {
            this.vm.stopped(this.textAt(why))
            this.mcu.stop()
        })
        this.at("vm_port_refused", why => {
            this.vm.stopped(this.textAt(why))
            this.mcu.stop()
        })
        this.at("vm_port_restart", () => {
            this.vm.stopped("restart")
            this.mcu.stop()
        })
    }

    /** Call `seen` with the first three arguments whenever a function of the firmware is entered. */
    private at(
        name: string,
        seen: (r0: number, r1: number, r2: number) => void
    ): void {
        const { mcu } = this
        mcu.onAddress(this.options.elf.symbols.address(name), () =>
            seen(mcu.register("r0"), mcu.register("r1"), mcu.register("r2"))
        )
    }

    private frameDelivered(descriptor: number, pixels: number): void {
        const bytes = this.bytes.subarray(
            descriptor,
            descriptor + GrabberBytes.DESCRIPTOR
        )
        const { sizeBytes } = decodeDescriptor(bytes)
        this.lookAtCapture()
        this.record.delivered(
            bytes,
            pixels,
            this.bytes.subarray(pixels, pixels + sizeBytes),
            this.mcu.call(this.options.elf.symbols.address("cam_port_now_us"))
        )
        if (this.record.judgedFrames >= this.wantedFrames) this.mcu.stop()
    }

    private lookAtCapture(): void {
        const { captureChanged } = this
        if (captureChanged === undefined) return
        this.captureChanged = undefined
        this.record.captureChanged(captureChanged)
    }

    /** Read the frame grabber as a debugger does: by a call of the firmware's own function while time stands still. */
    private readonly transfer: GrabberBus["transfer"] = (
        address,
        write,
        read
    ) => {
        const { mcu, bytes } = this
        if (this.withoutPower) return NO_ANSWER
        const transfer = this.options.elf.symbols.address(
            "cam_grabber_transfer"
        )
        const to = DEBUGGER_MEMORY
        const from = to + DEBUGGER_BYTES / 2
        if (write.length + read.length > DEBUGGER_BYTES / 2)
            throw new CamscriptError(
                `a transfer of ${write.length} and ${read.length} bytes to 0x${address.toString(16)} is too long for the debugger`
            )
        bytes.set(write, to)
        const status =
            mcu.call(transfer, to, write.length, from, read.length) | 0
        if (status === 0) read.set(bytes.subarray(from, from + read.length))
        return status
    }

    private textAt(address: number): string {
        const end = this.bytes.indexOf(0, address)
        return Buffer.from(this.bytes.subarray(address, end)).toString("utf8")
    }

    private mark(): CpuMark {
        const { total, cycles, byException } = this.mcu.instructions
        const thread = byException.get(0) ?? 0
        return {
            timeNs: this.clock.nowNs,
            idleNs: this.mcu.idleNs,
            instructions: total,
            cycles,
            irqInstructions: total - thread,
            captureIrqInstructions: CAPTURE_EXCEPTIONS.reduce(
                (sum, exception) => sum + (byException.get(exception) ?? 0),
                0
            ),
        }
    }
}

interface CpuMark {
    readonly timeNs: number
    readonly idleNs: number
    readonly instructions: number
    readonly cycles: number
    readonly irqInstructions: number
    readonly captureIrqInstructions: number
}

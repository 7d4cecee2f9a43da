// SPDX-License-Identifier: MIT
// Runs the native C code: its memory accesses go to the models, take virtual time and let interrupts in.

import type { BoardFile } from "../boards/board-file.ts"
import type { Clock } from "./clock.ts"
import { CamscriptError, SiliconError } from "../protocol/errors.ts"
import { boardFields, writeFields } from "../boards/board-block.ts"
import { boardPinsBytes } from "../boards/board-pins.ts"
import { encodeRequest } from "../protocol/request-block.ts"
import type { CaptureRequest } from "../protocol/capture.ts"
import { decodeDescriptor } from "../protocol/descriptor.ts"
import { FaultCause } from "../protocol/faults.ts"
import { GrabberBytes } from "../protocol/grabber-page.ts"
import { sensorCode } from "../protocol/names.ts"

/** The memory bus as the CPU sees it: unsigned 32-bit words at multiples of 4. */
export interface WordBus {
    read32(address: number): number
    write32(address: number, value: number): void
}

/** The interrupt controller. */
export interface Interrupts {
    /** The interrupt to be served now, if any; it becomes active. */
    take(): number | undefined
    /** Its handler returned. */
    complete(irq: number): void
    /** PRIMASK. */
    masked: boolean
}

/** What native/port.h asks of its port. */
export interface NativePort {
    /** @returns false when the VM's queue is full */
    vmReceive(frame: Uint8Array): boolean
    /** Both arrays are views of the MCU's memory: copy what must be kept. */
    frameDelivered(descriptor: Uint8Array, pixels: Uint8Array): void
    /** The CPU has stored `bytes` of a row at `address`. */
    rowStored?(address: number, bytes: number): void
    /** The program started or stopped the capture, or ended while it ran; the call by which it did is not over yet. */
    captureChanged?(streaming: boolean): void
    /**
     * A kernel is to run.
     * @param call address of cam_kernel_call_t (native/kernel_call.h)
     * @returns what cam_port_kernel_run() returns, and the time that the kernel took, HCLK cycles
     */
    kernelRun?(call: number): { readonly end: number; readonly cycles: number }
}

/** cam_port_kernel_run(): no kernel has this id (native/kernel_call.h). */
const KERNEL_NONE = 0x100

export interface NativeCodeOptions {
    /** Of compileNative. */
    readonly module: WebAssembly.Module
    /** Indexed by MCU addresses. */
    readonly memory: WebAssembly.Memory
    readonly board: BoardFile
    readonly request: CaptureRequest
    readonly clock: Clock
    readonly bus: WordBus
    readonly interrupts: Interrupts
    readonly port: NativePort
}

interface NativeExports {
    readonly cam_init: () => void
    readonly cam_poll: () => void
    readonly cam_program_ended: (fault: number) => void
    readonly cam_bus_transfer: (
        address: number,
        write: number,
        writeBytes: number,
        read: number,
        readBytes: number
    ) => number
    readonly cam_i2c_suspect: () => number
    readonly cam_i2c_watch: () => void
    readonly DCMI_IRQHandler: () => void
    readonly DMA2_Stream1_IRQHandler: () => void
    readonly EXTI0_IRQHandler: () => void
    readonly EXTI1_IRQHandler: () => void
    readonly EXTI2_IRQHandler: () => void
    readonly EXTI3_IRQHandler: () => void
    readonly EXTI4_IRQHandler: () => void
    readonly EXTI9_5_IRQHandler: () => void
    readonly EXTI15_10_IRQHandler: () => void
    readonly cam_board: WebAssembly.Global
    readonly cam_board_pins: WebAssembly.Global
    readonly cam_request: WebAssembly.Global
    readonly __data_end: WebAssembly.Global
}

/** Interrupts that the native code handles (RM0090 table 62). */
const HANDLERS = {
    6: "EXTI0_IRQHandler",
    7: "EXTI1_IRQHandler",
    8: "EXTI2_IRQHandler",
    9: "EXTI3_IRQHandler",
    10: "EXTI4_IRQHandler",
    23: "EXTI9_5_IRQHandler",
    40: "EXTI15_10_IRQHandler",
    57: "DMA2_Stream1_IRQHandler",
    78: "DCMI_IRQHandler",
} as const
type HandledIrq = keyof typeof HANDLERS

/**
 * HCLK cycles of an access to a peripheral with the code around it: an AHB1 or AHB2 access takes two or three, and the
 * compiler puts one to two instructions between two of them. Other code takes no time.
 */
const ACCESS_CYCLES = 4

/** HCLK cycles to copy a word in SRAM: LDM and STM of 8 words take 9 each (Cortex-M4 TRM, table 3-1), the loop 6. */
const STORED_WORD_CYCLES = 3

const SRAM_START = 0x20000000

/** Buffers of a transfer: below the SRAM, where the MCU has no memory that C or DMA could use. */
const WRITE_BUFFER = 0x1ff00000
const READ_BUFFER = 0x1ff80000
/** The board's pins: flash on the board. */
const BOARD_PINS = 0x1fe00000
const BUFFER_BYTES = 0x80000

/** An instance of the native code, wired to one board. */
export class NativeCode {
    /** Called after each interrupt handler, with its number. */
    onInterrupt: ((irq: number) => void) | undefined

    private readonly exports: NativeExports
    private readonly bytes: Uint8Array
    private readonly clock: Clock
    private readonly bus: WordBus
    private readonly interrupts: Interrupts
    private readonly accessNs: number
    private readonly storedByteNs: number

    constructor(private readonly options: NativeCodeOptions) {
        const { module, memory, board, request } = options
        this.clock = options.clock
        this.bus = options.bus
        this.interrupts = options.interrupts
        this.bytes = new Uint8Array(memory.buffer)
        this.accessNs = Math.round((ACCESS_CYCLES * 1e9) / board.hclkHz)
        this.storedByteNs = (STORED_WORD_CYCLES / 4) * (1e9 / board.hclkHz)
        const instance = new WebAssembly.Instance(module, {
            env: { memory },
            mmio: this.mmioImports(),
            port: this.portImports(),
        })
        this.exports = instance.exports as unknown as NativeExports
        const view = new DataView(memory.buffer)
        writeFields(view, this.exports.cam_board.value, boardFields(board))
        this.bytes.set(boardPinsBytes(board), BOARD_PINS)
        view.setUint32(
            this.exports.cam_board_pins.value as number,
            BOARD_PINS,
            true
        )
        const requested = this.bytes.subarray(
            this.exports.cam_request.value as number
        )
        encodeRequest(request, sensorCode(board.sensor.name), requested)
        this.checkLayout()
    }

    /** Static data of the native code, bytes of the MCU's SRAM. */
    get dataBytes(): number {
        return (this.exports.__data_end.value as number) - SRAM_START
    }

    /** cam_init: clocks, pins, buses, interrupts; releases the sensor's reset. */
    init(): void {
        this.exports.cam_init()
    }

    /** cam_poll: announce, notify the program. */
    poll(): void {
        this.exports.cam_poll()
    }

    /**
     * cam_program_ended: capture, buffers and mode as a program that starts expects them.
     * @param fault why; a program goes on after a restart only, all else ends the run
     */
    programEnded(fault = FaultCause.RESTART): void {
        this.exports.cam_program_ended(fault)
    }

    /** cam_i2c_watch: a program starts. */
    watchI2c(): void {
        this.exports.cam_i2c_watch()
    }

    /** cam_i2c_suspect: since then the sensor's bus may be why the program failed. */
    get i2cSuspect(): boolean {
        return this.exports.cam_i2c_suspect() !== 0
    }

    /**
     * One I2C transfer of the program.
     * @param read filled when the status is 0, else left alone
     * @returns 0 or a negative status (cam_bus_status_t)
     */
    transfer(address: number, write: Uint8Array, read: Uint8Array): number {
        for (const buffer of [write, read])
            if (buffer.length > BUFFER_BYTES)
                throw new CamscriptError(
                    `an I2C transfer of ${buffer.length} bytes to 0x${address.toString(16)} is longer than ` +
                        `all RAM of the MCU: the simulator takes ${BUFFER_BYTES}`
                )
        this.bytes.set(write, WRITE_BUFFER)
        const status = this.exports.cam_bus_transfer(
            address,
            WRITE_BUFFER,
            write.length,
            READ_BUFFER,
            read.length
        )
        if (status === 0 && read.length > 0)
            read.set(
                this.bytes.subarray(READ_BUFFER, READ_BUFFER + read.length)
            )
        return status
    }

    /** The CPU sleeps until `timeNs`; interrupts are served as they come. */
    runUntil(timeNs: number): void {
        this.dispatch()
        while (this.clock.step(timeNs)) this.dispatch()
    }

    /** The CPU computes for `ns` outside of this code; interrupts are served as they come, in time of their own. */
    compute(ns: number): void {
        let endNs = this.clock.nowNs + ns
        const serve = (): void => {
            const beforeNs = this.clock.nowNs
            this.dispatch()
            endNs += this.clock.nowNs - beforeNs
        }
        serve()
        while (this.clock.step(endNs)) serve()
    }

    private mmioImports(): WebAssembly.ModuleImports {
        return {
            read32: (address: number) => {
                this.spend(this.accessNs)
                return this.bus.read32(address >>> 0)
            },
            write32: (address: number, value: number) => {
                this.spend(this.accessNs)
                this.bus.write32(address >>> 0, value >>> 0)
            },
            wait_set: (address: number, mask: number, us: number) =>
                this.waitFor(
                    address >>> 0,
                    us >>> 0,
                    value => (value & mask) !== 0
                ),
            wait_clear: (address: number, mask: number, us: number) =>
                this.waitFor(
                    address >>> 0,
                    us >>> 0,
                    value => (value & mask) === 0
                ),
            delay_us: (us: number) => this.spend((us >>> 0) * 1000),
            irq_save: () => {
                const before = this.interrupts.masked
                this.interrupts.masked = true
                return before ? 1 : 0
            },
            irq_restore: (state: number) => {
                this.interrupts.masked = state !== 0
                this.dispatch()
            },
        }
    }

    private portImports(): WebAssembly.ModuleImports {
        const { port } = this.options
        return {
            now_us: () => Math.floor(this.clock.nowNs / 1000),
            vm_receive: (address: number) => {
                const frame = address >>> 0
                const end = frame + 12 + this.bytes[frame + 2]!
                return port.vmReceive(this.bytes.slice(frame, end)) ? 1 : 0
            },
            row_stored: (address: number, bytes: number) => {
                this.spend(Math.round(bytes * this.storedByteNs))
                port.rowStored?.(address >>> 0, bytes)
            },
            kernel_run: (call: number) => {
                const ran = port.kernelRun?.(call >>> 0)
                if (ran === undefined) return KERNEL_NONE
                this.spend(
                    Math.round((ran.cycles * 1e9) / this.options.board.hclkHz)
                )
                return ran.end
            },
            capture_changed: (streaming: number) =>
                port.captureChanged?.(streaming !== 0),
            frame_delivered: (address: number, pixelsAddress: number) => {
                const at = address >>> 0
                const first = pixelsAddress >>> 0
                const descriptor = this.bytes.subarray(
                    at,
                    at + GrabberBytes.DESCRIPTOR
                )
                const { sizeBytes } = decodeDescriptor(descriptor)
                const pixels = this.bytes.subarray(first, first + sizeBytes)
                port.frameDelivered(descriptor, pixels)
            },
        }
    }

    /** Let time pass: everything due happens, and every interrupt is served when it comes. */
    private spend(ns: number): void {
        const untilNs = this.clock.nowNs + ns
        this.dispatch()
        while (this.clock.step(untilNs)) this.dispatch()
    }

    /**
     * Wait until the register's content satisfies `holds`, from event to event: between two events no register changes.
     * @returns its content then, or at the time-out
     */
    private waitFor(
        address: number,
        timeoutUs: number,
        holds: (value: number) => boolean
    ): number {
        this.spend(this.accessNs)
        const endNs = this.clock.nowNs + timeoutUs * 1000
        let value = this.bus.read32(address)
        while (!holds(value) && this.clock.nowNs < endNs) {
            this.clock.step(endNs)
            this.dispatch()
            value = this.bus.read32(address)
        }
        return value
    }

    private dispatch(): void {
        const { interrupts } = this
        while (!interrupts.masked) {
            const irq = interrupts.take()
            if (irq === undefined) return
            this.handler(irq)()
            interrupts.complete(irq)
            this.onInterrupt?.(irq)
        }
    }

    private handler(irq: number): () => void {
        if (irq in HANDLERS) return this.exports[HANDLERS[irq as HandledIrq]]
        throw new SiliconError(
            "NVIC",
            `interrupt ${irq} is taken, but the native code has no handler for it: only ` +
                `those of pins (EXTI), DMA2_Stream1 (57) and DCMI (78) may be enabled`
        )
    }

    private checkLayout(): void {
        const end = this.exports.__data_end.value as number
        const { address } = this.options.board.frameMemory
        if (end > address)
            throw new CamscriptError(
                `board ${this.options.board.name}: the native code's data ends at 0x${end.toString(16)}, ` +
                    `above the start of frame memory at 0x${address.toString(16)}`
            )
    }
}

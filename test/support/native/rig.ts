// SPDX-License-Identifier: MIT
// A board for the native code's tests: the chip's models, the C code on them, and a camera that only sends frames.

import { expect } from "vitest"
import { readBoard, type BoardFile } from "../../../boards/board-file.ts"
import { Clock } from "../../../sim/clock.ts"
import { compileNative } from "../../../toolchain/wasm/compile-native.ts"
import { NativeCode } from "../../../sim/native-code.ts"
import type { ParallelSink } from "../../../sim/wires/parallel-bus.ts"
import {
    ParallelFaults,
    type ParallelFault,
} from "../../../sim/wires/parallel-faults.ts"
import { Rules } from "../../../sim/rules.ts"
import { Stm32F4 } from "../../../sim/stm32/chip.ts"
import { RegisterLog } from "../../../sim/trace/register-log.ts"
import { readCounters } from "../../../sim/observe/grabber-reader.ts"
import type { GrabberCounters } from "../../../protocol/counters.ts"
import { frameEnds, sumOfEnds } from "../../../protocol/frame-ends.ts"
import type { CaptureRequest } from "../../../protocol/capture.ts"
import {
    decodeDescriptor,
    type FrameDescriptor,
} from "../../../protocol/descriptor.ts"

export const GRABBER = 0x7e
export const START = 1
export const STOP = 2

export const COLUMNS = 16
export const ROWS = 8
export const FRAME_BYTES = COLUMNS * ROWS

const ROW_NS = 2_000
const PERIOD_NS = 40
/** 20,000 frames per second: 16 us of rows, 34 us of blanking. */
export const FRAME_NS = 50_000

/** The byte that the camera sends at a place of a frame. */
export function pixelOf(frame: number, row: number, column: number): number {
    return (frame * 31 + row * 5 + column * 3) & 0xff
}

/** All bytes of a frame. */
export function frameOf(
    frame: number,
    columns = COLUMNS,
    rows = ROWS
): Uint8Array {
    return Uint8Array.from({ length: columns * rows }, (_, i) =>
        pixelOf(frame, Math.floor(i / columns), i % columns)
    )
}

/** Sends frames of ROWS x COLUMNS bytes for ever; a frame may be given other numbers of rows or columns. */
export class FakeCamera {
    /** Frames whose end was sent. */
    sent = 0
    /** Rows and columns of a frame, by its number. */
    shape: (frame: number) => { rows: number; columns: number } = () => ({
        rows: ROWS,
        columns: COLUMNS,
    })
    onStart: ((frame: number) => void) | undefined
    onEnd: ((frame: number) => void) | undefined
    rowNs = ROW_NS
    /** One row that is sent later than it should be; those after it are not. */
    lateRow: { frame: number; row: number; byNs: number } | undefined
    private running = false

    constructor(
        private readonly clock: Clock,
        private readonly sink: ParallelSink
    ) {}

    /** @param delayNs until the first frame starts */
    start(delayNs = 10_000): void {
        this.running = true
        this.clock.after(delayNs, () => this.frame(0))
    }

    stop(): void {
        this.running = false
    }

    private frame(number: number): void {
        if (!this.running) return
        const { rows, columns } = this.shape(number)
        this.onStart?.(number)
        this.sink.vsync(1)
        for (let row = 0; row < rows; row++)
            this.clock.after(
                this.rowNs * (row + 1) + this.lateNs(number, row),
                () => this.row(number, row, columns)
            )
        this.clock.after(this.rowNs * (rows + 1), () => {
            this.sent = number + 1
            this.onEnd?.(number)
            this.sink.vsync(0)
        })
        const readoutNs = this.rowNs * (rows + 1)
        const blankingNs = FRAME_NS - ROW_NS * (ROWS + 1)
        this.clock.after(Math.max(FRAME_NS, readoutNs + blankingNs), () =>
            this.frame(number + 1)
        )
    }

    private lateNs(frame: number, row: number): number {
        const late = this.lateRow
        return late?.frame === frame && late.row === row ? late.byNs : 0
    }

    private row(frame: number, row: number, columns: number): void {
        this.sink.hsync(1)
        this.sink.line({
            bytes: Uint8Array.from({ length: columns }, (_, column) =>
                pixelOf(frame, row, column)
            ),
            startNs: this.clock.nowNs - columns * PERIOD_NS,
            periodNs: PERIOD_NS,
            stableEdge: "rising",
        })
        this.sink.hsync(0)
    }
}

/** A frame that NEXT lent, with a copy of its bytes. */
export interface LentFrame {
    readonly descriptor: FrameDescriptor
    readonly pixels: Uint8Array
}

export interface RigOptions {
    /** Between camera and DCMI. */
    readonly faults?: readonly ParallelFault[]
    /** Broken rules of the silicon are noted, not thrown. */
    readonly permissive?: boolean
}

export class Rig {
    readonly clock = new Clock()
    readonly log: RegisterLog
    readonly rules: Rules
    readonly chip: Stm32F4
    readonly native: NativeCode
    readonly camera: FakeCamera
    readonly memory: Uint8Array
    /** Jacdac frames that the VM got. */
    readonly jacdac: Uint8Array[] = []
    /** Frames as port.frameDelivered saw them. */
    readonly delivered: LentFrame[] = []
    /** What port.vmReceive answers. */
    vmAccepts = true

    constructor(
        module: WebAssembly.Module,
        readonly board: BoardFile,
        request: CaptureRequest,
        options: RigOptions = {}
    ) {
        const memory = new WebAssembly.Memory({ initial: 8200, maximum: 8200 })
        const now = () => this.clock.nowNs
        this.memory = new Uint8Array(memory.buffer)
        this.log = new RegisterLog(now, true)
        this.rules = new Rules(now, options.permissive)
        this.chip = new Stm32F4({
            board,
            clock: this.clock,
            rules: this.rules,
            log: this.log,
            memory: this.memory,
        })
        this.camera = new FakeCamera(
            this.clock,
            new ParallelFaults({
                clock: this.clock,
                sink: this.chip.dcmi,
                faults: options.faults ?? [],
            })
        )
        this.native = new NativeCode({
            module,
            memory,
            board,
            request,
            clock: this.clock,
            bus: this.chip.bus,
            interrupts: this.chip.nvic,
            port: {
                vmReceive: frame => {
                    if (this.vmAccepts) this.jacdac.push(frame)
                    return this.vmAccepts
                },
                frameDelivered: (descriptor, pixels) => {
                    this.delivered.push({
                        descriptor: decodeDescriptor(descriptor),
                        pixels: pixels.slice(),
                    })
                },
            },
        })
    }

    /** @returns the status; throws nothing */
    send(...bytes: number[]): number {
        return this.native.transfer(
            GRABBER,
            Uint8Array.from(bytes),
            new Uint8Array(0)
        )
    }

    /** Write `bytes` to the grabber, read `count` bytes. Fails when refused. */
    ask(count: number, ...bytes: number[]): DataView {
        const read = new Uint8Array(count)
        const status = this.native.transfer(
            GRABBER,
            Uint8Array.from(bytes),
            read
        )
        if (status !== 0) throw new Error(`refused: ${this.lastError().code}`)
        return new DataView(read.buffer)
    }

    u8(register: number): number {
        return this.ask(1, register).getUint8(0)
    }

    u32(register: number): number {
        return this.ask(4, register).getUint32(0, true)
    }

    write16(register: number, value: number): number {
        return this.send(register, value & 0xff, value >> 8)
    }

    write32(register: number, value: number): number {
        return this.send(
            register,
            value & 0xff,
            (value >>> 8) & 0xff,
            (value >>> 16) & 0xff,
            value >>> 24
        )
    }

    lastError(): { code: number; value: number; limit: number } {
        const view = this.ask(10, 0x82)
        return {
            code: view.getUint8(0),
            value: view.getUint32(2, true),
            limit: view.getUint32(6, true),
        }
    }

    /** LAST_ERROR's code after a transfer that was refused with a data NACK; undefined when it was not refused. */
    refusal(status: number): number | undefined {
        return status === -2 ? this.lastError().code : undefined
    }

    /** The mode of the fake camera's frames; flags: 1 crop, 2 keep newest. */
    setMode(mode: {
        buffers?: number
        flags?: number
        fpsMillihz?: number
        lineBytes?: number
        lines?: number
        settle?: number
    }): void {
        this.send(0x50, 3)
        this.send(0x51, 1)
        this.send(0x52, mode.buffers ?? 2)
        this.send(0x53, mode.flags ?? 0)
        this.write32(0x5c, mode.fpsMillihz ?? 20_000_000)
        this.write16(0x60, mode.lineBytes ?? COLUMNS)
        this.write16(0x62, mode.lines ?? ROWS)
        this.send(0x74, 1) // rising edge, HSYNC and VSYNC low when not valid
        this.send(0x75, mode.settle ?? 0)
    }

    /** The lines block, for the fake camera's rows; strategy 1 (line). */
    setLines(lines: {
        busBytes?: number
        busRows?: number
        skipBytes?: number
        skipRows?: number
        batchRows?: number
        destination?: number
        display?: { base: number; stride: number; rows: number; flags: number }
    }): void {
        this.send(0x50, 1)
        this.write16(0xd0, lines.busBytes ?? COLUMNS)
        this.write16(0xd2, lines.skipBytes ?? 0)
        this.write16(0xd4, lines.skipRows ?? 0)
        this.send(0xd6, lines.batchRows ?? 0)
        this.send(0xd7, lines.destination ?? 0)
        this.write32(
            0x70, // MODE_BUS_BYTES
            (lines.busBytes ?? COLUMNS) * (lines.busRows ?? ROWS)
        )
        if (!lines.display) return
        this.write32(0xd8, lines.display.base)
        this.write16(0xdc, lines.display.stride)
        this.write16(0xde, lines.display.rows)
        this.send(0xe0, lines.display.flags)
    }

    control(command: number): number {
        return this.send(0x80, command)
    }

    next(): FrameDescriptor | undefined {
        const descriptor = decodeDescriptor(
            new Uint8Array(this.ask(48, 0xc0).buffer)
        )
        return descriptor.index === 0xff ? undefined : descriptor
    }

    release(index: number): number {
        return this.send(0xc1, index)
    }

    pixels(index: number, bytes = FRAME_BYTES): Uint8Array {
        return new Uint8Array(this.ask(bytes, 0xc4, index, 0, 0, 0, 0).buffer)
    }

    run(ns: number): void {
        this.native.runUntil(this.clock.nowNs + ns)
    }

    /** Run until the camera has ended frame `frame`, and a little longer. */
    runPast(frame: number): void {
        while (this.camera.sent <= frame) this.run(1_000)
        this.run(5_000)
    }

    /** Of the grabber; its frames are all in one place, whatever happened to them. */
    counters(): GrabberCounters {
        const counters = readCounters(this.native)
        expect(sumOfEnds(frameEnds(counters))).toBe(counters.sensorFrames)
        return counters
    }
}

/** A board with the native code, initialised. */
export async function bootRig(
    options: {
        board?: string
        request?: CaptureRequest
        change?: Partial<BoardFile>
    } & RigOptions = {}
): Promise<Rig> {
    const { board = "nucleo-f446re", request = {}, change = {} } = options
    const rig = new Rig(
        await compileNative(),
        { ...readBoard(board), ...change },
        request,
        options
    )
    rig.native.init()
    return rig
}

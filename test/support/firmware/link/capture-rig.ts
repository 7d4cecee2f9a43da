// SPDX-License-Identifier: MIT
// A capture beside the link, in the firmware's wasm: frames of a camera in buffers, looked at through the frame grabber.

import { boardFields, writeFields } from "../../../../boards/board-block.ts"
import { COLUMNS, FakeCamera, FRAME_NS, ROWS } from "../../native/rig.ts"
import { SCRATCH } from "../slots/firmware-wasm.ts"
import type { ChipRig } from "./chip-rig.ts"
import { sensorCode } from "../../../../protocol/names.ts"
import { encodeRequest } from "../../../../protocol/request-block.ts"

const GRABBER = 0x7e
const START = 1
const DMA2_STREAM1_IRQ = 57
const DCMI_IRQ = 78
const NO_FRAME = 0xff
/** Of FakeCamera. */
const BLANKING_US = 32
const RESULT = SCRATCH + 0x100

export interface CaptureOptions {
    readonly buffers?: number
    /** Of the camera's frames, bytes; a multiple of 4. */
    readonly columns?: number
    readonly rows?: number
    /** Time of a row; the default makes a frame take 1.8 ms. */
    readonly rowNs?: number
    /** Batches of so many rows instead of whole frames. */
    readonly batchRows?: number
}

export class CaptureRig {
    readonly camera: FakeCamera

    /** The camera sends from now on. */
    constructor(
        private readonly rig: ChipRig,
        options: CaptureOptions = {}
    ) {
        const { columns = COLUMNS, rows = ROWS } = options
        const { exports, board, chip, view } = rig
        writeFields(view, exports.cam_board.value as number, boardFields(board))
        encodeRequest(
            {},
            sensorCode(board.sensor.name),
            new Uint8Array(view.buffer, exports.cam_request.value as number)
        )
        rig.handlers.set(DMA2_STREAM1_IRQ, exports.DMA2_Stream1_IRQHandler)
        rig.handlers.set(DCMI_IRQ, exports.DCMI_IRQHandler)
        exports.cam_init()
        const rowNs = options.rowNs ?? 200_000
        this.setMode(columns, rows, options.buffers ?? 2)
        this.setTimes((rowNs * (rows + 1)) / 1000)
        if (options.batchRows !== undefined)
            this.setRing(columns, rows, options.batchRows)
        this.ask(0, 0x80, START)
        this.camera = new FakeCamera(rig.clock, chip.dcmi)
        this.camera.rowNs = rowNs
        this.camera.shape = () => ({ columns, rows })
        this.camera.start()
    }

    /** Take the oldest frame. @returns its index, undefined when there is none */
    next(): number | undefined {
        const index = this.ask(48, 0xc0).getUint8(0)
        return index === NO_FRAME ? undefined : index
    }

    release(index: number): void {
        this.ask(0, 0xc1, index)
    }

    /** Take the oldest frame, and give it back. */
    look(): void {
        const index = this.next()
        if (index !== undefined) this.release(index)
    }

    /** The first eight, in the order of the registers. */
    counters(): number[] {
        const counters = this.ask(48, 0x90)
        return Array.from({ length: 8 }, (_, i) =>
            counters.getUint32(4 * i, true)
        )
    }

    private setMode(columns: number, rows: number, buffers: number): void {
        this.ask(0, 0x50, 3)
        this.ask(0, 0x51, 1)
        this.ask(0, 0x52, buffers)
        this.ask(0, 0x53, 0)
        this.ask(0, 0x60, ...word(columns).slice(0, 2))
        this.ask(0, 0x62, ...word(rows).slice(0, 2))
        this.ask(0, 0x74, 1)
        this.ask(0, 0x75, 0)
    }

    /** The camera's blanking is always the same. */
    private setTimes(readoutUs: number): void {
        const frameUs = Math.max(FRAME_NS / 1000, readoutUs + BLANKING_US)
        this.ask(0, 0x5c, ...word(Math.round(1e9 / frameUs)))
        this.ask(0, 0x6c, ...word(readoutUs))
    }

    /** Strategy line, into a ring. */
    private setRing(columns: number, rows: number, batchRows: number): void {
        this.ask(0, 0x50, 1)
        this.ask(0, 0xd0, ...word(columns).slice(0, 2))
        this.ask(0, 0xd2, 0, 0)
        this.ask(0, 0xd4, 0, 0)
        this.ask(0, 0xd6, batchRows)
        this.ask(0, 0xd7, 1)
        this.ask(0, 0x70, ...word(columns * rows))
    }

    private ask(count: number, ...bytes: number[]): DataView {
        const { rig } = this
        rig.bytes.set(bytes, SCRATCH)
        const status = rig.exports.cam_bus_transfer(
            GRABBER,
            SCRATCH,
            bytes.length,
            RESULT,
            count
        )
        if (status !== 0)
            throw new Error(`refused: 0x${bytes[0]!.toString(16)}`)
        return new DataView(rig.memory.buffer, RESULT, count)
    }
}

function word(value: number): number[] {
    return [0, 8, 16, 24].map(shift => (value >>> shift) & 0xff)
}

// SPDX-License-Identifier: MIT
// Watches from outside what any firmware captures: frames that the DCMI took, where DMA2 put their bytes, and whether they
// are what the sensor sent.

import type { SensorFrame, SensorModel } from "../sensors/sensor-model.ts"
import type { Dcmi } from "../stm32/dcmi/dcmi.ts"
import { DcmiRegister } from "../stm32/dcmi/dcmi-registers.ts"
import type { Dma } from "../stm32/dma/dma.ts"
import { wantedBytes, type WindowRegisters } from "./wanted-bytes.ts"

/** Bytes that lie in a row in memory. */
export interface PlacedRun {
    readonly address: number
    readonly bytes: number
}

/** A frame that the DCMI took from its start to its end. */
export interface TakenFrame {
    /** Counts taken frames from 0. */
    readonly index: number
    readonly startNs: number
    readonly endNs: number
    /** In the order in which they were written. */
    readonly runs: readonly PlacedRun[]
    /** All bytes, in that order. */
    readonly bytes: Uint8Array
    /** The sensor's record of the frame. */
    readonly sent: SensorFrame
    /** The bytes are exactly those that the sensor sent, of a cropped frame those of the DCMI's window. */
    readonly exact: boolean
}

/** Where frames or their parts start, over the whole run. */
export interface Placement {
    readonly address: number
    /** Longest run from there. */
    readonly bytes: number
    readonly count: number
}

interface OpenFrame {
    readonly startNs: number
    readonly registers: WindowRegisters
    endNs: number | undefined
    overrun: boolean
    /** The last frame that the sensor began before the capture ended. */
    sent: SensorFrame | undefined
    readonly runs: { address: number; bytes: number }[]
    bytes: number
}

const FIRST_CAPACITY_BYTES = 1 << 16
/** More than any sensor sends in a frame: without VSYNC, or with other streams at work, what follows is not kept. */
const FRAME_BYTES_MAX = 1 << 23

export class CaptureWatch {
    /** Whole frames that were taken. */
    frames = 0
    /** Those whose bytes are exactly what the sensor sent within the DCMI's window. */
    exactFrames = 0
    /** Taken frames whose content means nothing: the sensor changed its mode. */
    unusableFrames = 0
    overruns = 0
    sensorFrames = 0
    firstStartNs: number | undefined
    lastStartNs = 0
    /** Frames whose start the DCMI took. */
    starts = 0
    /** The DCMI's registers at the last of these starts. */
    lastRegisters: WindowRegisters | undefined
    /** Bytes that DMA2 put of the last frame that was taken whole. */
    lastBytes: number | undefined
    /** Frames that the sensor began between the first and the last of these starts, both counted. */
    offered = 0
    /** What the sensor sent since the last of these starts. */
    framesSinceStart = 0
    /** The frame of that start overran. */
    lastOverran = false
    private open: OpenFrame | undefined
    private stored = new Uint8Array(FIRST_CAPACITY_BYTES)
    /** The two frames that the sensor sent last. */
    previousSent: SensorFrame | undefined
    lastSent: SensorFrame | undefined
    private readonly placed = new Map<
        number,
        { bytes: number; count: number }
    >()

    /** @param onFrame called for each taken frame; its bytes are valid during the call only */
    constructor(
        private readonly sensor: Pick<SensorModel, "onFrame" | "expected">,
        private readonly dcmi: Pick<Dcmi, "onCapture" | "readUint32">,
        dma2: Pick<Dma, "onWrite">,
        private readonly onFrame: (frame: TakenFrame) => void = () => {}
    ) {
        sensor.onFrame = sent => {
            this.previousSent = this.lastSent
            this.lastSent = sent
            this.sensorFrames++
            this.framesSinceStart++
            this.wasSent(sent)
        }
        dcmi.onCapture = ({ kind, timeNs }) => {
            if (kind === "start") this.begin(timeNs)
            else if (kind === "overrun") this.overran()
            else if (kind === "end" && this.open) this.open.endNs = timeNs
        }
        dma2.onWrite = (address, bytes) => this.wrote(address, bytes)
    }

    /** The run is over: a frame that has ended counts, also when no other has started. */
    finish(): void {
        this.close()
    }

    /** In the order in which they were first written. */
    placements(): readonly Placement[] {
        return [...this.placed].map(([address, rest]) => ({ address, ...rest }))
    }

    private begin(timeNs: number): void {
        this.close()
        this.starts++
        this.offered += this.starts === 1 ? 1 : this.framesSinceStart
        this.framesSinceStart = 0
        this.lastOverran = false
        this.lastRegisters = {
            cr: this.dcmi.readUint32(DcmiRegister.CR),
            cwstrt: this.dcmi.readUint32(DcmiRegister.CWSTRT),
            cwsize: this.dcmi.readUint32(DcmiRegister.CWSIZE),
        }
        this.open = {
            startNs: timeNs,
            registers: this.lastRegisters,
            endNs: undefined,
            overrun: false,
            sent: undefined,
            runs: [],
            bytes: 0,
        }
    }

    /** Between a snapshot and the next, the sensor goes on. */
    private wasSent(sent: SensorFrame): void {
        const { open } = this
        if (open === undefined) return
        if (open.endNs === undefined || sent.startNs < open.endNs)
            open.sent = sent
    }

    private overran(): void {
        this.overruns++
        this.lastOverran = true
        if (this.open) this.open.overrun = true
    }

    /** The last words may be written after the frame's end: all until the next start are its own. */
    private wrote(address: number, bytes: Uint8Array): void {
        const { open } = this
        if (open === undefined) return
        if (open.bytes + bytes.length > FRAME_BYTES_MAX) return
        const last = open.runs.at(-1)
        if (last && last.address + last.bytes === address)
            last.bytes += bytes.length
        else open.runs.push({ address, bytes: bytes.length })
        this.store(open.bytes, bytes)
        open.bytes += bytes.length
    }

    private store(at: number, bytes: Uint8Array): void {
        if (at + bytes.length > this.stored.length) {
            const grown = new Uint8Array(
                Math.max(this.stored.length * 2, at + bytes.length)
            )
            grown.set(this.stored)
            this.stored = grown
        }
        this.stored.set(bytes, at)
    }

    private close(): void {
        const { open, lastSent } = this
        this.open = undefined
        const sent = open?.sent ?? lastSent
        if (open?.endNs === undefined || open.overrun || !sent) return
        const bytes = this.stored.subarray(0, open.bytes)
        const wanted = wantedBytes(
            sent,
            sent.bytes ?? this.truth(sent),
            open.registers
        )
        const exact = sameBytes(bytes, wanted)
        for (const run of open.runs) this.place(run)
        this.lastBytes = open.bytes
        this.firstStartNs ??= open.startNs
        this.lastStartNs = open.startNs
        const index = this.frames++
        if (exact) this.exactFrames++
        else if (sent.unusable) this.unusableFrames++
        this.onFrame({
            index,
            startNs: open.startNs,
            endNs: open.endNs,
            runs: open.runs,
            bytes,
            sent,
            exact,
        })
    }

    private truth(sent: SensorFrame): Uint8Array {
        return this.sensor.expected(sent)
    }

    private place({ address, bytes }: PlacedRun): void {
        const known = this.placed.get(address)
        if (known === undefined) {
            this.placed.set(address, { bytes, count: 1 })
            return
        }
        known.count++
        known.bytes = Math.max(known.bytes, bytes)
    }
}

function sameBytes(a: Uint8Array, b: Uint8Array): boolean {
    return a.length === b.length && Buffer.compare(a, b) === 0
}

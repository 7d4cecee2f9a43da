// SPDX-License-Identifier: MIT
// Which bytes of a frame the DCMI captures (RM0090 §15.5): crop window, byte and line select.

import type { LineData } from "../../wires/parallel-bus.ts"
import type { DcmiFifo } from "./dcmi-fifo.ts"
import { DcmiCr, DcmiCwsize, DcmiCwstrt } from "./dcmi-registers.ts"
import {
    byteSelection,
    selectBytes,
    type ByteSelection,
} from "./dcmi-select.ts"

/** What became of a line. */
export enum LineResult {
    TAKEN, // or outside the window
    WINDOW_DONE, // it was the last line of the window
    OVERRUN, // a word found the FIFO full
}

/** The captured part of the frame that runs. */
export class DcmiWindow {
    /** When the last captured byte was on the bus, ns. */
    lastByteNs = 0
    private lineIndex = 0
    private firstByte = 0
    private endByte = Infinity
    private firstLine = 0
    private lastLine = Infinity
    private lineSelect = false
    private secondLine = 0
    private selection: ByteSelection | undefined
    private selected = new Uint8Array(0)

    constructor(private readonly fifo: DcmiFifo) {}

    /** A frame starts: the registers as they stand now decide for all of it. */
    begin(cr: number, cwstrt: number, cwsize: number, nowNs: number): void {
        const crop = (cr & DcmiCr.CROP) !== 0
        this.lineIndex = 0
        this.lastByteNs = nowNs
        this.selection = byteSelection(
            (cr & DcmiCr.BSM) >>> 16,
            (cr & DcmiCr.OEBS) !== 0
        )
        this.lineSelect = (cr & DcmiCr.LSM) !== 0
        this.secondLine = (cr & DcmiCr.OELS) !== 0 ? 1 : 0
        this.firstByte = crop ? cwstrt & DcmiCwstrt.HOFFCNT : 0
        this.endByte = crop
            ? this.firstByte + (cwsize & DcmiCwsize.CAPCNT) + 1
            : Infinity
        this.firstLine = crop ? (cwstrt & DcmiCwstrt.VST) >>> 16 : 0
        this.lastLine = crop
            ? this.firstLine + ((cwsize & DcmiCwsize.VLINE) >>> 16)
            : Infinity
    }

    /** The next line of the frame. */
    line(data: LineData): LineResult {
        const index = this.lineIndex++
        if (index < this.firstLine || index > this.lastLine)
            return LineResult.TAKEN
        if (!this.take(data, index)) return LineResult.OVERRUN
        return index === this.lastLine
            ? LineResult.WINDOW_DONE
            : LineResult.TAKEN
    }

    private take(data: LineData, index: number): boolean {
        if (this.lineSelect && (index & 1) !== this.secondLine) return true
        if (this.selection !== undefined)
            return this.takeSelected(data, this.selection)
        const { bytes, startNs, periodNs } = data
        const first = this.firstByte
        const end = Math.min(this.endByte, bytes.length)
        if (end <= first) return true
        this.lastByteNs = startNs + end * periodNs
        return this.fifo.push(
            bytes,
            first,
            end - first,
            startNs + first * periodNs,
            periodNs
        )
    }

    private takeSelected(data: LineData, selection: ByteSelection): boolean {
        const { bytes, startNs, periodNs } = data
        if (this.selected.length < bytes.length)
            this.selected = new Uint8Array(bytes.length)
        const count = selectBytes(bytes, this.selected, selection)
        const byteNs = (periodNs * selection.of) / selection.take
        this.lastByteNs = startNs + bytes.length * periodNs
        return this.fifo.push(this.selected, 0, count, startNs, byteNs)
    }
}

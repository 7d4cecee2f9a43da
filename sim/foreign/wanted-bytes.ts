// SPDX-License-Identifier: MIT
// What a DCMI with these registers hands on of a frame, computed apart from the model: crop, byte and line select, JPEG.

import type { SensorFrame } from "../sensors/sensor-model.ts"
import { DcmiCr, DcmiCwsize, DcmiCwstrt } from "../stm32/dcmi/dcmi-registers.ts"
import { byteSelection, selectBytes } from "../stm32/dcmi/dcmi-select.ts"

/** CR, CWSTRT and CWSIZE of the DCMI at the start of a frame. */
export interface WindowRegisters {
    readonly cr: number
    readonly cwstrt: number
    readonly cwsize: number
}

const WORD_BYTES = 4

/** @param bytes all of the frame, as the sensor sent it */
export function wantedBytes(
    sent: SensorFrame,
    bytes: Uint8Array,
    registers: WindowRegisters
): Uint8Array {
    if (sent.format === "jpeg") return padded(bytes)
    const { cr, cwstrt, cwsize } = registers
    const crop = (cr & DcmiCr.CROP) !== 0
    const select = (cr & (DcmiCr.BSM | DcmiCr.LSM)) !== 0
    if (!crop && !select) return bytes
    const lineBytes = sent.columns * (sent.bytesPerPixel ?? 1)
    const firstByte = crop ? cwstrt & DcmiCwstrt.HOFFCNT : 0
    const firstLine = crop ? (cwstrt & DcmiCwstrt.VST) >>> 16 : 0
    const endByte = crop
        ? Math.min(firstByte + (cwsize & DcmiCwsize.CAPCNT) + 1, lineBytes)
        : lineBytes
    const endLine = crop
        ? Math.min(
              firstLine + ((cwsize & DcmiCwsize.VLINE) >>> 16) + 1,
              sent.rows
          )
        : sent.rows
    const selection = byteSelection(
        (cr & DcmiCr.BSM) >>> 16,
        (cr & DcmiCr.OEBS) !== 0
    )
    const secondLines = (cr & DcmiCr.OELS) !== 0 ? 1 : 0
    const wanted = new Uint8Array(bytes.length)
    let count = 0
    for (let line = firstLine; line < endLine; line++) {
        if ((cr & DcmiCr.LSM) !== 0 && (line & 1) !== secondLines) continue
        const part = bytes.subarray(
            line * lineBytes + firstByte,
            line * lineBytes + Math.max(endByte, firstByte)
        )
        const target = wanted.subarray(count)
        if (selection) count += selectBytes(part, target, selection)
        else {
            target.set(part)
            count += part.length
        }
    }
    return wanted.subarray(0, count)
}

/** The last word of a JPEG is filled up with zeros (RM0090 §15.4). */
function padded(bytes: Uint8Array): Uint8Array {
    const whole = Math.ceil(bytes.length / WORD_BYTES) * WORD_BYTES
    if (whole === bytes.length) return bytes
    const words = new Uint8Array(whole)
    words.set(bytes)
    return words
}

// SPDX-License-Identifier: MIT

import {
    DcmiCr,
    DcmiCwsize,
    DcmiCwstrt,
} from "../../stm32/dcmi/dcmi-registers.ts"
import type { Observed } from "../observed.ts"

const WORD_BYTES = 4

/** Words of a frame as the DCMI hands it on; undefined when the sensor does not say. */
export function frameWords({ sent, dcmi }: Observed): number | undefined {
    if (sent === undefined || sent.bytesPerPixel === 0) return undefined
    const { cr, cwstrt, cwsize } = dcmi
    // Byte and line select of the F446 change the count again.
    if ((cr & (DcmiCr.BSM | DcmiCr.LSM)) !== 0) return undefined
    const lineBytes = sent.columns * sent.bytesPerPixel
    if ((cr & DcmiCr.CROP) === 0) return (lineBytes * sent.rows) / WORD_BYTES
    const within = (start: number, size: number, end: number): number =>
        Math.max(0, Math.min(size, end - start))
    const columns = within(
        cwstrt & DcmiCwstrt.HOFFCNT,
        (cwsize & DcmiCwsize.CAPCNT) + 1,
        lineBytes
    )
    const lines = within(
        (cwstrt & DcmiCwstrt.VST) >>> 16,
        ((cwsize & DcmiCwsize.VLINE) >>> 16) + 1,
        sent.rows
    )
    return (columns * lines) / WORD_BYTES
}

/** The DMA's transfers are as long as what comes of a frame, or as equal pieces of it. */
export function takesWhatComes(observed: Observed): boolean {
    const words = frameWords(observed)
    const { stream } = observed
    if (stream === undefined || words === undefined || words === 0) return false
    return Number.isInteger(words / stream.words)
}

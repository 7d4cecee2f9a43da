// SPDX-License-Identifier: MIT
// Cropping arithmetic: from a wished-for window to one that the hardware can take, and to DCMI and DMA words. Pure.

import type { SensorLimits } from "../../drivers/sensor-limits"
import { windowProblem } from "../../drivers/sensor-limits"
import { PlanError } from "./plan-error"
import type { Rectangle, WindowRequest } from "../../protocol/capture"

/** What DCMI and DMA can count. */
export enum CropLimit {
    /** DMA and DCMI move 32-bit words; a line must be whole ones (RM0090 §15.5.5). */
    WORD_BYTES = 4,
    /** DCMI_CWSTRT: HOFFCNT 14 bits, VST 13 bits (RM0090 §15.8.9). */
    HOFFCNT_MAX = 0x3fff,
    VST_MAX = 0x1fff,
    /** DCMI_CWSIZE: CAPCNT and VLINE 14 bits each, both minus one (RM0090 §15.8.10). */
    CAPCNT_MAX = 0x3fff,
    VLINE_MAX = 0x3fff,
    /** DMA_SxNDTR counts 16 bits (RM0090 §10.5.6). */
    DMA_WORDS_MAX = 65535,
    /** Transfers that the grabber makes of one frame. */
    DMA_TRANSFERS_MAX = 64,
}

/** The two crop registers as the manual has them. */
export interface DcmiCrop {
    cwstrt: number
    cwsize: number
}

/** Where a line of `length` starts to lie in the middle of `field`, rounded down. */
export function centred(length: number, field: number): number {
    return Math.floor((field - length) / 2)
}

/**
 * Make lines whole words: round the width down to the next one that fills them, but never below one word.
 *
 * @param bytesPerPixel 1 or 2
 * @returns pixels
 */
export function alignedWidth(widthPx: number, bytesPerPixel: number): number {
    const step = CropLimit.WORD_BYTES / bytesPerPixel
    return Math.max(step, Math.floor(widthPx / step) * step)
}

/**
 * Place a window on the sensor's field, to the pixel.
 *
 * @param request pixels; fractions are cut off
 * @returns the window, centred where no position was given
 * @throws PlanError when the window has no pixels or does not lie on the field
 */
export function positionWindow(
    request: WindowRequest,
    limits: SensorLimits
): Rectangle {
    const width = Math.floor(request.width)
    const height = Math.floor(request.height)
    const asked: Rectangle = {
        x:
            request.x === undefined
                ? centred(width, limits.widthPx)
                : Math.floor(request.x),
        y:
            request.y === undefined
                ? centred(height, limits.heightPx)
                : Math.floor(request.y),
        width,
        height,
    }
    // A window that is too large would be centred to a negative position, which nobody asked for.
    if (request.x === undefined && width > limits.widthPx) asked.x = 0
    if (request.y === undefined && height > limits.heightPx) asked.y = 0
    const problem = windowProblem(asked, limits)
    if (problem) throw new PlanError(problem)
    return asked
}

/**
 * Place a window on the sensor's field so that its lines are whole words in memory.
 *
 * Binned, it lies on the grid of the field's groups, whichever strategy: a sensor that reads the whole field groups from
 * its first pixel on, so that all strategies show the same pixels.
 *
 * @param request pixels; fractions are cut off
 * @param bytesPerPixel in memory; left out: what the sensor sends as gray8
 * @param binning 1, 2 or 4
 * @returns the window that will be taken: its width rounded to whole words, centred where no position was given
 * @throws PlanError when the window has no pixels or does not lie on the field
 */
export function placeWindow(
    request: WindowRequest,
    limits: SensorLimits,
    bytesPerPixel?: number,
    binning = 1
): Rectangle {
    const asked = positionWindow(request, limits)
    const width =
        binning *
        alignedWidth(
            Math.floor(asked.width / binning),
            bytesPerPixel ?? limits.bytesPerPixel
        )
    const height = binning * Math.max(1, Math.floor(asked.height / binning))
    if (request.x === undefined) asked.x = centred(width, limits.widthPx)
    if (request.y === undefined) asked.y = centred(height, limits.heightPx)
    // Only a window smaller than one word or one group grows, and then it may have to move to stay on the field.
    asked.x = onGrid(Math.min(asked.x, limits.widthPx - width), binning)
    asked.y = onGrid(Math.min(asked.y, limits.heightPx - height), binning)
    asked.width = width
    asked.height = height
    return asked
}

/** Round down to a multiple of `step`, both whole and not below 0. */
export function onGrid(px: number, step: number): number {
    return px - (px % step)
}

/**
 * Compute the crop registers for a window on the frame that the sensor sends.
 *
 * @param window pixels of the frame; its width in whole words
 * @param bytesPerPixel pixel clocks of one pixel: 1 for raw and gray, 2 for RGB565 and YUV
 * @throws PlanError when a field of the registers is too small
 */
export function dcmiCrop(window: Rectangle, bytesPerPixel: number): DcmiCrop {
    const hoffcnt = window.x * bytesPerPixel
    const capcnt = window.width * bytesPerPixel - 1
    const vline = window.height - 1
    checkField("HOFFCNT", hoffcnt, CropLimit.HOFFCNT_MAX)
    checkField("VST", window.y, CropLimit.VST_MAX)
    checkField("CAPCNT", capcnt, CropLimit.CAPCNT_MAX)
    checkField("VLINE", vline, CropLimit.VLINE_MAX)
    return {
        cwstrt: (window.y << 16) | hoffcnt,
        cwsize: (vline << 16) | capcnt,
    }
}

function checkField(name: string, value: number, limit: number): void {
    if (!(value >= 0 && value <= limit))
        throw new PlanError(
            `DCMI crop: ${name} would be ${value}, the register holds 0..${limit}`
        )
}

/**
 * Count the transfers of a frame: as few equal ones as DMA can count. More than one run in double-buffer mode, whose
 * two buffers have one length (RM0090 §10.3.10).
 *
 * @param words of the frame, at least 1
 * @throws PlanError when too many would be needed
 */
export function dmaTransfers(words: number): number {
    let transfers = Math.ceil(words / CropLimit.DMA_WORDS_MAX)
    while (words % transfers !== 0) {
        transfers++
        if (transfers > CropLimit.DMA_TRANSFERS_MAX)
            throw new PlanError(
                `a frame of ${words} words is not 2..${CropLimit.DMA_TRANSFERS_MAX} equal transfers ` +
                    `of at most ${CropLimit.DMA_WORDS_MAX}; another window may be`
            )
    }
    return transfers
}

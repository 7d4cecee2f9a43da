// SPDX-License-Identifier: MIT
// When the bytes of an OV2640 frame are on the port: one burst per output row, or a JPEG spread over the read-out.

import type { FrameBursts } from "./frame-sender.ts"
import { blockBursts, lineBursts } from "./jpeg/jpeg-stream.ts"
import { bytesPerPixel } from "./output-format.ts"
import type { Fault } from "./pipeline.ts"
import { halfsToNs, type FrameSettings } from "./settings.ts"

/** The encoder works on blocks of 8 rows: nothing comes before the first 8 are in. */
const JPEG_BLOCK_ROWS = 8

/**
 * Rows of an uncompressed format. An output row is on the port as soon as the last sensor row that belongs to it has
 * been read; with the DSP bypassed a row goes out while it is read.
 * @param frameNs start of the VSYNC pulse
 */
export function rowBursts(
    settings: FrameSettings,
    bytes: Uint8Array,
    frameNs: number
): FrameBursts {
    const { geometry, timing, clkHz, format, bypassed } = settings
    const { divided, output, window, vDivider } = geometry
    const lineBytes = output.width * bytesPerPixel(format)
    return {
        count: output.height,
        at: row => {
            const dividedEnd = Math.floor(
                ((row + 1) * divided.height) / output.height
            )
            const lastRow = window.y + (dividedEnd << vDivider) - 1
            const halfs =
                timing.firstRowHalfs +
                lastRow * timing.lineHalfs +
                (bypassed ? 0 : timing.rowHalfs)
            return {
                startNs: frameNs + halfsToNs(halfs, clkHz),
                bytes: bytes.subarray(row * lineBytes, (row + 1) * lineBytes),
            }
        },
    }
}

/** From the first 8 rows of the window to its last row, ns after the start of the VSYNC pulse. */
function jpegTime({ geometry, timing, clkHz }: FrameSettings) {
    const { window } = geometry
    const rowNs = (row: number) =>
        halfsToNs(timing.firstRowHalfs + row * timing.lineHalfs, clkHz)
    return {
        startNs: rowNs(window.y + JPEG_BLOCK_ROWS),
        endNs: rowNs(window.y + window.height),
    }
}

/** Bytes of JPEG that the port can carry in a frame. */
export function jpegLimitBytes(settings: FrameSettings): number {
    const { startNs, endNs } = jpegTime(settings)
    return Math.floor(((endNs - startNs) * settings.pclkHz) / 1e9)
}

/** Why a stream of so many bytes does not fit. */
export function doubtfulJpeg(
    settings: FrameSettings,
    sizeBytes: number
): Fault {
    return {
        rule:
            `a JPEG of ${sizeBytes} bytes does not pass within the frame: a PCLK of ${(settings.pclkHz / 1e6).toFixed(3)} MHz ` +
            `carries ${jpegLimitBytes(settings)} bytes while the window is read out; a faster PCLK (R_DVP_SP) or a larger QS is needed`,
        register: "QS",
        value: settings.qs,
    }
}

/**
 * A JPEG stream, spread evenly over the read-out.
 * @param frameNs start of the VSYNC pulse
 */
export function jpegBursts(
    settings: FrameSettings,
    bytes: Uint8Array,
    frameNs: number
): FrameBursts {
    const { startNs, endNs } = jpegTime(settings)
    const bursts = settings.hrefLikeVsync
        ? blockBursts(bytes.length)
        : lineBursts(bytes.length)
    return {
        count: bursts.length,
        at: index => {
            const { offset, sizeBytes } = bursts[index]!
            const share = offset / bytes.length
            return {
                startNs: frameNs + startNs + share * (endNs - startNs),
                bytes: bytes.subarray(offset, offset + sizeBytes),
            }
        },
    }
}

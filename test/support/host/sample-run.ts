// SPDX-License-Identifier: MIT
// A simulation that has just ended, for the tests of what the command makes of it.

import { readBoard } from "../../../boards/board-file.ts"
import type {
    AppliedMode,
    CapturedFrame,
    Counters,
} from "../../../sim/observe/capture.ts"

export const SAMPLE_MODE: AppliedMode = {
    sensor: "MT9V034",
    strategy: "sensor-window",
    window: { x: 266, y: 130, width: 220, height: 220 },
    binning: 1,
    fps: 120.003,
    format: "gray8",
    buffers: 1,
    busBytesPerFrame: 48_400,
    storedBytesPerFrame: 48_400,
    frameBufferBytes: 48_400,
}

export const SAMPLE_COUNTERS: Counters = {
    frames: 122,
    delivered: 120,
    dropped: 0,
    skipped: 0,
    settling: 2,
    overruns: 0,
    shortFrames: 0,
    dmaErrors: 0,
    resyncs: 0,
    tooLarge: 0,
    neededBytes: 0,
    badJpeg: 0,
    i2cErrors: 0,
    restarts: 0,
    overrunFrames: 0,
    lost: 0,
    doubtful: 0,
    irqs: 122,
    sentFrames: 122,
    torn: 0,
    pixelErrors: 0,
    busBytes: 122 * 48_400,
    deliveredBytes: 120 * 48_400,
    sensorFrames: 122,
}

export const SAMPLE_BOARD = readBoard("nucleo-f446re")

/** A frame of 8x4 pixels with its sequence number in each of them. */
export function sampleFrame(sequence: number): CapturedFrame {
    const window = { x: 0, y: 0, width: 8, height: 4 }
    const times = { exposureUs: 7900, gain: 1.25 }
    return {
        sequence,
        startUs: sequence * 8333,
        endUs: sequence * 8333 + 5000,
        ...times,
        droppedBefore: 0,
        window,
        format: "gray8",
        width: 8,
        height: 4,
        firstRow: 0,
        pixels: new Uint8Array(32).fill(sequence),
        sent: {
            sequence,
            startNs: 0,
            endNs: 0,
            window,
            columns: 8,
            rows: 4,
            ...times,
            unusable: false,
        },
        pixelErrors: 0,
        torn: false,
    }
}

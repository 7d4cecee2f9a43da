// SPDX-License-Identifier: MIT
// The OV2640's JPEG engine: libjpeg (by sharp) in a thread of its own that the model waits for.

import {
    MessageChannel,
    receiveMessageOnPort,
    Worker,
    type MessagePort,
} from "node:worker_threads"

/** An image of 1600x1200 takes some 30 ms; a thread that starts takes some 300 ms. */
const PATIENCE_MS = 60_000

/** Standard tables (ITU-T T.81 annex K) at this value of QS. */
const QS_STANDARD = 32

/**
 * QS as a libjpeg quality. Sources say only "0..63, small = good"; here the quantisation tables are those of annex K
 * times QS / 32, which is 50 % quality at 32, 81 at the reset value 12 and 25 at 63. libjpeg's own scale is inverted:
 * percent = 200 - 2 q from 50 on, 5000 / q below. 0 is taken as the finest table.
 * @returns 25..100, never rising with QS
 */
export function qualityOf(qs: number): number {
    const percent = (100 * qs) / QS_STANDARD
    const quality = percent <= 100 ? (200 - percent) / 2 : 5000 / percent
    return Math.round(quality)
}

interface Channel {
    readonly port: MessagePort
    readonly signal: Int32Array
}

let channel: Channel | undefined

/**
 * Encode and wait: baseline JPEG, from FF D8 to FF D9.
 * The same input gives the same bytes. The chip sub-samples chroma 4:2:2; libvips offers 4:2:0 and 4:4:4, this is 4:2:0.
 *
 * @param rgb 3 bytes per pixel
 * @param qs 0..63, see qualityOf
 * @throws Error when the encoder fails or does not answer within a minute
 */
export function encodeJpeg(
    rgb: Uint8Array,
    width: number,
    height: number,
    qs: number
): Uint8Array {
    channel ??= startWorker()
    const { port, signal } = channel
    Atomics.store(signal, 0, 0)
    port.postMessage({ rgb, width, height, quality: qualityOf(qs) })
    const outcome = Atomics.wait(signal, 0, 0, PATIENCE_MS)
    const answer = receiveMessageOnPort(port)?.message as
        { jpeg?: Uint8Array; error?: string } | undefined
    if (answer?.jpeg !== undefined) return new Uint8Array(answer.jpeg)
    channel = undefined
    throw new Error(
        `OV2640: the JPEG encoder gave no image of ${width}x${height}: ${answer?.error ?? outcome}`
    )
}

function startWorker(): Channel {
    const signal = new Int32Array(new SharedArrayBuffer(4))
    const { port1, port2 } = new MessageChannel()
    const worker = new Worker(new URL("./jpeg-worker.mjs", import.meta.url), {
        workerData: { port: port2, signal },
        transferList: [port2],
        // No TypeScript loader: the thread runs plain JavaScript, and starts faster.
        execArgv: [],
    })
    // The thread must not keep the process alive.
    worker.unref()
    port1.unref()
    return { port: port1, signal }
}

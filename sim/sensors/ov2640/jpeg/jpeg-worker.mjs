// SPDX-License-Identifier: MIT
// The thread in which the OV2640 model's JPEG encoder runs: sharp answers by promises, the models need the answer at once.

import { workerData } from "node:worker_threads"
import sharp from "sharp"

const { port, signal } = workerData

// One image at a time, nothing to keep: the caller waits for each.
sharp.concurrency(1)
sharp.cache(false)

port.on("message", async ({ rgb, width, height, quality }) => {
    try {
        const jpeg = await sharp(rgb, { raw: { width, height, channels: 3 } })
            // Baseline with the standard Huffman tables, as small hardware encoders have them.
            .jpeg({
                quality,
                mozjpeg: false,
                progressive: false,
                optimiseCoding: false,
                chromaSubsampling: "4:2:0",
            })
            .toBuffer()
        port.postMessage({ jpeg })
    } catch (error) {
        port.postMessage({ error: String(error) })
    }
    Atomics.store(signal, 0, 1)
    Atomics.notify(signal, 0)
})

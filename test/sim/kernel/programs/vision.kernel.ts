// All of the library that a program can call, and a sum over a frame.
import { Frame } from "camscript/kernel"

export { blobs } from "camscript/vision/blobs.kernel"
export { brightest } from "camscript/vision/brightest.kernel"
export { bayerToGray } from "camscript/vision/debayer.kernel"
export { edges } from "camscript/vision/edges.kernel"
export { flow } from "camscript/vision/flow.kernel"
export { focus } from "camscript/vision/focus.kernel"
export { rgb565ToGray, yuv422ToGray } from "camscript/vision/gray.kernel"
export { histogram, percentiles } from "camscript/vision/histogram.kernel"
export { laser } from "camscript/vision/laser.kernel"
export { half, motion, quarter } from "camscript/vision/reduce.kernel"

let calls: i32 = 3
let mean: f32 = 0.25

/** FNV-1a over all bytes of a frame. */
export function checksum(frame: Frame): u32 {
    let hash: u32 = 0x811c9dc5
    for (let y = 0; y < frame.height; y++) {
        const row = frame.row(y)
        for (let x = 0; x < frame.stride; x++)
            hash = (hash ^ row[x]) * 0x01000193
    }
    return hash
}

/** Variables that are kept from call to call. */
export function kept(frame: Frame): f32 {
    calls += frame.height
    mean = mean * 0.5 + <f32>calls
    return mean
}

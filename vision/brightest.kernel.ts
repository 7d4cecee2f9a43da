// SPDX-License-Identifier: MIT
import { Frame } from "camscript/kernel"

/** Where the bright pixels are. */
export class Spot {
    /** Centroid, pixels; 0 without bright pixels. */
    x: f32 = 0
    y: f32 = 0
    /** Pixels above the threshold. */
    count: i32 = 0
    /** The brightest pixel above the threshold, 0..255; 0 without one. */
    max: u8 = 0
    /** Sum of all pixels. */
    sum: u32 = 0
}

/**
 * Centroid of the pixels above a threshold. Sums have 32 bits: enough for all pixels of 752x480.
 *
 * @param threshold gray level 0..255
 */
export function brightest(frame: Frame, threshold: i32, spot: Spot): void {
    const width = frame.width
    const height = frame.height
    let count = 0
    let sumX = 0
    let sumY = 0
    let sum: u32 = 0
    let max = 0
    for (let y = 0; y < height; y++) {
        const row = frame.row(y)
        for (let x = 0; x < width; x++) {
            const pixel = row[x]
            sum += pixel
            if (pixel > threshold) {
                count++
                sumX += x
                sumY += y
                if (pixel > max) max = pixel
            }
        }
    }
    spot.count = count
    spot.sum = sum
    spot.max = <u8>max
    spot.x = count > 0 ? <f32>sumX / <f32>count : 0
    spot.y = count > 0 ? <f32>sumY / <f32>count : 0
}

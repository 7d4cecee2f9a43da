import { Frame } from "camscript/kernel"

/** What is bright. */
export class Bright {
    /** Pixels above the threshold. */
    count: i32 = 0
    /** The brightest gray level. */
    most: u8 = 0
}

/**
 * Look for light: this runs as machine code, over every pixel.
 *
 * @param threshold gray level 0..255
 */
export function bright(frame: Frame, threshold: i32, found: Bright): void {
    let count = 0
    let most = 0
    for (let y = 0; y < frame.height; y++) {
        const row = frame.row(y)
        for (let x = 0; x < frame.width; x++) {
            const pixel = row[x]
            if (pixel > threshold) count++
            if (pixel > most) most = pixel
        }
    }
    found.count = count
    found.most = <u8>most
}

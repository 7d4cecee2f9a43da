// SPDX-License-Identifier: MIT
import { Frame } from "camscript/kernel"

/**
 * Gray levels behind a Bayer filter (any order of its colours): each pixel with its eight neighbours, weighted 1 2 1, 2 4 2, 1 2 1 in
 * sixteenths, so that one part of red, two of green and one of blue come together everywhere. `out` is another frame of that size; its outermost
 * pixels stay as they are.
 */
export function bayerToGray(frame: Frame, out: Frame): void {
    const width = min(frame.width, out.width)
    const height = min(frame.height, out.height)
    for (let y = 1; y < height - 1; y++) {
        const above = frame.row(y - 1)
        const here = frame.row(y)
        const below = frame.row(y + 1)
        const result = out.row(y)
        // Sums of three columns: each is needed three times.
        let left = above[0] + 2 * here[0] + below[0]
        let middle = above[1] + 2 * here[1] + below[1]
        for (let x = 1; x < width - 1; x++) {
            const right = above[x + 1] + 2 * here[x + 1] + below[x + 1]
            result[x] = (left + 2 * middle + right + 8) >> 4
            left = middle
            middle = right
        }
    }
}

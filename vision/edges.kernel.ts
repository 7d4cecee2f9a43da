// SPDX-License-Identifier: MIT
import { Frame } from "camscript/kernel"

/**
 * How steep the gray levels are: |gx| + |gy| of the Sobel operator, at most 255. `out` is another frame of that size, and its outermost pixels
 * stay as they are.
 */
export function edges(frame: Frame, out: Frame): void {
    const width = min(frame.width, out.width)
    const height = min(frame.height, out.height)
    for (let y = 1; y < height - 1; y++) {
        const above = frame.row(y - 1)
        const here = frame.row(y)
        const below = frame.row(y + 1)
        const result = out.row(y)
        for (let x = 1; x < width - 1; x++) {
            const gx =
                above[x + 1] -
                above[x - 1] +
                2 * (here[x + 1] - here[x - 1]) +
                below[x + 1] -
                below[x - 1]
            const gy =
                below[x - 1] -
                above[x - 1] +
                2 * (below[x] - above[x]) +
                below[x + 1] -
                above[x + 1]
            result[x] = min(abs(gx) + abs(gy), 255)
        }
    }
}

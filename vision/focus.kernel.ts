// SPDX-License-Identifier: MIT
import { Frame } from "camscript/kernel"

/**
 * How sharp a picture is: the mean of the squared Laplacian (4 neighbours) of all pixels but the outermost. Only pictures of the same
 * scene and exposure can be compared.
 *
 * @returns 0 for a flat picture, up to 1,040,400
 */
export function focus(frame: Frame): f32 {
    const width = frame.width
    const height = frame.height
    let sum: f32 = 0
    for (let y = 1; y < height - 1; y++) {
        const above = frame.row(y - 1)
        const here = frame.row(y)
        const below = frame.row(y + 1)
        // A row's sum fits into 32 bits up to 4,128 pixels.
        let rowSum: u32 = 0
        for (let x = 1; x < width - 1; x++) {
            const laplacian =
                4 * here[x] - here[x - 1] - here[x + 1] - above[x] - below[x]
            rowSum += laplacian * laplacian
        }
        sum += <f32>rowSum
    }
    const pixels = (width - 2) * (height - 2)
    return pixels > 0 ? sum / <f32>pixels : 0
}

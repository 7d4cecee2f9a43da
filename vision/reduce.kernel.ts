// SPDX-License-Identifier: MIT
import { Frame, halfSum, sumOfDifferences } from "camscript/kernel"

/**
 * A picture half as wide and half as high: each pixel the rounded mean of 2x2. `out` may be the frame itself: the small picture is in its
 * upper left corner then.
 */
export function half(frame: Frame, out: Frame): void {
    const width = min(frame.width / 2, out.width)
    const height = min(frame.height / 2, out.height)
    for (let y = 0; y < height; y++) {
        const above = frame.row(2 * y)
        const below = frame.row(2 * y + 1)
        const result = out.row(y)
        for (let x = 0; x < width; x++) {
            const sum =
                above[2 * x] +
                above[2 * x + 1] +
                below[2 * x] +
                below[2 * x + 1]
            result[x] = (sum + 2) >> 2
        }
    }
}

/** As half(), a quarter as wide and high: each pixel the rounded mean of 4x4. */
export function quarter(frame: Frame, out: Frame): void {
    const width = min(frame.width / 4, out.width)
    const height = min(frame.height / 4, out.height)
    for (let y = 0; y < height; y++) {
        const first = frame.row(4 * y)
        const second = frame.row(4 * y + 1)
        const third = frame.row(4 * y + 2)
        const fourth = frame.row(4 * y + 3)
        const result = out.row(y)
        for (let x = 0; x < width; x++) {
            // The difference to 0 of four bytes is their sum.
            let sum = sumOfDifferences(first.four(4 * x), 0, 8)
            sum = sumOfDifferences(second.four(4 * x), 0, sum)
            sum = sumOfDifferences(third.four(4 * x), 0, sum)
            sum = sumOfDifferences(fourth.four(4 * x), 0, sum)
            result[x] = sum >> 4
        }
    }
}

/**
 * How far a picture is from a reference, and how many pixels moved: `reference` becomes the mean of both, so that what stays fades in.
 *
 * @param threshold gray levels that a pixel differs by
 * @returns pixels that differ by more
 */
export function motion(frame: Frame, reference: Frame, threshold: i32): i32 {
    const width = min(frame.width, reference.width)
    const height = min(frame.height, reference.height)
    let moved = 0
    for (let y = 0; y < height; y++) {
        const row = frame.row(y)
        const before = reference.row(y)
        let x = 0
        for (; x < width; x++) if (abs(row[x] - before[x]) > threshold) moved++
        for (x = 0; x + 4 <= width; x += 4)
            before.setFour(x, halfSum(row.four(x), before.four(x)))
        for (; x < width; x++) before[x] = (row[x] + before[x]) >> 1
    }
    return moved
}

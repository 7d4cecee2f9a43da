// SPDX-License-Identifier: MIT
import { Bytes, Frame, List, sumOfDifferences } from "camscript/kernel"

/** How a piece of the picture moved. */
export class Motion {
    /** Pixels, -4..4. */
    dx: i8 = 0
    dy: i8 = 0
    /** Sum of the absolute differences of its 64 pixels at that place: large where nothing fits. */
    difference: u16 = 0
}

const BLOCK = 8
const SEARCH = 4
const GRID = 5

/** Sum of absolute differences of two blocks of 8x8. */
function difference(a: Bytes, strideA: i32, b: Bytes, strideB: i32): i32 {
    let sum = 0
    for (let row = 0; row < BLOCK; row++) {
        sum = sumOfDifferences(a.four(0), b.four(0), sum)
        sum = sumOfDifferences(a.four(4), b.four(4), sum)
        a = a.from(strideA)
        b = b.from(strideB)
    }
    return sum
}

/**
 * Optical flow at 5x5 places, row by row: where each block of 8x8 pixels of the picture before is now, at most 4 pixels away. Of equal ones the
 * first counts, from the upper left. Frames are 16x16 or larger, both of one size.
 */
export function flow(before: Frame, after: Frame, motions: List<Motion>): void {
    const strideBefore = before.stride
    const strideAfter = after.stride
    const stepX = (before.width - 2 * SEARCH - BLOCK) / (GRID - 1)
    const stepY = (before.height - 2 * SEARCH - BLOCK) / (GRID - 1)
    motions.clear()
    for (let j = 0; j < GRID; j++) {
        for (let i = 0; i < GRID; i++) {
            const x = SEARCH + i * stepX
            const y = SEARCH + j * stepY
            const block = before.row(y).from(x)
            let best = i32.MAX_VALUE
            let bestX = 0
            let bestY = 0
            for (let dy = -SEARCH; dy <= SEARCH; dy++) {
                const there = after.row(y + dy).from(x)
                for (let dx = -SEARCH; dx <= SEARCH; dx++) {
                    const sum = difference(
                        block,
                        strideBefore,
                        there.from(dx),
                        strideAfter
                    )
                    if (sum < best) {
                        best = sum
                        bestX = dx
                        bestY = dy
                    }
                }
            }
            if (!motions.hasPlace()) continue
            const motion = motions.add()
            motion.dx = <i8>bestX
            motion.dy = <i8>bestY
            motion.difference = <u16>best
        }
    }
}

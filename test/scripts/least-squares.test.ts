// SPDX-License-Identifier: MIT
// The fit of the VM's rates.

import { expect, it } from "vitest"
import { leastSquares } from "../../scripts/vm-rates/least-squares.ts"

it("finds what the rows were made of", () => {
    const rows = [
        [1, 0, 2],
        [0, 3, 1],
        [4, 1, 0],
        [1, 1, 1],
    ]
    const made = rows.map(([a, b, c]) => 5 * a! + 7 * b! - 2 * c!)

    leastSquares(rows, made).forEach((x, i) =>
        expect(x).toBeCloseTo([5, 7, -2][i]!, 9)
    )
})

it("goes between rows that contradict each other", () => {
    expect(leastSquares([[1], [1], [1]], [1, 2, 6])[0]).toBeCloseTo(3, 12)
})

it("refuses rows that do not tell the unknowns apart", () => {
    expect(() =>
        leastSquares(
            [
                [1, 0],
                [2, 0],
            ],
            [1, 2]
        )
    ).toThrow(/nothing tells unknown 1 apart/)
})

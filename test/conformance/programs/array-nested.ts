// SPDX-License-Identifier: MIT
// Language and library: arrays of arrays.

import { print } from "./lib/print"

export async function run(): Promise<void> {
    const grid: number[][] = []
    for (let y = 0; y < 5; y++) {
        const row: number[] = []
        for (let x = 0; x < 5; x++) row.push(x * y)
        grid.push(row)
    }
    for (const row of grid) print(row.map(v => `${v}`).join(" "))
    print(grid.length, grid[4][3], JSON.stringify(grid))
}

// SPDX-License-Identifier: MIT
// Language and library: random numbers. The board's own come from the moment of the call: their values are no one's to
// compare, their ranges and their spread are.

import { print } from "./lib/print"

export async function run(): Promise<void> {
    let different = 0
    let before = -1
    for (let i = 0; i < 20; i++) {
        const value = Math.random()
        if (value < 0 || value >= 1) print("out of 0..1", value)
        if (value !== before) different++
        before = value
    }
    print(different)
    for (let i = 0; i < 20; i++) {
        const value = Math.randomInt(1000)
        if (value < 0 || value > 1000 || value !== Math.floor(value))
            print("out of 0..1000", value)
    }
    // A quarter of a circle: 236 of 300 are expected, 7 is the standard deviation.
    let inside = 0
    for (let i = 0; i < 300; i++)
        if (Math.random() ** 2 + Math.random() ** 2 < 1) inside++
    print(inside > 190, inside < 280)
}

// SPDX-License-Identifier: MIT
// Language and library: enums and constants.

import { print } from "./lib/print"

enum Level {
    Low = 1,
    Mid,
    High = 10,
}
const enum Flag {
    A = 1 << 0,
    C = 1 << 2,
}
enum Name {
    First = "first",
    Second = "second",
}
const SCALE = 2.5

export async function run(): Promise<void> {
    print(Level.Low, Level.Mid, Level.High, Flag.A | Flag.C, SCALE * Level.High)
    for (const level of [Level.Low, Level.High])
        print(level === Level.High ? "high" : "not high")
    print(Name.First, Name.Second)
}

// SPDX-License-Identifier: MIT
// Language and library: switch.

import { print } from "./lib/print"

function kind(n: number): string {
    switch (n) {
        case 0:
            return "none"
        case 1:
        case 2:
            return "few"
        case 3 + 2:
            return "five"
        default:
            return n > 5 ? "many" : "some"
    }
}

export async function run(): Promise<void> {
    for (let i = 0; i < 8; i++) print(i, kind(i))
    for (const word of ["a", "b", "c", ""]) {
        switch (word) {
            case "a":
            case "b":
                print("first or second")
                break
            default:
                print("other")
        }
    }
}

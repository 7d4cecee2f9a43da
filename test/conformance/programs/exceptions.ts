// SPDX-License-Identifier: MIT
// Language and library: throw, catch and finally.

import { print } from "./lib/print"

function attempt(i: number): string {
    try {
        if (i === 1) throw new Error("one")
        if (i === 2) return "early"
        if (i === 3) deep(4)
        return "normal"
    } catch (e: any) {
        return `caught ${e.message}`
    } finally {
        print("finally", i)
    }
}
function deep(n: number): void {
    if (n === 0) throw new TypeError("deep")
    deep(n - 1)
}

export async function run(): Promise<void> {
    for (let i = 0; i < 5; i++) print(i, attempt(i))
    try {
        try {
            throw new RangeError("inner")
        } finally {
            print("cleanup")
        }
    } catch (e: any) {
        print(e.message, e instanceof RangeError, e instanceof Error, e.name)
    }
    try {
        const nothing: any = undefined
        nothing.field = 1
    } catch (e: any) {
        print("caught", e instanceof TypeError)
    }
}

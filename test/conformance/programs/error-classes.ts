// SPDX-License-Identifier: MIT
// Language and library: own error classes.

import { print } from "./lib/print"

class PartError extends Error {
    constructor(
        message: string,
        readonly part: string
    ) {
        super(message)
        this.name = "PartError"
    }
}
function fail(code: number): void {
    if (code === 1) throw new PartError("no answer", "MT9V034")
    throw new Error("plain")
}

export async function run(): Promise<void> {
    for (const code of [1, 2]) {
        try {
            fail(code)
        } catch (e: any) {
            if (e instanceof PartError) print("part", e.part, e.message, e.name)
            else print("other", e.message)
        }
    }
}

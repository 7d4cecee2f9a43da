// SPDX-License-Identifier: MIT
// Language and library: async functions and results.

import * as ds from "@devicescript/core"
import { print } from "./lib/print"

async function delayed(ms: number, text: string): Promise<string> {
    await ds.sleep(ms)
    return text + ms
}
async function square(n: number): Promise<number> {
    await ds.sleep(1)
    return n * n
}
async function failing(): Promise<void> {
    await ds.sleep(2)
    throw new Error("late")
}

export async function run(): Promise<void> {
    print(await delayed(3, "x"), await delayed(1, "y"))
    const values: number[] = []
    for (let i = 0; i < 4; i++) values.push(await square(i))
    print(values.join())
    try {
        await failing()
    } catch (e: any) {
        print("async", e.message)
    } finally {
        print("finally")
    }
}

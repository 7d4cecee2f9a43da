// SPDX-License-Identifier: MIT
import { execFileSync } from "node:child_process"
import { expect, it } from "vitest"
import {
    DATA_END,
    DATA_START,
    PLAIN_NUMBERS,
} from "../../../toolchain/vm/patches/data-addresses.ts"
import { vmObject } from "../../../toolchain/vm/vm-object.ts"

it("leaves no address of the VM's variables in the machine code, only numbers that are known to be none", async () => {
    const file = await vmObject("stm32f446")
    // The compiler makes of "at least n" also "more than n - 1".
    const numbers = new Set(
        PLAIN_NUMBERS.flatMap(({ value }) => [value, value - 1])
    )
    const disassembly = execFileSync(
        "arm-none-eabi-objdump",
        ["-d", "-r", file],
        { encoding: "utf8", maxBuffer: 64 << 20 }
    )
    const left = new Set<number>()
    for (const [, word, constant] of disassembly.matchAll(
        /\.word\t0x([0-9a-f]{8})|\tmovw?\t\w+, #(\d+)/g
    )) {
        const value = word === undefined ? Number(constant) : parseInt(word, 16)
        if (value >= DATA_START && value < DATA_END) left.add(value)
    }

    expect([...left].filter(value => !numbers.has(value))).toEqual([])
    // The scan sees constants at all.
    expect(left.size).toBeGreaterThan(0)
})

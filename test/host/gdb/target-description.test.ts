// SPDX-License-Identifier: MIT
// The registers that GDB wants of a Cortex-M with a floating-point unit ("Debugging with GDB", G.5.3).

import { expect, it } from "vitest"
import {
    REGISTERS,
    targetDescription,
} from "../../../host/gdb/target-description.ts"

/** Names of a feature's registers, in order. */
function registersOf(feature: string): string[] {
    const text = targetDescription()
    const begin = text.indexOf(`<feature name="${feature}">`)
    const part = text.slice(begin, text.indexOf("</feature>", begin))
    return [...part.matchAll(/<reg name="(\w+)"/g)].map(match => match[1]!)
}

it("has the core's registers in the order of the feature", () => {
    expect(registersOf("org.gnu.gdb.arm.m-profile")).toEqual([
        ...[0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12].map(i => `r${i}`),
        ...["sp", "lr", "pc", "xpsr"],
    ])
})

it("has the sixteen double registers that s0 to s31 are, and FPSCR", () => {
    const names = registersOf("org.gnu.gdb.arm.vfp")

    expect(names).toHaveLength(17)
    expect(names[0]).toBe("d0")
    expect(names[15]).toBe("d15")
    expect(names[16]).toBe("fpscr")
})

it("numbers them as the packet g has them, without a gap", () => {
    const found = [
        ...targetDescription().matchAll(
            /<reg name="(\w+)" bitsize="(\d+)" regnum="(\d+)"/g
        ),
    ].map(([, name, bits, number]) => [name, Number(bits), Number(number)])

    expect(found).toEqual(
        REGISTERS.map(({ name, bits }, number) => [name, bits, number])
    )
})

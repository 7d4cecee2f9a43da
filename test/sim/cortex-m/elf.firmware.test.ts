// SPDX-License-Identifier: MIT
// ELF files: what is read, and what is refused.

import { describe, expect, it } from "vitest"
import { readElf } from "../../../sim/cortex-m/elf.ts"
import { compileProgram } from "../../support/cortex-m/core.ts"

const PLACES = [
    { name: "flash", address: 0x08000000, bytes: 512 * 1024 },
    { name: "SRAM", address: 0x20000000, bytes: 128 * 1024 },
]

describe("an ELF file of a C program", () => {
    const file = compileProgram("ticks")

    it("has the vector table at the start of flash, data at its load address", () => {
        const elf = readElf(file, "ticks.elf", PLACES)
        const [first] = elf.segments
        const vectors = new DataView(
            first!.bytes.buffer,
            first!.bytes.byteOffset
        )

        expect(first!.address).toBe(0x08000000)
        expect(vectors.getUint32(0, true)).toBe(0x20020000)
        expect(vectors.getUint32(4, true) & ~1).toBe(
            elf.symbols.address("Reset_Handler")
        )
        expect(elf.segments.every(({ address }) => address < 0x08080000)).toBe(
            true
        )
    })

    it("names addresses by function and offset", () => {
        const { symbols } = readElf(file, "ticks.elf", PLACES)
        const main = symbols.address("main")

        expect(symbols.nameOf(main | 1)).toBe("main")
        expect(symbols.nameOf(main + 4)).toBe("main+0x4")
        expect(symbols.nameOf(0x20000000)).toBeUndefined()
        expect(() => symbols.address("nothing")).toThrow(/no symbol "nothing"/)
    })

    it("is refused when it does not fit the chip", () => {
        const small = [{ ...PLACES[0]!, bytes: 64 }, PLACES[1]!]

        expect(() => readElf(file, "ticks.elf", small)).toThrow(
            /ticks\.elf loads \d+ bytes at 0x08000000, outside the chip's memories: flash 0x8000000 to 0x800003f/
        )
    })

    it("is refused when it is cut short", () => {
        expect(() =>
            readElf(file.subarray(0, 60), "ticks.elf", PLACES)
        ).toThrow(/cut short/)
    })
})

describe("another file", () => {
    it("is refused when it is no ELF file", () => {
        const text = new TextEncoder().encode("int main(void) {}".repeat(10))

        expect(() => readElf(text, "main.c", PLACES)).toThrow(
            "main.c is not an ELF file"
        )
    })

    it("is refused when it is for another machine", () => {
        const copy = Uint8Array.from(compileProgram("ticks"))
        copy[18] = 62 // x86-64

        expect(() => readElf(copy, "a.out", PLACES)).toThrow(
            /another machine \(32 bits, machine 62\)/
        )
    })

    it("is refused when it is an object file", () => {
        const copy = Uint8Array.from(compileProgram("ticks"))
        copy[16] = 1

        expect(() => readElf(copy, "main.o", PLACES)).toThrow(
            /not a linked program/
        )
    })
})

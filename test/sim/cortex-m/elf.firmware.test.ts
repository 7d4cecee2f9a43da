// SPDX-License-Identifier: MIT
// ELF files: what is read, and what is refused.

import fc from "fast-check"
import { describe, expect, it } from "vitest"
import { readElf } from "../../../sim/cortex-m/elf.ts"
import { compileProgram } from "../../support/cortex-m/core.ts"
import { damaged, refusalOf, tries } from "../../support/malformed/damage.ts"

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

    it("may place a section without content behind the file's end", () => {
        const { view, sectionOf } = tables(Uint8Array.from(file))
        view.setUint32(sectionOf(SHT_NOBITS) + SH_OFFSET, 0x7fffff00, true)
        const moved = new Uint8Array(view.buffer)

        expect(readElf(moved, "ticks.elf", PLACES).segments).toEqual(
            readElf(file, "ticks.elf", PLACES).segments
        )
    })

    it("is refused when it is cut short", () => {
        expect(() =>
            readElf(file.subarray(0, 60), "ticks.elf", PLACES)
        ).toThrow(/cut short/)
    })
})

/** Fields of the ELF header, of a section's header and of a program header (System V ABI, chapters 4 and 5). */
const [E_PHOFF, E_SHOFF, E_SHENTSIZE, E_SHNUM] = [28, 32, 46, 48]
const [SH_TYPE, SH_OFFSET, SH_SIZE] = [4, 16, 20]
const [SHT_STRTAB, SHT_NOBITS] = [3, 8]

/** Where an ELF file has its tables. */
function tables(bytes: Uint8Array) {
    const view = new DataView(bytes.buffer)
    const first = view.getUint32(E_SHOFF, true)
    const step = view.getUint16(E_SHENTSIZE, true)
    const sections = Array.from(
        { length: view.getUint16(E_SHNUM, true) },
        (_, i) => first + i * step
    )
    const sectionOf = (type: number): number =>
        sections.find(at => view.getUint32(at + SH_TYPE, true) === type)!
    const programs = view.getUint32(E_PHOFF, true)
    return { view, sections, programs, sectionOf }
}

describe("an ELF file that is not as it should be", () => {
    const file = Uint8Array.from(compileProgram("ticks", true))

    /** All that is asked of an ELF file. */
    function read(bytes: Uint8Array): void {
        const { map, symbols, entry } = readElf(bytes, "damaged.elf", PLACES)
        for (const pc of [entry, 0, 0x08000100, 0xffffffff]) {
            map.placeOf(pc)
            symbols.nameOf(pc)
        }
        for (const { address } of map.instructions()) map.lines.lineOf(address)
        const core = new Array<number>(16).fill(0)
        core[13] = 0x20001000
        core[14] = 0x08000101
        core[15] = entry & ~1
        map.backtrace({ core, psp: 0x20000800 }, () => 0)
    }

    it("is read or refused in one paragraph", async () => {
        const { sections, programs } = tables(file)
        const near = [
            ...[0, programs, programs + 32],
            ...sections,
            ...sections.map(at =>
                tables(file).view.getUint32(at + SH_OFFSET, true)
            ),
        ]
        await fc.assert(
            fc.asyncProperty(damaged(file, near), async bytes => {
                await refusalOf(() => read(bytes))
            }),
            { numRuns: tries(500) }
        )
        expect(await refusalOf(() => read(file))).toBe(undefined)
    })

    it("whose names have no end is read with names of 4,096 characters at most", () => {
        const copy = Uint8Array.from([...file, ...Buffer.alloc(1 << 20, "a")])
        const { view, sections } = tables(copy)
        for (const at of sections) {
            if (view.getUint32(at + SH_TYPE, true) !== SHT_STRTAB) continue
            view.setUint32(at + SH_OFFSET, file.length, true)
            view.setUint32(at + SH_SIZE, 1 << 20, true)
        }
        const { symbols } = readElf(copy, "damaged.elf", PLACES)

        expect(symbols.all.length).toBeGreaterThan(5)
        for (const { name } of symbols.all) expect(name).toHaveLength(4096)
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

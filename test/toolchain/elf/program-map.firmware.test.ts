// SPDX-License-Identifier: MIT
// Functions, source lines and calls of linked programs, compared with binutils' own reading.

import { spawnSync } from "node:child_process"
import { readFileSync } from "node:fs"
import { describe, expect, it } from "vitest"
import { parseElf } from "../../../toolchain/elf/elf.ts"
import {
    programMap,
    type ProgramMap,
} from "../../../toolchain/elf/program-map.ts"
import { builtFirmware } from "../../support/firmware/build-rig.ts"
import { buildArticle } from "../../foreign/build.ts"

/** "file:line" of each address by arm-none-eabi-addr2line; "??" for what is unknown. */
function addr2line(elf: string, addresses: readonly number[]): string[] {
    const { stdout, status } = spawnSync(
        "arm-none-eabi-addr2line",
        ["-e", elf],
        {
            input: addresses.map(at => `0x${at.toString(16)}\n`).join(""),
            encoding: "utf8",
            maxBuffer: 1 << 28,
        }
    )
    expect(status).toBe(0)
    return stdout
        .trim()
        .split("\n")
        .map(line => line.replace(/ \(discriminator \d+\)$/, ""))
}

/** Every halfword of all code, or every nth. */
function codeAddresses(elf: string, step = 2): number[] {
    const { sections } = parseElf(readFileSync(elf), elf)
    return sections
        .filter(({ executable }) => executable)
        .flatMap(({ address, bytes }) =>
            Array.from(
                { length: Math.ceil(bytes / step) },
                (_, index) => address + index * step
            )
        )
}

/** Where the two readings differ. The compilation's folder, which stands in front of relative paths, is left out. */
function differences(elf: string, addresses: readonly number[]): string[] {
    const map = programMap(readFileSync(elf), elf)
    return addr2line(elf, addresses)
        .map((theirs, index) => {
            const ours = map.placeOf(addresses[index]!).source
            const unknown = /^\?\?:|:[?0]$/.test(theirs)
            const agrees = unknown
                ? ours === undefined || beginsAt(map, ours, addresses[index]!)
                : ours !== undefined && sameTail(theirs, ours)
            return agrees
                ? ""
                : `0x${addresses[index]!.toString(16)}: ${ours}, ${theirs}`
        })
        .filter(text => text !== "")
}

/** binutils 2.40 knows nothing of an address at which one piece of code ends and the next one begins. */
function beginsAt(map: ProgramMap, source: string, address: number): boolean {
    const [, file, line] = /^(.*):(\d+)$/.exec(source)!
    return map.lines.addressesOf(file!, Number(line)).includes(address)
}

function sameTail(theirs: string, ours: string): boolean {
    const tail = ours.replace(/^.*\.\.\//, "")
    return theirs === tail || theirs.endsWith(`/${tail}`)
}

describe("source lines", () => {
    it.each([
        ["DWARF 2", ["-gdwarf-2"]],
        ["DWARF 3", ["-gdwarf-3"]],
        ["DWARF 4", ["-gdwarf-4"]],
        ["DWARF 5", ["-gdwarf-5"]],
        ["DWARF 5, compressed", ["-gdwarf-5", "-gz=zlib"]],
        ["DWARF 4, not optimised", ["-gdwarf-4", "-O0"]],
        ["DWARF 5, by -O2", ["-gdwarf-5", "-O2"]],
    ])("of a program with %s are those of addr2line", (_, flags) => {
        const elf = buildArticle("hal", "crop", [], flags)
        const addresses = codeAddresses(elf)
        const map = programMap(readFileSync(elf), elf)

        expect(differences(elf, addresses)).toEqual([])
        const known = addresses.filter(at => map.placeOf(at).source)
        expect(known.length).toBeGreaterThan(1000)
    })

    it("of our firmware are those of addr2line", async () => {
        const { elf } = await builtFirmware({ board: "nucleo-f446re" })

        expect(differences(elf, codeAddresses(elf, 10))).toEqual([])
    })
})

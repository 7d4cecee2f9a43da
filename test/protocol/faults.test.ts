// SPDX-License-Identifier: MIT
// The table of causes, and the C header with the same codes and names.

import { readFileSync } from "node:fs"
import { join } from "node:path"
import { describe, expect, it } from "vitest"
import { FAULT_NAMES, FaultCause } from "../../protocol/faults.ts"
import { projectRoot } from "../../toolchain/paths.ts"

const PROGRAM_FIRST = 48

function firmware(file: string): string {
    return readFileSync(join(projectRoot, "firmware/supervision", file), "utf8")
}

describe("causes of a program's end", () => {
    const causes = Object.entries(FaultCause).filter(
        (entry): entry is [string, FaultCause] =>
            typeof entry[1] === "number" && entry[1] >= PROGRAM_FIRST
    )

    it("have the same codes in program_fault.h", () => {
        const codes = [
            ...firmware("program_fault.h").matchAll(
                /CAM_PROGRAM_(\w+) = (\d+),/g
            ),
        ].map(([, name, code]) => [name, Number(code)])

        expect(codes).toEqual(causes)
    })

    it("have the same names in program_fault.c, in the order of their codes", () => {
        const source = firmware("program_fault.c")
        const names = [
            ...source
                .slice(source.indexOf("NAMES[] = {"))
                .split("};")[0]!
                .matchAll(/"([a-z-]+)"/g),
        ].map(([, name]) => name)

        expect(names).toEqual(causes.map(([, code]) => FAULT_NAMES[code]))
        expect(causes.map(([, code]) => code)).toEqual(
            names.map((_, i) => PROGRAM_FIRST + i)
        )
    })

    it("have names of their own, in kebab case", () => {
        const names = Object.values(FAULT_NAMES)
        expect(new Set(names).size).toBe(names.length)
        for (const name of names) expect(name).toMatch(/^[a-z]+(-[a-z]+)*$/)
    })
})

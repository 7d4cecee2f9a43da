// SPDX-License-Identifier: MIT
// The table of causes, and the C header with the same codes and names.

import { readFileSync } from "node:fs"
import { join } from "node:path"
import { describe, expect, it } from "vitest"
import { FaultCause } from "../../protocol/faults.ts"
import { FAULT_CAUSE_NAMES } from "../../protocol/names.ts"
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

        expect(names).toEqual(causes.map(([, code]) => FAULT_CAUSE_NAMES[code]))
        expect(causes.map(([, code]) => code)).toEqual(
            names.map((_, i) => PROGRAM_FIRST + i)
        )
    })
})

const NAMES = Object.values(FAULT_CAUSE_NAMES)

describe("causes of faults", () => {
    it("have a name of their own each, that of the enum in kebab case, and fit into a byte", () => {
        expect(new Set(NAMES).size).toBe(NAMES.length)
        for (const [code, name] of Object.entries(FAULT_CAUSE_NAMES)) {
            expect(FaultCause[Number(code)]).toBe(
                name.toUpperCase().replaceAll("-", "_")
            )
            expect(Number(code)).toBeLessThan(256)
        }
    })

    it("are all in docs/faults.md", () => {
        const text = readFileSync(join(projectRoot, "docs/faults.md"), "utf8")

        const missing = NAMES.filter(
            name => name !== "none" && !new RegExp(`\\b${name}\\b`).test(text)
        )
        expect(missing).toEqual([])
    })
})

// SPDX-License-Identifier: MIT
// `--faults FILE`: what is taken, with its defaults, and one paragraph for each mistake.

import { mkdtempSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { afterAll, beforeAll, describe, expect, it } from "vitest"
import { UsageError } from "../../../protocol/errors.ts"
import { parseFaults, readFaultFile } from "../../../sim/faults/fault-file.ts"
import { FAULT_NAMES, faultEntry } from "../../../sim/faults/fault-table.ts"

/** What a fault cannot be without. */
const NEEDED: Readonly<Record<string, object>> = {
    "data-swapped": { lines: [0, 7] },
    "data-shorted": { lines: [3, 2] },
    "register-upset": { address: "0x50050000", value: 0 },
}

function complaint(json: unknown): string {
    try {
        parseFaults(json, "f.json")
    } catch (error) {
        expect(error).toBeInstanceOf(UsageError)
        return (error as Error).message
    }
    throw new Error("it was taken")
}

describe("a list of faults", () => {
    it.each(FAULT_NAMES)("takes %s with what it needs and no more", fault => {
        const [parsed] = parseFaults(
            [{ at: 1, fault, ...NEEDED[fault] }],
            "f.json"
        )
        expect(parsed).toMatchObject({ at: 1, fault })
        expect(parsed!.for).toBeUndefined()
    })

    it.each(FAULT_NAMES)("limits every number of %s", fault => {
        for (const [name, parameter] of Object.entries(
            faultEntry(fault).parameters
        )) {
            if (parameter.kind !== "whole") continue
            const entry = { at: 1, fault, ...NEEDED[fault] }
            for (const value of [parameter.min, parameter.max])
                expect(
                    parseFaults([{ ...entry, [name]: value }], "f.json")[0]
                ).toMatchObject({ [name]: value })
            for (const value of [parameter.min - 1, parameter.max + 1, 0.5])
                expect(complaint([{ ...entry, [name]: value }])).toMatch(
                    `f.json: fault 0 (${fault}): "${name}" is ${value}; it must be a whole number from `
                )
        }
    })

    it("fills in the defaults, and leaves to the seed what has none", () => {
        expect(
            parseFaults(
                [
                    { at: 0, fault: "i2c-nack" },
                    { at: 2.5, for: 0.5, fault: "row-lost" },
                ],
                "f.json"
            )
        ).toEqual([
            { at: 0, fault: "i2c-nack", count: 1, byte: 0 },
            { at: 2.5, for: 0.5, fault: "row-lost" },
        ])
    })

    it("reads hexadecimal numbers, which JSON has none of", () => {
        expect(
            parseFaults(
                [
                    {
                        at: 1,
                        fault: "register-upset",
                        address: "0x5005000C",
                        value: "0x1f",
                    },
                ],
                "f.json"
            )
        ).toMatchObject([{ address: 0x5005000c, value: 0x1f }])
    })

    it.each([
        [{}, /^f\.json is not a list of faults/],
        [[7], /^f\.json: fault 0 is 7, not an object/],
        [[{ at: 1 }], /fault 0 has no "fault": its name, one of i2c-nack,/],
        [
            [{ at: 1, fault: "i2c-nak" }],
            /fault 0: fault "i2c-nak" is unknown; it is one of i2c-nack, /,
        ],
        [[{ at: 1, fault: "toString" }], /fault "toString" is unknown/],
        [
            [{ at: 0, fault: "i2c-nack" }, { fault: "row-lost" }],
            /fault 1 \(row-lost\) has no "at": seconds of virtual time/,
        ],
        [
            [{ at: -1, fault: "row-lost" }],
            /\(row-lost\): "at" is -1; it must be a number of seconds from 0 to 1000000/,
        ],
        [[{ at: "1", fault: "row-lost" }], /"at" is "1"; it must be a number/],
        [[{ at: null, fault: "row-lost" }], /"at" is null/],
        [
            [{ at: 1, for: 0, fault: "row-lost" }],
            /"for" is 0; it must be a number of seconds from 1e-9 to 1000000/,
        ],
        [
            [{ at: 1, for: 1, fault: "i2c-nack" }],
            /\(i2c-nack\): "for" is 1, but it happens once, at its time; leave "for" out/,
        ],
        [
            [{ at: 1, fault: "row-lost", line: 3 }],
            /\(row-lost\): it has no field "line"; it takes at, for, fault, row$/,
        ],
        [
            [{ at: 1, fault: "register-upset", value: 1 }],
            /has no "address": address of the register, a whole number from 0x0 to 0xffffffff/,
        ],
        [
            [{ at: 1, fault: "register-upset", address: "50050000", value: 0 }],
            /"address" is "50050000"; it must be a whole number from 0x0/,
        ],
        [
            [{ at: 1, fault: "data-swapped" }],
            /has no "lines": two different data lines from 0 to 7, as \[2, 3\]/,
        ],
        [
            [{ at: 1, fault: "data-swapped", lines: [1, 1] }],
            /"lines" is \[1,1\]; it must be two different data lines/,
        ],
        [[{ at: 1, fault: "data-swapped", lines: [1, 8] }], /is \[1,8\]/],
        [[{ at: 1, fault: "data-swapped", lines: [1] }], /is \[1\]/],
    ])("refuses %j", (json, message) => {
        expect(complaint(json)).toMatch(message)
    })
})

describe("a file of faults", () => {
    let folder: string
    beforeAll(() => {
        folder = mkdtempSync(join(tmpdir(), "faults-"))
    })
    afterAll(() => rmSync(folder, { recursive: true }))

    it("is read", () => {
        const file = join(folder, "good.json")
        writeFileSync(file, '[{"at": 0.5, "fault": "vsync-lost"}]')
        expect(readFaultFile(file)).toEqual([{ at: 0.5, fault: "vsync-lost" }])
    })

    it("that is not there, or is no JSON, is named as the user named it", () => {
        const file = join(folder, "bad.json")
        writeFileSync(file, "[{")
        expect(() => readFaultFile(file, "bad.json")).toThrow(
            /^--faults bad\.json is not JSON: /
        )
        expect(() => readFaultFile(join(folder, "none"), "none")).toThrow(
            /^--faults none: there is no such file$/
        )
        // Neither may it be read for ever.
        expect(() => readFaultFile("/dev/zero")).toThrow(
            "--faults /dev/zero is no file of faults: it is a folder, a device or a pipe"
        )
    })
})

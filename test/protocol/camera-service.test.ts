// SPDX-License-Identifier: MIT
// Host and program against services/camera.md: codes, fields, types.

import { readFileSync } from "node:fs"
import { join } from "node:path"
import { describe, expect, it } from "vitest"
import {
    CAMERA_CLASS,
    CAMERA_EVENT_FIELDS,
    CAMERA_EVENTS,
    CAMERA_REGISTERS,
    CAMERA_TEXTS,
    decodeFields,
    encodeFields,
} from "../../protocol/camera-fields.ts"
import { FaultCause } from "../../protocol/faults.ts"
import { projectRoot } from "../../toolchain/paths.ts"
import {
    CameraEvent,
    CameraModeFlag,
    CameraReg,
} from "../../protocol/camera-service.ts"
import { PixelFormat, Strategy, TestPattern } from "../../protocol/capture.ts"
import { Change, writtenBytes } from "../../src/camera-changes.ts"

interface Entry {
    readonly code: number
    readonly writable: boolean
    readonly fields: Record<string, string>
}

const SPEC = readFileSync(join(projectRoot, "services", "camera.md"), "utf8")
const BYTES: Record<string, number> = { bool: 1, u8: 1, u16: 2, u32: 4 }

/** Names of enumerations and flags, all of u8. */
const ENUMS = new Set(
    [...SPEC.matchAll(/^ {4}(?:enum|flags) (\w+) : u8/gm)].map(
        ([, name]) => name!
    )
)

function fieldType(type: string): string {
    return ENUMS.has(type) ? "u8" : type
}

/** Registers and events as the file describes them. */
function entries(kind: "register" | "event"): Map<string, Entry> {
    const found = new Map<string, Entry>()
    const head =
        kind === "event"
            ? /^ {4}(event) (\w+)(?:: (\w+))?(?: \w+)? @ (0x\w+)( \{\n([^}]*)\})?/gm
            : /^ {4}(rw|ro|const)(?: volatile)? (\w+)(?:: (\w+))?(?: \w+)? @ (0x\w+)( \{\n([^}]*)\})?/gm
    for (const match of SPEC.matchAll(head)) {
        const [, access, name, type, code, , block] = match
        const fields: Record<string, string> = {}
        if (type) fields["value"] = fieldType(type)
        for (const [, field, of] of (block ?? "").matchAll(/(\w+): (\w+)/g))
            fields[field!] = fieldType(of!)
        found.set(name!, {
            code: Number(code),
            writable: access === "rw",
            fields,
        })
    }
    return found
}

describe("the camera service", () => {
    const registers = entries("register")

    it("has the class that hosts look for", () => {
        expect(Number(/identifier: (0x\w+)/.exec(SPEC)![1])).toBe(CAMERA_CLASS)
    })

    it("has the registers that hosts know, with their fields", () => {
        const known = Object.entries(CAMERA_REGISTERS).map(
            ([name, { code, fields }]) => [name, { code, fields }]
        )
        const texts = Object.entries(CAMERA_TEXTS).map(([name, code]) => [
            name,
            { code, fields: { value: "string" } },
        ])

        expect(Object.fromEntries([...known, ...texts])).toEqual(
            Object.fromEntries(
                [...registers].map(([name, { code, fields }]) => [
                    name,
                    { code, fields },
                ])
            )
        )
        expect(registers.size).toBe(24)
    })

    it("has the registers that the program serves, and their lengths where they may be written", () => {
        for (const [name, { code, writable, fields }] of registers) {
            const served =
                CameraReg[name.toUpperCase() as keyof typeof CameraReg]
            const bytes = Object.values(fields).reduce(
                (sum, type) => sum + (BYTES[type] ?? 0),
                0
            )
            expect([name, served]).toEqual([name, code])
            expect([name, writtenBytes(code)]).toEqual([
                name,
                writable ? bytes : 0,
            ])
            if (writable)
                expect(Change[name.toUpperCase() as keyof typeof Change]).toBe(
                    1 << (code - 0x80)
                )
        }
    })

    it("has the events that both sides know, with their fields", () => {
        const described = [...entries("event")]
        const events = Object.fromEntries(
            described.map(([name, { code }]) => [name, code])
        )

        expect(CAMERA_EVENTS).toEqual(events)
        expect(CAMERA_EVENT_FIELDS).toEqual(
            Object.fromEntries(
                described
                    .filter(([, { fields }]) => Object.keys(fields).length > 0)
                    .map(([name, { fields }]) => [name, fields])
            )
        )
        for (const [name, code] of Object.entries(events))
            expect(
                CameraEvent[name.toUpperCase() as keyof typeof CameraEvent]
            ).toBe(code)
    })
})

describe("values of the camera service's fields", () => {
    /** Members of an enumeration in the file, by their names in the code. */
    function described(name: string): Record<string, number> {
        const block = new RegExp(
            `^ {4}(?:enum|flags) ${name} : u8 \\{\\n([^}]*)\\}`,
            "m"
        ).exec(SPEC)![1]!
        return Object.fromEntries(
            [...block.matchAll(/(\w+) = (\w+)/g)].map(([, member, value]) => [
                member!.replace(/(?<=[a-z])(?=[A-Z])/g, "_").toUpperCase(),
                Number(value),
            ])
        )
    }

    it.each([
        ["Strategy", Strategy],
        ["Format", PixelFormat],
        ["TestPattern", TestPattern],
        ["ModeFlags", CameraModeFlag],
        ["FaultCause", FaultCause],
    ])("of %s are those of the code", (name, values) => {
        expect(described(name)).toEqual(
            Object.fromEntries(
                Object.entries(values).filter(
                    ([, value]) => typeof value === "number"
                )
            )
        )
    })

    it("are compared, all that the file has", () => {
        expect([...ENUMS].sort()).toEqual([
            "FaultCause",
            "Format",
            "ModeFlags",
            "Strategy",
            "TestPattern",
        ])
    })
})

describe("fields on the wire", () => {
    it("are little endian, in order, without gaps", () => {
        const { fields } = CAMERA_REGISTERS.window
        const window = { x: 10, y: 20, width: 300, height: 220 }

        const bytes = encodeFields(fields, window)

        expect([...bytes]).toEqual([10, 0, 20, 0, 44, 1, 220, 0])
        expect(decodeFields(fields, bytes)).toEqual(window)
    })

    it("are cut to what they can hold", () => {
        const { fields } = CAMERA_REGISTERS.window

        expect([
            ...encodeFields(fields, {
                x: 70_000,
                y: -3,
                width: 1.6,
                height: 2,
            }),
        ]).toEqual([0xff, 0xff, 0, 0, 2, 0, 2, 0])
    })

    it("take any number but 0 for true", () => {
        const { fields } = CAMERA_REGISTERS.streaming

        expect(decodeFields(fields, new Uint8Array([255]))).toEqual({
            value: 1,
        })
        expect([...encodeFields(fields, { value: 7 })]).toEqual([1])
    })

    it("are refused when bytes are missing", () => {
        expect(() =>
            decodeFields(CAMERA_REGISTERS.fps.fields, new Uint8Array(3))
        ).toThrow("a register of 4 bytes came with 3")
    })
})

// SPDX-License-Identifier: MIT
// The link's numbers are the same in C, in TypeScript and in the document.

import { readFileSync } from "node:fs"
import { join } from "node:path"
import { describe, expect, it } from "vitest"
import { encodeMessage } from "../../../protocol/link/message-codec.ts"
import {
    encodeHello,
    encodeProgramData,
} from "../../../protocol/link/messages.ts"
import * as wire from "../../../protocol/link/wire.ts"
import { projectRoot } from "../../../toolchain/paths.ts"

const read = (path: string): string =>
    readFileSync(join(projectRoot, path), "utf8")

/** NAME = number, of every enum of a C header, and of its defines. */
function constants(path: string): Map<string, number> {
    const text = read(path)
    const found = new Map<string, number>()
    for (const [, name, value] of text.matchAll(
        /(?:#define )?(CAM_\w+)(?: =)? (1 << \d+|0x[0-9a-f]+|\d+)u?\b/g
    )) {
        const [one, shift] = value!.split(" << ")
        found.set(name!, Number(one) << Number(shift ?? 0))
    }
    return found
}

function members(values: Record<string, string | number>): [string, number][] {
    return Object.entries(values).filter(
        (entry): entry is [string, number] => typeof entry[1] === "number"
    )
}

describe("firmware/link/link_wire.h and protocol/link/wire.ts", () => {
    const c = constants("firmware/link/link_wire.h")
    const slots = constants("firmware/slots/slots_status.h")

    it.each(members(wire.MessageType))("agree on type %s", (name, value) => {
        expect(c.get(`CAM_LINK_${name}`)).toBe(value)
    })

    it.each(members(wire.Capability))(
        "agree on capability %s",
        (name, value) => {
            expect(c.get(`CAM_LINK_${name}`)).toBe(value)
        }
    )

    it.each(members(wire.ErrorCode))("agree on error %s", (name, value) => {
        const slotName = name === "SLOT_LENGTH" ? "LENGTH" : name
        const expected =
            value < 0x40
                ? c.get(`CAM_LINK_E_${name}`)
                : slots.get(`CAM_SLOTS_${slotName}`)
        expect(expected).toBe(value)
    })

    it.each(members(wire.LogKind))("agree on log kind %s", (name, value) => {
        expect(c.get(`CAM_LINK_LOG_${name}`)).toBe(value)
    })

    it("agree on sizes, and know the same numbers", () => {
        expect(c.get("CAM_LINK_VERSION")).toBe(wire.LINK_VERSION)
        expect(c.get("CAM_LINK_BODY_BYTES_MAX")).toBe(wire.BODY_BYTES_MAX)
        expect(c.get("CAM_LINK_BOARD_BYTES")).toBe(wire.BOARD_BYTES)
        expect(c.get("CAM_LINK_STALE_WINDOW")).toBe(wire.STALE_WINDOW)
        expect(c.get("CAM_LINK_LOG_CONTINUES")).toBe(wire.LOG_CONTINUES)
        const known = [...slots].filter(([, value]) => value >= 0x40)
        const errors = members(wire.ErrorCode).filter(([, v]) => v >= 0x40)
        expect(known).toHaveLength(errors.length)
    })
})

describe("docs/link.md", () => {
    const text = read("docs/link.md")
    const hex = (bytes: Uint8Array): string =>
        Buffer.from(bytes).toString("hex").replace(/../g, "$& ").trim()

    it.each([...members(wire.MessageType), ...members(wire.ErrorCode)])(
        "names %s with its number",
        (name, value) => {
            const number = `0x${value.toString(16).padStart(2, "0")}`
            expect(text).toMatch(
                new RegExp(`\\| +\`?${number}\`? +\\| +\`?${name}\\b`)
            )
        }
    )

    it("shows examples that are what the code sends", () => {
        const hello = {
            type: wire.MessageType.HELLO,
            body: encodeHello(0x11223344),
        }
        const data = {
            type: wire.MessageType.PROGRAM_DATA,
            body: encodeProgramData(128, Uint8Array.of(0xde, 0xad, 0, 0xef)),
        }
        expect(text).toContain(hex(encodeMessage(hello, 0)))
        expect(text).toContain(hex(encodeMessage(data, 5)))
    })
})

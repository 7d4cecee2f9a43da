// SPDX-License-Identifier: MIT
// The packets of GDB's protocol, by the examples of its description and by every byte.

import { describe, expect, it } from "vitest"
import {
    encodePacket,
    fromHex,
    PACKET_BYTES,
    PacketReader,
    toHex,
} from "../../../host/gdb/packet.ts"

function read(text: string): unknown[] {
    return new PacketReader().take(Buffer.from(text, "latin1"))
}

describe("a packet that is sent", () => {
    it("has its checksum", () => {
        expect(encodePacket("OK").toString()).toBe("$OK#9a")
        expect(encodePacket("").toString()).toBe("$#00")
    })

    it("escapes what would end it, begin another or be a run length", () => {
        expect(encodePacket("#$}*").toString("latin1")).toMatch(
            /^\$\}\x03\}\x04\}\]\}\n#/
        )
    })
})

describe("bytes that come", () => {
    it("are whole again, whatever byte they are", () => {
        const data = String.fromCharCode(...Array(256).keys())

        expect(new PacketReader().take(encodePacket(data))).toEqual([
            { kind: "packet", data },
        ])
    })

    it("may come one at a time", () => {
        const reader = new PacketReader()
        const found = [...encodePacket("qC")].flatMap(byte =>
            reader.take(Uint8Array.of(byte))
        )

        expect(found).toEqual([{ kind: "packet", data: "qC" }])
    })

    it("are acknowledgements and Ctrl-C between packets", () => {
        expect(read("+-\x03$g#67")).toEqual([
            { kind: "acknowledged" },
            { kind: "again" },
            { kind: "interrupt" },
            { kind: "packet", data: "g" },
        ])
    })

    it("are damaged when the checksum is another, or none", () => {
        expect(read("$g#68")).toEqual([{ kind: "damaged" }])
        expect(read("$g#6x")).toEqual([{ kind: "damaged" }])
    })

    it("are damaged when there is no end of them, and what follows is read", () => {
        const reader = new PacketReader()
        const endless = Buffer.from(`$${"a".repeat(2 * PACKET_BYTES + 1)}`)

        expect(reader.take(endless)).toEqual([{ kind: "damaged" }])
        expect(reader.take(Buffer.from("$g#67"))).toEqual([
            { kind: "packet", data: "g" },
        ])
    })
})

describe("bytes as digits", () => {
    it("come back", () => {
        expect(toHex(Uint8Array.of(0, 10, 255))).toBe("000aff")
        expect(fromHex("000aFF")).toEqual(Uint8Array.of(0, 10, 255))
    })

    it.each(["0", "0g", "0x00"])("are none in %s", text => {
        expect(fromHex(text)).toBeUndefined()
    })
})

// SPDX-License-Identifier: MIT
import { describe, expect, it } from "vitest"
import {
    decodeFrame,
    encodeFrame,
    HEADER_BYTES,
    type ViewFrame,
} from "../../../../host/view/messages/frame-message.ts"

const frame: ViewFrame = {
    sequence: 0x89abcdef,
    format: "gray8",
    width: 3,
    height: 2,
    window: { x: 266, y: 130, width: 6, height: 4 },
    endUs: 0xfedcba98,
    exposureUs: 8249,
    gain: 1.5,
    droppedBefore: 2,
    frames: 17,
    bytes: Uint8Array.of(1, 2, 3, 4, 5, 6),
}

describe("frame message", () => {
    it("gives back what was put in", () => {
        const message = encodeFrame(frame, 7)

        const { frame: got, skipped } = decodeFrame(message.buffer)

        expect(got).toEqual(frame)
        expect(skipped).toBe(7)
    })

    it("carries a JPEG of any length", () => {
        const bytes = Uint8Array.of(0xff, 0xd8, 0xff, 0xd9)
        const message = encodeFrame({ ...frame, format: "jpeg", bytes }, 0)

        expect(decodeFrame(message.buffer).frame.bytes).toEqual(bytes)
    })

    it("refuses a cut message", () => {
        const message = encodeFrame(frame, 0)

        expect(() =>
            decodeFrame(message.buffer.slice(0, HEADER_BYTES - 1))
        ).toThrow("has no header")
        expect(() =>
            decodeFrame(message.buffer.slice(0, HEADER_BYTES + 5))
        ).toThrow("3x2 of gray8 are 6 bytes, 5 came")
    })

    it("refuses a format that is not known", () => {
        const message = encodeFrame(frame, 0)
        message[1] = 9

        expect(() => decodeFrame(message.buffer)).toThrow("format 9")
    })
})

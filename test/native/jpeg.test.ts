// SPDX-License-Identifier: MIT
// JPEG capture: frames of unknown length, their markers, and buffers that are too small.

import { beforeEach, describe, expect, it } from "vitest"
import { decodeDescriptor } from "../../protocol/descriptor.ts"
import { DescriptorAt, FrameFlag } from "../../protocol/grabber-page.ts"
import { encodeJpeg } from "../support/native/jpeg-encoder.ts"
import { bootRig, START, STOP, type Rig } from "../support/native/rig.ts"

const BUFFER_BYTES = 512

/** A whole JPEG of `bytes` bytes, 453 at least; what `first` is changes the image and a comment. */
function frame(bytes: number, first = 1): number[] {
    const options = (comment: number) => ({
        width: 24,
        height: 8,
        components: [
            {
                ...{ across: 1, down: 1, table: 0 as const },
                sample: (x: number, y: number) =>
                    (x * first * 5 + y * 9) & 0x7f,
            },
        ],
        comment: Uint8Array.from(
            { length: comment },
            (_, i) => (first + i) & 0x7f
        ),
    })
    const least = encodeJpeg(options(0)).length
    return [...encodeJpeg(options(bytes - least))]
}

describe("JPEG capture", () => {
    let rig: Rig

    beforeEach(async () => {
        rig = await bootRig()
        rig.setMode({ buffers: 2, lineBytes: 32, lines: BUFFER_BYTES / 32 })
        rig.write32(0x5c, 0) // frames come when they come
        rig.send(0x50, 5)
        rig.send(0x51, 4)
        rig.control(START)
    })

    /** One frame, in bursts of 7 bytes, and the blanking after it. */
    function send(bytes: readonly number[], end = true): void {
        const { dcmi } = rig.chip
        dcmi.vsync(1)
        for (let at = 0; at < bytes.length; at += 7) {
            dcmi.hsync(1)
            rig.run(1_000)
            const burst = Uint8Array.from(bytes.slice(at, at + 7))
            dcmi.line({
                bytes: burst,
                startNs: rig.clock.nowNs - burst.length * 40,
                periodNs: 40,
                stableEdge: "rising",
            })
            dcmi.hsync(0)
        }
        rig.run(1_000)
        if (end) dcmi.vsync(0)
        rig.run(20_000)
    }

    function expectFrame(sequence: number, bytes: readonly number[]): void {
        const bytesOfIt = new Uint8Array(rig.ask(48, 0xc0).buffer)
        const descriptor = decodeDescriptor(bytesOfIt)
        expect(bytesOfIt[DescriptorAt.FLAGS]! & FrameFlag.UNPROVEN).toBe(0)
        expect(descriptor).toMatchObject({
            sequence,
            format: 4,
            sizeBytes: bytes.length,
        })
        expect([...rig.pixels(descriptor.index, bytes.length)]).toEqual(bytes)
        rig.release(descriptor.index)
    }

    it.each([453, 454, 455, 456, 509, 510, 511, 512])(
        "lends a frame of %i bytes with its length, without the padding",
        bytes => {
            send(frame(bytes))
            expectFrame(0, frame(bytes))
        }
    )

    it("cuts the sensor's filler", () => {
        send([...frame(468), ...Array<number>(30).fill(0)])
        expectFrame(0, frame(468))
    })

    it("says of a frame of another process that it is unproven", () => {
        const bytes = frame(488)
        const at = bytes.findIndex(
            (byte, i) => byte === 0xff && bytes[i + 1] === 0xc0
        )
        bytes[at + 1] = 0xc2 // progressive
        send(bytes)
        const descriptor = new Uint8Array(rig.ask(48, 0xc0).buffer)
        expect(decodeDescriptor(descriptor).sizeBytes).toBe(488)
        expect(descriptor[DescriptorAt.FLAGS]).toBe(FrameFlag.UNPROVEN)
        expect(rig.counters()).toMatchObject({ badJpeg: 0, delivered: 1 })
    })

    it("has no statistics: its bytes are no gray levels", () => {
        send(frame(469))
        const { index } = rig.next()!
        const status = rig.native.transfer(
            0x7e,
            Uint8Array.of(0xc5, index, 0, 1),
            new Uint8Array(20)
        )
        expect(rig.refusal(status)).toBe(5)
    })

    it("does not read past the end of the frame", () => {
        send(frame(469))
        const { index } = rig.next()!
        const status = rig.native.transfer(
            0x7e,
            Uint8Array.of(0xc4, index, 0, 0, 0, 0),
            new Uint8Array(470)
        )
        expect(rig.refusal(status)).toBe(8) // OUT_OF_FRAME
        expect(rig.lastError()).toMatchObject({ value: 470, limit: 469 })
    })

    it("takes frames of different lengths one after the other, with one interrupt each", () => {
        for (const [sequence, bytes] of [488, 460, 508, 512, 457].entries()) {
            send(frame(bytes, sequence))
            expectFrame(sequence, frame(bytes, sequence))
        }
        // The frame that fills the buffer to the last byte makes the DMA start again.
        expect(rig.counters()).toMatchObject({ frames: 5, irqs: 6 })
    })

    it("throws away a frame that is one byte too large, says what it needed, and takes the next", () => {
        send(frame(478))
        send(frame(513))
        send(frame(512, 3))

        expect(rig.counters()).toMatchObject({ tooLarge: 1, neededBytes: 516 })
        expectFrame(0, frame(478))
        expectFrame(2, frame(512, 3))
        expect(rig.next()).toBeUndefined()
    })

    it("knows what a frame of several buffers needed, and never writes past the buffer", () => {
        const { address } = rig.board.frameMemory
        const after = address + 2 * BUFFER_BYTES
        rig.memory.fill(0xee, after, after + 64)
        send(frame(748))
        send(frame(748))

        expect(rig.counters()).toMatchObject({
            frames: 0,
            tooLarge: 2,
            neededBytes: 748,
        })
        expect([...rig.memory.subarray(after, after + 64)]).toEqual(
            Array<number>(64).fill(0xee)
        )
        expect(rig.memory[address + BUFFER_BYTES]).toBe(0) // the other buffer
    })

    it.each([
        ["its start marker", frame(488).slice(2)],
        ["its end marker", frame(488).slice(0, -2)],
        ["both", [1, 2, 3, 4, 5, 6]],
        ["a byte of its middle", frame(488).toSpliced(470, 1)],
    ])("counts a frame without %s as bad and lends the next", (_, bytes) => {
        send(bytes)
        send(frame(478))

        expectFrame(1, frame(478))
        expect(rig.u32(0x8c)).toBe(1) // BAD_JPEG
        expect(rig.counters()).toMatchObject({ frames: 1, delivered: 1 })
        // Its buffer is free again.
        send(frame(479))
        send(frame(480))
        expectFrame(2, frame(479))
        expectFrame(3, frame(480))
    })

    it("counts a frame without data as short", () => {
        send([])
        send(frame(478))
        expect(rig.counters()).toMatchObject({ shortFrames: 1, frames: 1 })
        expectFrame(1, frame(478))
    })

    it("drops and counts frames while no buffer is free", () => {
        for (let i = 0; i < 5; i++) send(frame(468 + i, i))
        expect(rig.u8(0x81)).toBe(2) // STATE starved
        expect(rig.counters()).toMatchObject({ frames: 2, dropped: 3 })
        expectFrame(0, frame(468, 0))
        send(frame(498, 9))
        expectFrame(1, frame(469, 1))
        expectFrame(5, frame(498, 9))
    })

    it("never writes into a frame that is lent", () => {
        send(frame(512, 7))
        const { index } = rig.next()!
        for (let i = 0; i < 4; i++) {
            send(frame(748))
            send(frame(488))
            const other = rig.next()
            if (other) rig.release(other.index)
        }
        expect([...rig.pixels(index, BUFFER_BYTES)]).toEqual(frame(512, 7))
    })

    it("ignores the frame that runs at the start", () => {
        rig.control(STOP)
        rig.chip.dcmi.vsync(1)
        rig.run(1_000)
        rig.control(START)
        send(frame(488)) // its VSYNC is up already: the second half of that frame
        expect(rig.next()).toBeUndefined()
        send(frame(489))
        expectFrame(0, frame(489))
    })

    it("stops after the frame in progress", () => {
        send(frame(468))
        expect(rig.control(STOP)).toBe(0)
        expect(rig.counters()).toMatchObject({ frames: 1, skipped: 1 })
        expect(rig.chip.bus.read32(0x40026428) & 1).toBe(0)
    })
})

describe("JPEG capture refuses", () => {
    it("the DCMI's crop window", async () => {
        const rig = await bootRig()
        rig.setMode({ flags: 1, lineBytes: 32, lines: 2 })
        rig.send(0x50, 5)
        rig.send(0x51, 4)
        rig.write32(0x68, 31 | (1 << 16))
        expect(rig.refusal(rig.control(START))).toBe(5)
    })
})

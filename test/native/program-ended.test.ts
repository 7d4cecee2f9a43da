// SPDX-License-Identifier: MIT
// A program that ends leaves the capture in any state; the next one finds what it would find after a reset.

import { beforeAll, beforeEach, describe, expect, it } from "vitest"
import { readBoard } from "../../boards/board-file.ts"
import {
    compileSources,
    nativeSources,
} from "../../toolchain/wasm/compile-native.ts"
import {
    COLUMNS,
    FRAME_BYTES,
    FRAME_NS,
    frameOf,
    Rig,
    ROWS,
    START,
} from "../support/native/rig.ts"

const LINK_FUNCTIONS = ["cam_capture_pin", "cam_capture_is_pinned"] as const
type Link = Record<
    (typeof LINK_FUNCTIONS)[number],
    (index: number, readoutUs?: number) => number
>

const BUSY = 3
const NOT_LENT = 7
const FRAME_EVENT = 0x80
const DCMI_CR = 0x50050000
const DCMI_IER = 0x5005000c
const DCMI_CR_CAPTURE_AND_ENABLE = 1 | (1 << 14)
const DMA2_S1CR = 0x40026428
const DMA_EN = 1
/** From a frame's start to its row 3 of 8, and to its end. */
const MID_FRAME_NS = 7_000
const READOUT_NS = (ROWS + 1) * 2_000
/** The end of a frame is seen so late at most. */
const LOOK_NS = 1_000

let module: WebAssembly.Module
let rig: Rig

beforeAll(async () => {
    module = await compileSources(nativeSources(), LINK_FUNCTIONS)
})

beforeEach(() => {
    rig = new Rig(module, readBoard("nucleo-f446re"), {})
    rig.native.init()
})

function link(): Link {
    return (rig.native as unknown as { exports: Link }).exports
}

/** Into the middle of the frame after the one that runs or comes now. */
function runIntoFrame(): void {
    const sent = rig.camera.sent
    while (rig.camera.sent === sent) rig.run(LOOK_NS)
    rig.run(FRAME_NS - READOUT_NS + MID_FRAME_NS - LOOK_NS)
}

function startFrames(mode: Parameters<Rig["setMode"]>[0] = {}): void {
    rig.setMode(mode)
    expect(rig.control(START)).toBe(0)
    rig.camera.start()
}

/** The states, as "what" and how to get there. */
const STATES: readonly (readonly [string, () => void])[] = [
    ["stopped, never started", () => {}],
    [
        "armed, no frame has started",
        () => {
            rig.setMode({})
            rig.control(START)
        },
    ],
    ["in the middle of a frame", () => (startFrames(), runIntoFrame())],
    ["between two frames", () => (startFrames(), rig.runPast(1))],
    [
        "with a frame lent and the next one arriving",
        () => {
            startFrames()
            rig.runPast(0)
            rig.next()
            runIntoFrame()
        },
    ],
    [
        "starved, the only buffer lent",
        () => {
            startFrames({ buffers: 1 })
            rig.runPast(0)
            rig.next()
            rig.runPast(2)
            expect(rig.u8(0x81)).toBe(2)
        },
    ],
    [
        "with every buffer queued and nobody told",
        () => {
            rig.vmAccepts = false
            startFrames({ buffers: 3 })
            rig.runPast(4)
            rig.native.poll()
            rig.vmAccepts = true
        },
    ],
    [
        "with a buffer that the link has pinned, given back",
        () => {
            startFrames({ buffers: 3 })
            rig.runPast(0)
            const { index } = rig.next()!
            expect(link().cam_capture_pin(index, 18)).toBe(1)
            rig.release(index)
            expect(link().cam_capture_is_pinned(index)).toBe(1)
        },
    ],
    [
        "with a buffer that is lent and pinned",
        () => {
            startFrames({ buffers: 3 })
            rig.runPast(0)
            expect(link().cam_capture_pin(rig.next()!.index, 18)).toBe(1)
        },
    ],
    [
        "cropping, with a move to come",
        () => {
            rig.setMode({ flags: 1, lineBytes: 8, lines: 4 })
            rig.write32(0x64, (2 << 16) | 4)
            rig.write32(0x68, (3 << 16) | 7)
            rig.control(START)
            rig.camera.start()
            runIntoFrame()
            expect(rig.send(0xc8, 0, 0, 0, 0, 0, 0, 1, 0)).toBe(0)
        },
    ],
    [
        "of rows, in the middle of a frame",
        () => {
            rig.setMode({ lineBytes: 8 })
            rig.setLines({ skipBytes: 3 })
            rig.control(START)
            rig.camera.start()
            runIntoFrame()
        },
    ],
    [
        "of rows that the DMA places, without a buffer",
        () => {
            rig.setMode({ buffers: 1 })
            rig.setLines({})
            rig.control(START)
            rig.camera.start()
            rig.runPast(0)
            rig.next()
            runIntoFrame()
        },
    ],
    [
        "of batches of rows, some queued, one lent",
        () => {
            rig.setMode({ buffers: 3 })
            rig.setLines({ batchRows: 3, destination: 1 })
            rig.control(START)
            rig.camera.start()
            rig.runPast(0)
            rig.next()
            runIntoFrame()
        },
    ],
    [
        "of JPEG, in the middle of a frame",
        () => {
            rig.setMode({ lineBytes: 32, lines: 2 })
            rig.send(0x50, 5)
            rig.send(0x51, 4)
            rig.control(START)
            rig.chip.dcmi.vsync(1)
            rig.chip.dcmi.hsync(1)
            rig.run(1_000)
            rig.chip.dcmi.line({
                bytes: new Uint8Array(40),
                startNs: rig.clock.nowNs - 1_600,
                periodNs: 40,
                stableEdge: "rising",
            })
            rig.chip.dcmi.hsync(0)
            rig.run(1_000)
        },
    ],
]

describe.each(STATES)("a program that ends with the capture %s", (_, reach) => {
    beforeEach(() => {
        reach()
        rig.native.programEnded()
    })

    it("has switched DCMI and DMA off", () => {
        const { bus } = rig.chip
        expect(bus.read32(DCMI_CR) & DCMI_CR_CAPTURE_AND_ENABLE).toBe(0)
        expect(bus.read32(DCMI_IER)).toBe(0)
        expect(bus.read32(DMA2_S1CR) & DMA_EN).toBe(0)
        const before = rig.u32(0xb0)
        rig.run(3 * FRAME_NS)
        // One that was pending may still have come.
        expect(rig.u32(0xb0) - before).toBeLessThanOrEqual(1)
    })

    it("leaves nothing lent, pinned, queued or to be told, and an empty mode", () => {
        rig.jacdac.length = 0
        rig.native.poll()

        expect(rig.jacdac.filter(frame => frame[13] !== 0)).toEqual([])
        expect(rig.u8(0x81)).toBe(0)
        expect(rig.u8(0xc2)).toBe(0)
        expect(rig.next()).toBeUndefined()
        for (let index = 0; index < 4; index++)
            expect(link().cam_capture_is_pinned(index)).toBe(0)
        expect(rig.lastError()).toEqual({ code: 0, value: 0, limit: 0 })
        expect(rig.refusal(rig.release(0))).toBe(NOT_LENT)
        const mode = new Uint8Array(rig.ask(0x30, 0x50).buffer)
        expect([...mode].every(byte => byte === 0)).toBe(true)
        const lines = new Uint8Array(rig.ask(0x11, 0xd0).buffer)
        expect([...lines].every(byte => byte === 0)).toBe(true)
    })

    it("keeps the counters, each captured frame in one place, and counts the end", () => {
        const { frames, delivered, skipped, settling } = rig.counters()
        expect(frames).toBe(delivered + skipped + settling)
        expect(rig.u32(0xf4)).toBe(1)
        rig.native.programEnded()
        expect(rig.u32(0xf4)).toBe(2)
    })

    it("lets the next one capture with another layout, from its first frame on", () => {
        // A start in mid-frame waits for the next one.
        if (rig.camera.sent > 0) runIntoFrame()
        // Another layout than any of the states has.
        rig.setMode({ buffers: 4 })
        const status = rig.control(START)
        expect(rig.refusal(status), "busy?").not.toBe(BUSY)
        expect(status).toBe(0)
        let first: number | undefined
        rig.camera.onStart = frame => (first ??= frame)
        if (rig.camera.sent === 0) {
            rig.chip.dcmi.vsync(0) // of the frame
            rig.camera.start()
        }
        while (first === undefined) rig.run(1_000)

        for (const sequence of [0, 1, 2]) {
            rig.runPast(first + sequence)
            const descriptor = rig.next()!
            expect(descriptor).toMatchObject({
                sequence,
                droppedBefore: 0,
                sizeBytes: FRAME_BYTES,
                lineBytes: COLUMNS,
                lines: ROWS,
            })
            expect(rig.pixels(descriptor.index)).toEqual(
                frameOf(first + sequence)
            )
            expect(rig.release(descriptor.index)).toBe(0)
        }
        rig.jacdac.length = 0
        rig.runPast(first + 3)
        rig.native.poll()
        const events = rig.jacdac.filter(frame => frame[13] !== 0)
        expect(events.map(frame => frame[14])).toEqual([FRAME_EVENT])
    })
})

describe("faults that nobody was told of", () => {
    it("are not told to the next program", () => {
        rig.camera.shape = () => ({ rows: ROWS - 1, columns: COLUMNS })
        startFrames()
        rig.runPast(2)
        expect(rig.counters().shortFrames).toBeGreaterThan(0)
        rig.native.programEnded()
        rig.jacdac.length = 0

        rig.native.poll()

        expect(rig.jacdac.filter(frame => frame[13] !== 0)).toEqual([])
    })
})

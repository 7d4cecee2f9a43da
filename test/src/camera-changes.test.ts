// SPDX-License-Identifier: MIT
// What hosts write into the camera service's registers.

import { describe, expect, it } from "vitest"
import "../../sim/devicescript/stand-ins/core.ts"
import { copyChanges, writeChange } from "../../src/camera-changes.ts"
import type { CaptureRequest } from "../../protocol/capture.ts"

// Typed again from services/camera.md.
const WINDOW = 0x80
const FPS = 0x81
const TEST_PATTERN = 0x86
const QUALITY = 0x88
const SIZE = 0x89
const BINNING = 0x8b

const CONTEXT = {
    current: { x: 266, y: 130, width: 220, height: 220 },
    fieldWidthPx: 752,
    fieldHeightPx: 480,
}

function written(register: number, bytes: readonly number[]): CaptureRequest {
    const request: CaptureRequest = {}
    const problem = writeChange(register, Buffer.from(bytes), request, CONTEXT)
    expect(problem).toBe("")
    return request
}

function u16(...values: number[]): number[] {
    return values.flatMap(value => [value & 0xff, value >> 8])
}

describe("writeChange", () => {
    it.each([
        [
            "a place and a size",
            [10, 20, 100, 50],
            { x: 10, y: 20, width: 100, height: 50 },
        ],
        [
            "no size: the one there is",
            [10, 20, 0, 0],
            { x: 10, y: 20, width: 220, height: 220 },
        ],
        [
            "a place off the field: its edge",
            [700, 400, 100, 100],
            { x: 652, y: 380, width: 100, height: 100 },
        ],
        [
            "the middle",
            [0xffff, 0xffff, 100, 100],
            { x: undefined, y: undefined, width: 100, height: 100 },
        ],
        [
            "a size the planner will refuse",
            [5, 5, 800, 600],
            { x: 0, y: 0, width: 800, height: 600 },
        ],
    ])("takes for a window %s", (_, fields, window) => {
        expect(written(WINDOW, u16(...fields)).window).toEqual(window)
    })

    it("takes a frame rate of 32 bits in thousandths", () => {
        expect(written(FPS, [0xff, 0xff, 0xff, 0xff]).fps).toBe(4294967.295)
    })

    it("takes 0x0 for no size", () => {
        expect(written(SIZE, u16(640, 480)).size).toEqual({
            width: 640,
            height: 480,
        })
        expect(written(SIZE, u16(0, 0))).toEqual({ size: undefined })
    })

    it("takes any binning: which there are is the planner's to say", () => {
        expect(written(BINNING, [4])).toEqual({ binning: 4 })
        expect(written(BINNING, [3])).toEqual({ binning: 3 })
    })

    it.each([
        [
            "too few bytes",
            WINDOW,
            [1, 2, 3],
            "register 0x80 has 8 bytes, 3 came",
        ],
        ["no bytes", FPS, [], "register 0x81 has 4 bytes, 0 came"],
        [
            "an unknown pattern",
            TEST_PATTERN,
            [4],
            "test pattern 4 is none of 0..3",
        ],
        ["an impossible quality", QUALITY, [101], "quality 101 is over 100"],
    ])("refuses %s and changes nothing", (_, register, bytes, problem) => {
        const request: CaptureRequest = {}

        expect(
            writeChange(register, Buffer.from(bytes), request, CONTEXT)
        ).toBe(problem)
        expect(request).toEqual({})
    })
})

describe("copyChanges", () => {
    it("copies what changed, and nothing else", () => {
        const from: CaptureRequest = {
            window: { width: 1, height: 2 },
            fps: 3,
            strategy: 4,
            format: 1,
            exposureUs: 6,
            gain: 7,
            testPattern: 2,
            quality: 9,
            size: { width: 10, height: 11 },
            buffers: 2,
            binning: 4,
        }
        const window: CaptureRequest = { fps: 60, timing: 1 }
        const all: CaptureRequest = {}

        copyChanges(1, from, window)
        copyChanges(0xfff, from, all)

        expect(window).toEqual({ window: from.window, fps: 60, timing: 1 })
        expect(all).toEqual(from)
    })
})

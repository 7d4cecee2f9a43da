// SPDX-License-Identifier: MIT
// A capture request in the 35 bytes of the request block.

import fc from "fast-check"
import { describe, expect, it } from "vitest"
import {
    Flip,
    PixelFormat,
    Strategy,
    TestPattern,
    TimingMode,
    type CaptureRequest,
} from "../../protocol/capture.ts"
import { GrabberBytes, SensorCode } from "../../protocol/grabber-page.ts"
import {
    decodeRequest,
    encodeRequest,
    requestedSensor,
} from "../../protocol/request-block.ts"
import { readGrabberPage } from "./documented-page.ts"

const FIRST = 0x2c

function encoded(request: CaptureRequest, sensor = SensorCode.ANY): Uint8Array {
    const block = new Uint8Array(GrabberBytes.REQUEST)
    encodeRequest(request, sensor, block)
    return block
}

const decoded = (block: Uint8Array) =>
    Object.fromEntries(
        Object.entries(decodeRequest(block)).filter(
            ([, value]) => value !== undefined
        )
    )

/** All that the block holds, each with a number of its own. */
const EVERYTHING: CaptureRequest = {
    size: { width: 0x0102, height: 0x0304 },
    window: { x: 0x0506, y: 0x0708, width: 0x090a, height: 0x0b0c },
    fps: 0x0d0e0f10 / 1000,
    strategy: Strategy.ROWS_CROP,
    format: PixelFormat.RGB565,
    buffers: 3,
    quality: 77,
    ramBytes: 0xf1121314,
    timing: TimingMode.DEFAULT,
    testPattern: TestPattern.DIAGONAL,
    strictSettling: true,
    flip: Flip.VFLIP,
    exposureUs: 0x15161718,
    gain: 0x191a / 16,
    binning: 4,
    brightness: 70,
}

describe("the request block", () => {
    it("has each field where the page has it, little endian", () => {
        const block = encoded(EVERYTHING, SensorCode.OV2640)
        const read = (name: string): number => {
            const { address, bytes } = readGrabberPage().registers.find(
                register => register.name === name
            )!
            return [
                ...block.slice(address - FIRST).slice(0, bytes),
            ].reduceRight((value, byte) => value * 256 + byte, 0)
        }
        const values = {
            REQ_SIZE_WIDTH: 0x0102,
            REQ_SIZE_HEIGHT: 0x0304,
            REQ_X: 0x0506,
            REQ_Y: 0x0708,
            REQ_WIDTH: 0x090a,
            REQ_HEIGHT: 0x0b0c,
            REQ_FPS_MILLIHZ: 0x0d0e0f10,
            REQ_STRATEGY: 4,
            REQ_FORMAT: 2,
            REQ_BUFFERS: 3,
            REQ_QUALITY: 77,
            REQ_RAM_BYTES: 0xf1121314,
            REQ_TIMING: 2,
            REQ_SENSOR: 2,
            REQ_TEST_PATTERN: 3,
            REQ_FLAGS: 0b101,
            REQ_EXPOSURE_US: 0x15161718,
            REQ_GAIN_X16: 0x191a,
            REQ_BINNING: 4,
        }
        for (const [name, value] of Object.entries(values))
            expect(read(name), name).toBe(value)
    })

    it("gives back what it was given, and the sensor", () => {
        const block = encoded(EVERYTHING, SensorCode.OV2640)
        expect(decoded(block)).toEqual(EVERYTHING)
        expect(requestedSensor(block)).toBe(SensorCode.OV2640)
    })

    it("leaves out what was not asked for", () => {
        expect(decoded(encoded({}))).toEqual({})
        expect(decoded(new Uint8Array(GrabberBytes.REQUEST))).toEqual({})
    })

    it("centres a window without a position", () => {
        const { window } = decodeRequest(
            encoded({ window: { width: 220, height: 100 } })
        )
        expect(window).toEqual({
            width: 220,
            height: 100,
            x: undefined,
            y: undefined,
        })
    })

    it("has positions of 0 and 65,534", () => {
        const window = { x: 0, y: 0xfffe, width: 4, height: 4 }
        expect(decodeRequest(encoded({ window })).window).toEqual(window)
    })

    it("with one size of zero asks for a window without pixels, which the planner refuses", () => {
        const { window } = decodeRequest(
            encoded({ window: { width: 0, height: 10 } })
        )
        expect(window).toMatchObject({ width: 0, height: 10 })
    })

    it("keeps what is too large too large, and rounds the rest", () => {
        const { window, gain, fps, exposureUs } = decodeRequest(
            encoded({
                window: { width: 1e6, height: 1, x: 1e6, y: 0 },
                gain: 1.03,
                fps: 119.8804,
                exposureUs: 99.6,
            })
        )
        expect(window).toEqual({ width: 0xffff, height: 1, x: 0xfffe, y: 0 })
        expect([gain, fps, exposureUs]).toEqual([1, 119.88, 100])
    })

    it("round-trips any request that its registers can hold", () => {
        const some = <T>(values: fc.Arbitrary<T>) =>
            fc.option(values, { nil: undefined })
        const whole = (max: number) => fc.integer({ min: 1, max })
        const requests = fc.record({
            window: some(
                fc.record({
                    width: whole(0xffff),
                    height: whole(0xffff),
                    x: fc.integer({ min: 0, max: 0xfffe }),
                    y: fc.integer({ min: 0, max: 0xfffe }),
                })
            ),
            fps: some(whole(0xffffffff).map(millihz => millihz / 1000)),
            strategy: some(whole(Strategy.JPEG)),
            format: some(whole(PixelFormat.JPEG)),
            timing: some(whole(TimingMode.DEFAULT)),
            buffers: some(whole(4)),
            ramBytes: some(whole(0xffffffff)),
            exposureUs: some(whole(0xffffffff)),
            gain: some(whole(0xffff).map(sixteenths => sixteenths / 16)),
            testPattern: some(whole(TestPattern.DIAGONAL)),
            quality: some(whole(100)),
            binning: some(fc.constantFrom(1, 2, 4)),
            brightness: some(fc.integer({ min: 1, max: 100 })),
            flip: some(whole(Flip.BOTH)),
        })
        fc.assert(
            fc.property(requests, request => {
                const asked = Object.entries(request).filter(
                    ([, value]) => value !== undefined
                )
                expect(decoded(encoded(request))).toEqual(
                    Object.fromEntries(asked)
                )
            })
        )
    })
})

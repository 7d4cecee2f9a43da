// SPDX-License-Identifier: MIT
// The OV2640's driver meets the OV2640's model: two readings of one data sheet, compared by what goes out of the port.

import fc from "fast-check"
import { beforeEach, describe, expect, it } from "vitest"
import { geometryProblem } from "../../drivers/ov2640/geometry.ts"
import { OV2640 } from "../../drivers/ov2640/ov2640.ts"
import type { SensorMode, SensorOptions } from "../../drivers/sensor.ts"
import { connect, type Device } from "../../sim/devicescript/stand-ins/core.ts"
import { noisyScene, Rig } from "../support/sensors/ov2640-rig.ts"
import { Flip, PixelFormat } from "../../protocol/capture.ts"

const FIELD = { x: 0, y: 0, width: 1600, height: 1200 }
const scene = noisyScene(true)

let rig: Rig
let device: Device
let sensor: OV2640

function transfer(
    address: number,
    write: Uint8Array,
    read: Uint8Array
): number {
    if (address !== 0x30 || !rig.model.start(false)) return -1
    let acknowledged = true
    for (const byte of write)
        acknowledged = rig.model.write(byte) && acknowledged
    if (read.length > 0) rig.model.start(true)
    for (let i = 0; i < read.length; i++) read[i] = rig.model.read()
    rig.model.stop()
    return acknowledged ? 0 : -2
}

/** Run a call of the driver; the model's time goes with the program's. */
async function run<T>(call: Promise<T>): Promise<T> {
    const startMs = device.nowMs()
    let ended = false
    const end = () => {
        ended = true
    }
    const watched = call.then(end, end)
    await device.advance(0)
    while (!ended) {
        await device.advance(1)
        rig.run(1e6)
        if (device.nowMs() - startMs > 1000) throw new Error("the call hangs")
    }
    await watched
    return await call
}

/** Apply options, stream, and look at the first usable frame and the time to the next one. */
async function frameOf(options: SensorOptions) {
    const mode = await run(sensor.configure(options))
    await run(sensor.start())
    // Whatever was under way when the port was let go.
    rig.nextFrame()
    const received = rig.nextUsable()
    const next = rig.nextFrame()
    await run(sensor.stop())
    const periodNs = next.frame.startNs - received.frame.startNs
    return { mode, received, fps: 1e9 / periodNs }
}

beforeEach(async () => {
    rig = new Rig(scene)
    device = connect({ transfer })
    sensor = new OV2640()
    await run(sensor.init())
})

function expectSame(
    mode: SensorMode,
    { received, fps }: Awaited<ReturnType<typeof frameOf>>
): void {
    expect(received.frame.window).toEqual(mode.window)
    expect(received.frame.columns).toBe(mode.outputWidthPx)
    expect(received.frame.rows).toBe(mode.outputHeightPx)
    // The model's clock counts whole ns.
    expect(Math.abs(fps / mode.timing.fps - 1)).toBeLessThan(1e-4)
}

describe("OV2640 driver and model", () => {
    it.each([
        [160, 120],
        [352, 288],
        [640, 480],
        [800, 600],
    ])(
        "agree on a %i x %i frame of the field",
        async (outputWidthPx, outputHeightPx) => {
            const result = await frameOf({
                window: FIELD,
                outputWidthPx,
                outputHeightPx,
            })

            expectSame(result.mode, result)
            expect(
                Buffer.compare(
                    result.received.bytes,
                    rig.model.expected(result.received.frame)
                )
            ).toBe(0)
        }
    )

    it.each([
        ["gray8", PixelFormat.GRAY8, false, 1],
        ["rgb565be", PixelFormat.RGB565, false, 2],
        ["rgb565le", PixelFormat.RGB565, true, 2],
        ["yuyv", PixelFormat.YUV422, false, 2],
        ["uyvy", PixelFormat.YUV422, true, 2],
    ])("agree on %s", async (name, format, lowByteFirst, bytesPerPixel) => {
        const result = await frameOf({
            window: { x: 640, y: 480, width: 320, height: 240 },
            binning: 1,
            format,
            lowByteFirst,
        })

        expectSame(result.mode, result)
        expect(result.received.frame.format ?? "gray8").toBe(name)
        expect(result.received.bytes).toHaveLength(320 * 240 * bytesPerPixel)
    })

    it("agree on JPEG: a stream from FF D8 to FF D9", async () => {
        const result = await frameOf({
            window: FIELD,
            outputWidthPx: 320,
            outputHeightPx: 240,
            format: PixelFormat.JPEG,
            request: { quality: 50 },
        })

        expectSame(result.mode, result)
        const bytes = Buffer.from(result.received.bytes)
        expect(bytes.subarray(0, 3).toString("hex")).toBe("ffd8ff")
        expect(bytes.lastIndexOf(Buffer.from([0xff, 0xd9]))).toBeGreaterThan(
            bytes.length / 2
        )
    })

    it("agree on exposure and gain", async () => {
        await run(
            sensor.configure({
                window: FIELD,
                outputWidthPx: 320,
                outputHeightPx: 240,
                fps: 20,
            })
        )
        const exposureUs = await run(sensor.setExposure(12_345))
        const gain = await run(sensor.setGain(2.5))

        const { received } = await frameOf({})

        expect(received.frame.exposureUs).toBeCloseTo(exposureUs, 2)
        expect(received.frame.gain).toBe(gain)
    })

    it.each([
        ["turned and mirrored", 1, Flip.BOTH],
        ["turned in SVGA", 2, Flip.VFLIP],
        ["mirrored in CIF", 4, Flip.HFLIP],
        ["turned in CIF", 4, Flip.VFLIP],
    ])("agree when the frame is %s", async (_, binning, flip) => {
        const result = await frameOf({
            window: { x: 400, y: 300, width: 256, height: 192 },
            binning,
            request: { flip },
        })

        expectSame(result.mode, result)
        expect(
            Buffer.compare(
                result.received.bytes,
                rig.model.expected(result.received.frame)
            )
        ).toBe(0)
    })

    it("agree on how many frames mean nothing after a start", async () => {
        await run(sensor.configure({ window: FIELD, binning: 4 }))
        await run(sensor.start())

        for (let i = 0; i < sensor.limits.settleFrames; i++) rig.nextFrame()

        expect(rig.nextFrame().frame.unusable).toBe(false)
    })

    it("agree on random frames, at any frame rate", async () => {
        let met = 0
        await fc.assert(
            fc.asyncProperty(
                fc.tuple(fc.nat(1596), fc.nat(1196), fc.nat(), fc.nat()),
                fc.tuple(fc.nat(), fc.nat()),
                fc.constantFrom(0, 3, 7.5, 12.5, 30),
                fc.constantFrom(
                    PixelFormat.GRAY8,
                    PixelFormat.RGB565,
                    PixelFormat.YUV422
                ),
                async ([x, y, w, h], [ow, oh], fps, format) => {
                    const window = {
                        x,
                        y,
                        width: Math.min(40 + (w % 400), 1600 - x),
                        height: Math.min(32 + (h % 300), 1200 - y),
                    }
                    const frame = {
                        window,
                        outputWidthPx: 40 + (ow % window.width),
                        outputHeightPx: 32 + (oh % window.height),
                    }
                    if (geometryProblem(frame) !== "") return
                    met++
                    const result = await frameOf({ ...frame, fps, format })
                    expectSame(result.mode, result)
                }
            ),
            { numRuns: 100, seed: 2645 }
        )
        expect(met).toBeGreaterThan(30)
    })
})

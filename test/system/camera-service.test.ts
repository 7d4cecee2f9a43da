// SPDX-License-Identifier: MIT
// A host changes the default program's capture through the camera service, while frames come.

import { describe, expect, it } from "vitest"
import type { CapturedFrame } from "../../sim/observe/capture.ts"
import { FaultCause } from "../../protocol/faults.ts"
import { encodeFrame } from "../../protocol/jacdac-frame.ts"
import { buildProgram } from "../../toolchain/devicescript/build-program.ts"
import { VirtualMachine } from "../../sim/devicescript/virtual-machine.ts"
import { ServiceRig } from "../support/system/service-rig.ts"

const CLASS = 0x12fa29c9

/**
 * Of 220x220: while the program answers, a frame waits. On the nucleo-f446re, with one buffer, one is dropped whenever an
 * answer takes longer than the sensor rests between two frames.
 */
const TWO_BUFFERS = { board: "nucleo-f429zi" } as const

/** Every frame whole and of the right pixels. */
function expectFramesRight(rig: ServiceRig): void {
    expect(rig.simulation.record.counters()).toMatchObject({
        torn: 0,
        pixelErrors: 0,
        overruns: 0,
        shortFrames: 0,
        dmaErrors: 0,
    })
}

/** And none lost. */
function expectNothingLost(rig: ServiceRig): void {
    expectFramesRight(rig)
    expect(rig.simulation.record.counters()).toMatchObject({ dropped: 0 })
}

function places(frames: readonly CapturedFrame[]): string[] {
    const all = frames.map(
        ({ window: { x, y, width, height } }) => `${width}x${height}+${x}+${y}`
    )
    return all.filter((place, i) => place !== all[i - 1])
}

/**
 * Let the sensor overlook transfers.
 * @returns a function that makes it hear again
 */
function deafen(rig: ServiceRig, transfers: number): () => void {
    const sensor = rig.simulation.sensor
    const { address } = sensor
    let left = transfers
    Object.defineProperty(sensor, "address", {
        get: () => (left-- > 0 ? 0x7f : address),
    })
    return () => {
        left = 0
    }
}

describe("camera service, looking", () => {
    it("says what the default program does", async () => {
        const rig = await ServiceRig.boot()
        await rig.run(1)
        const { camera } = rig

        expect(await rig.until(camera.readText("sensor"))).toBe("MT9V034")
        expect(await rig.until(camera.read("window"))).toEqual({
            x: 266,
            y: 130,
            width: 220,
            height: 220,
        })
        expect(await rig.until(camera.read("mode"))).toEqual({
            strategy: 3,
            format: 1,
            buffers: 1,
            flags: 3,
            fps: 120_003,
            exposure_max: 8249,
            bytes_per_frame: 48_400,
            ram: 48_400,
            bus_bytes: 48_400,
            irqs: 1,
            binning: 1,
        })
        expect(await rig.until(camera.read("field"))).toEqual({
            width: 752,
            height: 480,
            start_row_max: 478,
            formats: 1 << 1,
            strategies: (1 << 1) | (1 << 2) | (1 << 3) | (1 << 4),
        })
        expect(await rig.until(camera.read("board"))).toEqual({
            ram: 131_072,
            frame_memory: 79_360,
            gc_heap: 24_576,
            hclk: 180e6,
            xclk: 26_660_000,
            sensor_i2c: 400_000,
        })
        expect(await rig.until(camera.readText("rejected"))).toBe(
            "line busier, dcmi-crop busier, rows+crop busier, jpeg no-encoder"
        )
        expect(await rig.until(camera.readText("error"))).toBe("")
        expect(await rig.until(camera.read("streaming"))).toEqual({ value: 1 })
    })

    it("describes the next frame, and counts all of them", async () => {
        const rig = await ServiceRig.boot({
            request: { exposureUs: 2000, gain: 1.5 },
        })
        await rig.run(0.5)
        const before = rig.frames.length

        const latest = await rig.until(rig.camera.read("latest_frame"))
        const counters = await rig.until(rig.camera.read("counters"))

        const frame = rig.frames.find(
            ({ sequence }) => sequence === latest.sequence
        )!
        const { pixels } = frame
        const sum = pixels.reduce((total, pixel) => total + pixel, 0)
        expect(rig.frames.indexOf(frame)).toBeGreaterThanOrEqual(before)
        expect(latest).toMatchObject({
            size: 48_400,
            gain: 24,
            x: 266,
            y: 130,
            width: 220,
            height: 220,
            min: Math.min(...pixels),
            max: Math.max(...pixels),
            dropped_before: 0,
        })
        expect(latest.exposure).toBe(Math.round(frame.exposureUs))
        // Rounded down to 1/256 gray level in native code.
        expect(latest.mean - (256 * sum) / pixels.length).toBeGreaterThan(-1)
        expect(latest.mean - (256 * sum) / pixels.length).toBeLessThan(1)
        expect(counters.delivered).toBeGreaterThan(before)
        expect(counters.delivered).toBeLessThanOrEqual(rig.frames.length)
    })

    it("measures the frame rate between two looks", async () => {
        const rig = await ServiceRig.boot()
        await rig.run(0.1)
        expect(await rig.until(rig.camera.read("measured_fps"))).toEqual({
            value: 0,
        })
        await rig.run(1)

        const { value } = await rig.until(rig.camera.read("measured_fps"))

        expect(Math.abs(value - 120_003)).toBeLessThan(50)
    })

    it("refuses registers that are none, and writes of read only ones, without harm", async () => {
        const rig = await ServiceRig.boot()
        const [service] = rig.host.services(CLASS)

        await expect(rig.until(rig.host.read(service!, 0xff))).rejects.toThrow(
            "has no register 0xff"
        )
        rig.host.write(service!, [
            { register: 0x180, payload: new Uint8Array(24) },
        ])
        await rig.run(0.2)

        expect(await rig.until(rig.camera.read("requests"))).toEqual({
            applied: 0,
            refused: 0,
            merged: 0,
            ignored: 0,
        })
        expectNothingLost(rig)
    })
})

describe("camera service, faults", () => {
    it("has none to tell at first", async () => {
        const rig = await ServiceRig.boot()

        expect(await rig.until(rig.camera.read("last_fault"))).toEqual({
            cause: FaultCause.NONE,
            recovered: 1,
            faults: 0,
        })
    })

    it("tells why frames do not come, and that they come again, by the codes of protocol/faults.ts", async () => {
        const rig = await ServiceRig.boot({
            faults: [{ at: 1, for: 0.5, fault: "sensor-unplug" }],
        })
        await rig.run(1.2)
        const { camera } = rig
        const away = await rig.until(camera.read("last_fault"))
        await rig.run(2)
        const back = await rig.until(camera.read("last_fault"))

        expect(away).toMatchObject({
            cause: FaultCause.SENSOR_ABSENT,
            recovered: 0,
        })
        expect(back).toMatchObject({ recovered: 1 })
        expect(back.faults).toBeGreaterThan(away.faults)
        const told = rig.events.flatMap(({ fault }) => fault ?? [])
        expect(told).toContainEqual({
            cause: FaultCause.SENSOR_ABSENT,
            recovered: 0,
        })
        expect(told.at(-1)).toEqual({
            cause: back.cause,
            recovered: 1,
        })
    })

    it("counts what the recovery block counts", async () => {
        const rig = await ServiceRig.boot({
            faults: [{ at: 1, fault: "vsync-lost" }],
        })
        await rig.run(2)

        const recovery = await rig.until(rig.camera.read("recovery"))
        const counted = rig.simulation.record.counters()

        expect(recovery.sensor_frames).toBeGreaterThan(100)
        expect(recovery).toEqual({
            overrun_frames: counted.overrunFrames,
            sensor_frames: recovery.sensor_frames,
            i2c_errors: counted.i2cErrors,
            restarts: 0,
            lost: counted.lost,
            doubtful: counted.doubtful,
            bad_jpeg: 0,
        })
        expect(recovery.lost).toBeGreaterThan(0)
        const last = await rig.until(rig.camera.read("last_fault"))
        expect(last).toMatchObject({ cause: FaultCause.LOST, recovered: 1 })
    })

    it("tells how the program before ended", async () => {
        const rig = await ServiceRig.boot({
            app: "test/system/programs/serves-and-restarts-once.ts",
        })
        await rig.run(3)

        expect(await rig.until(rig.camera.read("last_fault"))).toEqual({
            cause: FaultCause.RESTART,
            recovered: 1,
            faults: 0,
        })
        const { restarts } = await rig.until(rig.camera.read("recovery"))
        expect(restarts).toBe(1)
    })
})

describe("camera service, the window at 120 fps with one buffer", () => {
    it("moves between two frames; what is read back is what the frames show", async () => {
        const rig = await ServiceRig.boot()
        await rig.run(0.1)
        const before = rig.frames.length

        const applied = await rig.change("window", {
            x: 100,
            y: 700,
            width: 0,
            height: 0,
        })
        await rig.run(0.1)

        expect(applied).toEqual({ x: 100, y: 260, width: 220, height: 220 })
        expect(places(rig.frames.slice(before))).toEqual([
            "220x220+266+130",
            "220x220+100+260",
        ])
        expectNothingLost(rig)
        const { settling, skipped } = rig.simulation.record.counters()
        expect([settling, skipped]).toEqual([1, 0])
        expect(rig.events).toMatchObject([
            { name: "window_changed", window: applied },
        ])
    })

    it("follows a drag of 200 places without a lost frame, the newest place last", async () => {
        const rig = await ServiceRig.boot()
        await rig.run(0.1)

        for (let step = 1; step <= 200; step++) {
            rig.camera.write({
                window: {
                    x: 2 * step,
                    y: step,
                    width: 220,
                    height: 220,
                },
            })
            await rig.run(0.01)
        }
        await rig.run(0.3)

        expect(rig.frames.at(-1)!.window).toEqual({
            x: 400,
            y: 200,
            width: 220,
            height: 220,
        })
        expect(places(rig.frames).length).toBeGreaterThan(20)
        expectNothingLost(rig)
        expect(rig.simulation.record.counters().skipped).toBe(0)
        expect(rig.simulation.jacdac.counters.dropped).toBe(0)
    })

    it("changes its size by a short stop, again and again, and the stream goes on", async () => {
        const rig = await ServiceRig.boot(TWO_BUFFERS)

        for (let step = 0; step < 60; step++) {
            rig.camera.write({
                window: {
                    x: 0xffff,
                    y: 0xffff,
                    width: 100 + 2 * step,
                    height: 200 - step,
                },
            })
            await rig.run(0.02)
        }
        await rig.run(0.5)

        const requests = await rig.until(rig.camera.read("requests"))
        expect(rig.frames.at(-1)!.window).toMatchObject({
            width: 216,
            height: 141,
        })
        expect(requests.refused).toBe(0)
        // At most one new plan per 100 ms: the others were merged.
        expect(requests.applied).toBeLessThanOrEqual(18)
        expect(requests.merged).toBeGreaterThan(5)
        expectNothingLost(rig)
    })
})

describe("camera service, other changes while streaming", () => {
    it("takes another strategy and frame rate", async () => {
        const rig = await ServiceRig.boot()

        expect(await rig.change("strategy", { value: 2 })).toEqual({ value: 2 })
        await rig.run(0.1)
        const { fps } = await rig.until(rig.camera.read("mode"))
        expect(rig.simulation.record.mode()).toMatchObject({
            strategy: "dcmi-crop",
            busBytesPerFrame: 360_960,
        })
        // The whole field crosses the bus: 120 fps are out of reach.
        expect(fps).toBeLessThan(70_000)

        expect(await rig.change("strategy", { value: 0 })).toEqual({ value: 3 })
        const applied = await rig.change("fps", { value: 200_000 })
        await rig.run(0.3)

        // 220 rows at 169 fps are all that the sensor has.
        expect(applied.value).toBeGreaterThan(160_000)
        expect(applied.value).toBeLessThan(170_000)
        expect(rig.simulation.record.mode()!.fps * 1000).toBeCloseTo(
            applied.value,
            0
        )
        expect(rig.simulation.record.mode()!.window).toEqual({
            x: 266,
            y: 130,
            width: 220,
            height: 220,
        })
        // 169 fps leave the only buffer hardly any time between two frames.
        expectFramesRight(rig)
    })

    it("sets exposure, gain and test pattern without a stop; the sensor uses what is read back", async () => {
        const rig = await ServiceRig.boot()
        await rig.run(0.2)

        const exposure = await rig.change("exposure", { value: 3000 })
        const gain = await rig.change("gain", { value: 40 })
        await rig.run(0.1)
        const plain = rig.frames.at(-1)!
        await rig.change("test_pattern", { value: 1 })
        await rig.run(0.1)

        expect(exposure.value).toBeGreaterThan(2950)
        expect(exposure.value).toBeLessThanOrEqual(3000)
        expect(gain).toEqual({ value: 40 })
        expect(plain).toMatchObject({ exposureUs: exposure.value, gain: 2.5 })
        expect(plain.sent.exposureUs).toBeCloseTo(exposure.value, 0)
        expect(rig.frames.at(-1)!.pixels).not.toEqual(plain.pixels)
        expect((await rig.until(rig.camera.read("mode"))).flags & 2).toBe(0)
        expectNothingLost(rig)
        expect(rig.simulation.record.counters()).toMatchObject({
            settling: 1,
            skipped: 0,
        })
    })

    it("stops, changes while stopped, and starts again", async () => {
        const rig = await ServiceRig.boot()
        await rig.run(0.1)

        expect(await rig.change("streaming", { value: 0 })).toEqual({
            value: 0,
        })
        const stopped = rig.frames.length
        await rig.change("window", { x: 0, y: 0, width: 64, height: 48 })
        await rig.run(0.3)
        expect(rig.frames.length).toBe(stopped)

        expect(await rig.change("streaming", { value: 1 })).toEqual({
            value: 1,
        })
        await rig.run(0.3)

        expect(rig.frames.length).toBeGreaterThan(stopped + 20)
        expect(rig.frames.at(-1)!.window).toEqual({
            x: 0,
            y: 0,
            width: 64,
            height: 48,
        })
        expect(rig.events.map(({ name }) => name)).toEqual([
            "stopped",
            "window_changed",
            "started",
        ])
        expectNothingLost(rig)
    })
})

describe("camera service, what is impossible", () => {
    it("leaves the capture as it is, and says why", async () => {
        const rig = await ServiceRig.boot()
        await rig.run(0.1)
        const before = await rig.until(rig.camera.read("mode"))

        const window = await rig.change("window", {
            x: 0,
            y: 0,
            width: 752,
            height: 480,
        })
        const reason = await rig.until(rig.camera.readText("error"))
        await rig.run(0.2)

        expect(window).toEqual({ x: 266, y: 130, width: 220, height: 220 })
        expect(reason).toBe(
            "window 752x480 needs 360960 bytes per frame; the board has 79360 bytes of frame memory (131072 of RAM - 51712 for stacks, VM and heaps)"
        )
        expect(await rig.until(rig.camera.read("mode"))).toEqual(before)
        expect(await rig.until(rig.camera.read("requests"))).toMatchObject({
            applied: 0,
            refused: 1,
        })
        expect(rig.events).toMatchObject([{ name: "refused" }])
        // To find out that it is impossible takes longer than the only buffer has between two frames.
        expectFramesRight(rig)
        expect(rig.simulation.record.counters().dropped).toBeLessThan(3)
        // No stop: the first frame after the start is the only one that settled.
        expect(rig.simulation.record.counters()).toMatchObject({
            settling: 1,
            skipped: 0,
        })
    })

    it("does not spoil what comes after it", async () => {
        const rig = await ServiceRig.boot()
        await rig.change("strategy", { value: 5 })
        const reason = await rig.until(rig.camera.readText("error"))

        const fps = await rig.change("fps", { value: 60_000 })

        expect(Math.abs(fps.value - 60_000)).toBeLessThan(50)
        expect(await rig.until(rig.camera.read("requests"))).toMatchObject({
            applied: 1,
            refused: 1,
        })
        expect(reason).toBe(
            "strategy jpeg needs an encoder, the MT9V034 has none"
        )
        expect(await rig.until(rig.camera.readText("error"))).toBe("")
    })

    it("is a sensor that does not hear a few transfers: the old mode comes back", async () => {
        const rig = await ServiceRig.boot(TWO_BUFFERS)
        await rig.run(0.1)
        // The stop is tried three times; then nobody seems to be there.
        deafen(rig, 4)

        await rig.change("fps", { value: 60_000 })
        const frames = rig.frames.length
        await rig.run(0.5)

        expect(await rig.until(rig.camera.readText("error"))).toMatch(
            /^MT9V034: /
        )
        expect(await rig.until(rig.camera.read("requests"))).toMatchObject({
            applied: 0,
            refused: 1,
        })
        expect(await rig.until(rig.camera.read("fps"))).toEqual({
            value: 120_003,
        })
        expect(rig.frames.length - frames).toBeGreaterThan(50)
        expect(rig.frames.at(-1)!.window).toEqual({
            x: 266,
            y: 130,
            width: 220,
            height: 220,
        })
        expectNothingLost(rig)
    })

    it("is a sensor that is gone: the camera stands, and runs again when the sensor is back", async () => {
        const rig = await ServiceRig.boot(TWO_BUFFERS)
        await rig.run(0.1)
        const back = deafen(rig, Infinity)

        await rig.change("fps", { value: 60_000 })
        expect(await rig.until(rig.camera.read("streaming"))).toEqual({
            value: 0,
        })
        expect(await rig.until(rig.camera.readText("error"))).toMatch(
            /^MT9V034: /
        )
        const frames = rig.frames.length
        back()
        rig.camera.write({ fps: { value: 60_000 }, streaming: { value: 1 } })
        await rig.run(1.2)

        expect(rig.events.map(({ name }) => name).sort()).toEqual([
            "fault",
            "mode_changed",
            "refused",
            "started",
            "stopped",
        ])
        expect(rig.frames.length - frames).toBeGreaterThan(20)
        expectNothingLost(rig)
    })

    it("is a new plan on a board with a small heap; moves go on", async () => {
        const rig = await ServiceRig.boot({ gcHeapBytes: 17 * 1024 })

        await rig.change("fps", { value: 60_000 })
        const reason = await rig.until(rig.camera.readText("error"))
        const window = await rig.change("window", {
            x: 1,
            y: 2,
            width: 0,
            height: 0,
        })

        expect(reason).toBe(
            "a new plan needs a GC heap of 20480 bytes, this board has 17408"
        )
        expect(window).toEqual({ x: 1, y: 2, width: 220, height: 220 })
        expectNothingLost(rig)
    })
})

describe("camera service, OV2640", () => {
    it("captures JPEG of another window and quality, then gray, then JPEG again", async () => {
        const rig = await ServiceRig.boot({ sensor: "ov2640" })
        await rig.run(0.5)
        expect(await rig.until(rig.camera.read("size"))).toEqual({
            width: 640,
            height: 480,
        })
        expect(await rig.until(rig.camera.read("mode"))).toMatchObject({
            strategy: 5,
            format: 4,
        })

        rig.camera.write({
            size: { width: 320, height: 240 },
            quality: { value: 30 },
        })
        await rig.run(0.7)
        // JPEGs of the whole field have one buffer: until here each second frame came too early for it.
        const { dropped } = rig.simulation.record.counters()
        const latest = await rig.until(rig.camera.read("latest_frame"))
        const small = rig.frames.at(-1)!
        expect(small).toMatchObject({ format: "jpeg" })
        expect([...small.pixels.subarray(0, 2)]).toEqual([0xff, 0xd8])
        expect(latest).toMatchObject({ mean: 0, min: 0, max: 0 })
        expect(latest.size).toBeGreaterThan(1000)

        // Each alone would be impossible.
        rig.camera.write({
            window: { x: 0xffff, y: 0xffff, width: 160, height: 120 },
            size: { width: 0, height: 0 },
            format: { value: 1 },
        })
        await rig.run(1)
        expect(await rig.until(rig.camera.read("mode"))).toMatchObject({
            format: 1,
            bytes_per_frame: 19_200,
        })
        expect(rig.frames.at(-1)).toMatchObject({
            format: "gray8",
            width: 160,
            height: 120,
        })

        await rig.change("format", { value: 4 })
        await rig.run(1.5)
        expect(rig.frames.at(-1)).toMatchObject({ format: "jpeg" })
        expect(await rig.until(rig.camera.readText("error"))).toBe("")
        expectFramesRight(rig)
        expect(rig.simulation.record.counters().dropped).toBe(dropped)
    })

    it("stops with a reason when a frame cannot be made to fit, and goes on with another size", async () => {
        const rig = await ServiceRig.boot({ sensor: "ov2640" })
        await rig.change("size", { width: 320, height: 240 })
        rig.camera.write({ size: { width: 1600, height: 1200 } })
        rig.camera.write({ window: { x: 0, y: 0, width: 1600, height: 1200 } })
        rig.camera.write({ buffers: { value: 4 } })
        await rig.run(4)
        expect(await rig.until(rig.camera.read("streaming"))).toEqual({
            value: 0,
        })
        expect(await rig.until(rig.camera.readText("error"))).toMatch(
            /does not fit into the buffer of \d+ at the lowest quality/
        )

        await rig.change("size", { width: 320, height: 240 })
        await rig.change("streaming", { value: 1 })
        const frames = rig.frames.length
        await rig.run(1)

        expect(rig.frames.length).toBeGreaterThan(frames + 5)
        expectNothingLost(rig)
    })
})

describe("camera service, 1,000 requests per second for 10 s", () => {
    it("loses no frame and does not end the program; the excess is counted", async () => {
        const rig = await ServiceRig.boot(TWO_BUFFERS)
        const [service] = rig.host.services(CLASS)
        const request = (command: number, ...payload: number[]) =>
            encodeFrame({
                flags: 1,
                deviceId: service!.deviceId,
                packets: [
                    {
                        serviceIndex: 1,
                        command,
                        payload: new Uint8Array(payload),
                    },
                ],
            })
        const reads = [
            0x1080, 0x1180, 0x1184, 0x1185, 0x1187, 0x1189, 0x10ff,
        ].map(command => request(command))
        await rig.run(0.1)
        const { passed } = rig.simulation.jacdac.counters

        // Each at its own millisecond, whatever the program does then.
        const { clock, jacdac } = rig.simulation
        for (let ms = 0; ms < 10_000; ms++)
            clock.after(ms * 1e6, () => {
                const move = request(
                    0x2080,
                    ms & 0xff,
                    0,
                    (ms >> 4) & 0xff,
                    0,
                    0,
                    0,
                    0,
                    0
                )
                jacdac.send(ms % 8 === 7 ? move : reads[ms % 8]!)
            })
        await rig.run(10)
        await rig.run(0.5)

        const counters = rig.simulation.jacdac.counters
        expectNothingLost(rig)
        expect(rig.simulation.record.counters().skipped).toBe(0)
        expect(rig.frames.length).toBeGreaterThan(1260)
        expect(counters.passed + counters.dropped - passed).toBe(10_000)
        expect(counters.passed - passed).toBeLessThanOrEqual(308)
        const { applied } = await rig.until(rig.camera.read("requests"))
        expect(applied).toBeGreaterThan(10)
        expect(rig.events.length).toBeGreaterThan(10)
        const heap = rig.simulation.measureHeap()!
        expect(heap.freeBytes).toBeGreaterThan(4096)
    })

    it("sends at most five events in any second", async () => {
        const rig = await ServiceRig.boot(TWO_BUFFERS)
        for (let turn = 0; turn < 150; turn++) {
            rig.camera.write({
                window: {
                    x: 3 * turn,
                    y: turn,
                    width: 220,
                    height: 220,
                },
            })
            if (turn % 3 === 0) rig.camera.write({ strategy: { value: 5 } })
            if (turn % 7 === 0)
                rig.camera.write({ exposure: { value: 1000 + turn } })
            await rig.run(0.04)
        }

        const names = new Set(rig.events.map(({ name }) => name))
        expect([...names].sort()).toEqual([
            "mode_changed",
            "refused",
            "window_changed",
        ])
        expect(rig.events.length).toBeGreaterThan(20)
        for (let i = 5; i < rig.events.length; i++)
            expect(
                rig.events[i]!.timeMs - rig.events[i - 5]!.timeMs
            ).toBeGreaterThan(990)
        expectNothingLost(rig)
    })
})

describe("camera service, for another DeviceScript program", () => {
    it("is an ordinary role: registers, events, enumerations", async () => {
        const rig = await ServiceRig.boot(TWO_BUFFERS)
        const { clock, jacdac } = rig.simulation
        const lines: string[] = []
        const client = new VirtualMachine({
            program: await buildProgram(
                "test/system/programs/camera-client.ts"
            ),
            archId: "host",
            gcHeapBytes: 24 * 1024,
            seed: 2,
            nowUs: () => Math.floor(clock.nowNs / 1000),
            onConsole: line => lines.push(line),
            onSend: frame => jacdac.send(frame),
            i2c: () => -1,
            deviceId: [0x484f5354, 0x12345678],
        })
        const heard: Uint8Array[] = []
        jacdac.onFrame(frame => heard.push(frame))
        client.start()

        for (let ms = 0; ms < 3000; ms++) {
            await rig.run(0.001)
            for (const frame of heard.splice(0)) client.receive(frame)
            client.process()
        }

        expect(lines).toEqual([
            "window 220x220+266+130",
            "now 220x220+100+50",
            "strategy jpeg needs an encoder, the MT9V034 has none",
            "60 fps, streaming true",
        ])
        expectNothingLost(rig)
    })
})

describe("camera service, heap", () => {
    it.each(["mt9v034", "ov2640"] as const)(
        "leaves the %s's program a good part of a 24 KB heap",
        async sensor => {
            const rig = await ServiceRig.boot({ sensor })
            await rig.run(1)
            await rig.change("fps", { value: 20_000 })
            // Until the JPEGs' quality is found again and frames come: finding it takes 0.2 KB.
            await rig.run(1)
            const heaps = []
            for (let look = 0; look < 5; look++) {
                await rig.run(0.1)
                heaps.push(rig.simulation.measureHeap()!)
            }

            // At rest; in the middle of a change of quality it is some 190 bytes more.
            const used = heaps.map(({ usedBytes }) => usedBytes)
            expect(Math.min(...used)).toBeLessThan(14_450)
            expect(Math.max(...used)).toBeLessThan(14_650)
            for (const { freeBytes } of heaps)
                expect(freeBytes).toBeGreaterThan(4096)
        }
    )
})

// SPDX-License-Identifier: MIT
// What the camera service needs of Camera: adjustments without a stop, faults, plans that leave the old one whole.

import { beforeEach, describe, expect, it } from "vitest"
import { MT9V034 } from "../../drivers/mt9v034/mt9v034.ts"
import { OV2640_LIMITS } from "../../drivers/ov2640/timing.ts"
import { MT9V034_LIMITS } from "../../drivers/mt9v034/timing.ts"
import { connect, type Device } from "../../sim/devicescript/stand-ins/core.ts"
import { Camera } from "../../src/camera.ts"
import type { CameraFault } from "../../src/camera-fault.ts"
import { planCapture } from "../../src/plan/plan.ts"
import { FaultCause } from "../../protocol/faults.ts"
import { GrabberReg } from "../../protocol/grabber-page.ts"
import { FakeGrabber } from "../support/drivers/fake-grabber.ts"
import { FakeSensor } from "../support/drivers/fake-sensor.ts"
import {
    PixelFormat,
    Strategy,
    type CaptureRequest,
} from "../../protocol/capture.ts"

const REQUEST: CaptureRequest = {
    window: { width: 220, height: 220 },
    fps: 120,
}
const CONTROL = 0x80
const MODE_EXPOSURE_US = 0x78
const TEST_PATTERN = 0x7f

let chip: FakeSensor
let page: FakeGrabber
let device: Device
let camera: Camera

beforeEach(() => {
    chip = new FakeSensor(0x48, 0x1324)
    page = new FakeGrabber()
    device = connect({
        transfer: (address, write, read) =>
            address === 0x7e
                ? page.transfer(address, write, read)
                : chip.transfer(address, write, read),
    })
    camera = new Camera(new MT9V034())
})

describe("Camera adjust while streaming", () => {
    beforeEach(async () => {
        await camera.configure({ ...REQUEST })
        await camera.start()
        chip.writes.length = 0
        page.writes.length = 0
    })

    it("sets exposure and gain without a stop, and labels frames with them", async () => {
        const fixed = await camera.adjust({
            ...REQUEST,
            exposureUs: 3000,
            gain: 2,
        })

        expect(fixed.gain).toBe(2)
        expect(fixed.exposureUs).toBeGreaterThan(2900)
        expect(fixed.exposureUs).toBeLessThanOrEqual(3000)
        expect(page.written(CONTROL)).toEqual([])
        expect(page.page.getUint32(MODE_EXPOSURE_US, true)).toBe(
            Math.round(fixed.exposureUs)
        )
        expect(camera.isStreaming()).toBe(true)
    })

    it("writes the test pattern only when another is asked for", async () => {
        const patterns = () =>
            chip.writes.filter(({ register }) => register === TEST_PATTERN)

        await camera.adjust({ ...REQUEST, exposureUs: 2000 })
        expect(patterns()).toEqual([])
        await camera.adjust({ ...REQUEST, testPattern: 1 })
        expect(patterns()).toHaveLength(1)
        await camera.adjust({ ...REQUEST, testPattern: 1 })
        expect(patterns()).toHaveLength(1)
    })
})

describe("Camera onFault", () => {
    it("calls the handler when a fault counter moved while frames come", async () => {
        const faults: CameraFault[] = []
        camera.onFault(fault => {
            faults.push(fault)
        })
        await camera.configure({ ...REQUEST })
        await device.notify("fault")
        expect(faults).toEqual([])

        await camera.start()
        page.page.setUint32(GrabberReg.SHORT_FRAMES, 1, true)
        await device.notify("fault")
        await device.advance(0)

        expect(faults).toMatchObject([
            { cause: FaultCause.SHORT, recovered: true },
        ])
    })
})

describe("Camera configure with an impossible request", () => {
    it("leaves the plan, and the stream, as they are", async () => {
        await camera.configure({ ...REQUEST })
        await camera.start()
        const before = structuredClone(withoutFunctions(camera.applied()))
        page.writes.length = 0
        chip.writes.length = 0

        await expect(
            camera.configure({ window: { width: 752, height: 480 } })
        ).rejects.toThrow("needs 360960 bytes")

        expect(withoutFunctions(camera.applied())).toEqual(before)
        expect(camera.isStreaming()).toBe(true)
        expect(chip.writes).toEqual([])
        expect(page.written(CONTROL)).toEqual([])
    })
})

describe("Camera movesWhileStreaming", () => {
    it.each([
        [Strategy.SENSOR_WINDOW, true],
        [Strategy.ROWS_CROP, true],
        [Strategy.DCMI_CROP, true],
        [Strategy.LINE, false],
    ])("with strategy %i is %s", async (strategy, moves) => {
        await camera.configure({ ...REQUEST, fps: 30, strategy })

        expect(camera.movesWhileStreaming()).toBe(moves)
    })
})

describe("planCapture into a plan that is there", () => {
    const board = {
        xclkHz: 24_000_000,
        frameMemoryBytes: 188_416,
        ramBytes: 262_144,
    }

    it("gives the same plan as a new one, in the same object", () => {
        const first = planCapture(
            { format: PixelFormat.JPEG, size: { width: 640, height: 480 } },
            OV2640_LIMITS,
            board
        )
        const request = {
            window: { width: 222, height: 33, x: 5, y: 7 },
            strategy: Strategy.LINE,
            batchRows: 3,
        }

        const reused = planCapture(request, OV2640_LIMITS, board, first)

        expect(reused).toBe(first)
        expect(reused).toEqual(planCapture(request, OV2640_LIMITS, board))
    })

    it.each([
        { window: { width: 752, height: 481 } },
        { window: { width: 752, height: 480 }, ramBytes: 1000 },
        { strategy: Strategy.JPEG },
        { fps: -1 },
    ])("leaves it whole when %j throws", request => {
        const plan = planCapture(REQUEST, MT9V034_LIMITS, board)
        const before = { ...plan }

        expect(() =>
            planCapture(request, MT9V034_LIMITS, board, plan)
        ).toThrow()

        expect(plan).toEqual(before)
    })
})

function withoutFunctions(value: object): object {
    return Object.fromEntries(
        Object.entries(value).filter(([, of]) => typeof of !== "function")
    )
}

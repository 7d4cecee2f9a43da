// SPDX-License-Identifier: MIT
// Compressed frames that do not fit into their buffer: compresses further until they do.

import * as ds from "@devicescript/core"
import type { FrameGrabber } from "../drivers/grabber/grabber"
import type { Sensor } from "../drivers/sensor"
import type { CapturePlan } from "./plan/types"

/** A compressed frame does not fit, and nothing more can be done about it. */
export class CaptureError extends Error {
    constructor(message: string) {
        super(message)
        this.name = "CaptureError"
    }
}

/** Frames that are on their way with the old quality when a new one is written. */
const FRAMES_IN_FLIGHT = 2

/** Watches the grabber's count of frames that were too large. */
export class QualityStepper {
    private readonly sensor: Sensor
    private readonly grabber: FrameGrabber
    private tooLarge = 0
    private waitUntilMs = 0

    constructor(sensor: Sensor, grabber: FrameGrabber) {
        this.sensor = sensor
        this.grabber = grabber
    }

    /** Start with what was counted before. */
    async reset(): Promise<void> {
        const counters = await this.grabber.readCounters()
        this.tooLarge = counters.tooLarge
        this.waitUntilMs = 0
    }

    /**
     * Look whether a frame was too large, and compress further if so.
     *
     * @param step false: say it instead
     * @throws CaptureError with the size that was needed, when the quality may not or cannot go down
     */
    async check(plan: CapturePlan, step: boolean): Promise<void> {
        const counters = await this.grabber.readCounters()
        if (counters.tooLarge === this.tooLarge) return
        this.tooLarge = counters.tooLarge
        if (ds.millis() < this.waitUntilMs) return
        const needed = counters.neededBytes
        const what = `a JPEG of ${needed} bytes does not fit into the buffer of ${plan.bufferBytes}`
        if (!step || !this.sensor.compressMore) throw new CaptureError(what)
        const quality = await this.sensor.compressMore(needed, plan.bufferBytes)
        if (quality === 0)
            throw new CaptureError(`${what} at the lowest quality`)
        console.log(`${what}: quality ${quality} from now on`)
        this.waitUntilMs =
            ds.millis() + (FRAMES_IN_FLIGHT * 1000) / plan.timing.fps
    }
}

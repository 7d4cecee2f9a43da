// SPDX-License-Identifier: MIT
// Compressed frames that do not fit into their buffer: compresses further until they do, and less when there is room again.

import * as ds from "@devicescript/core"
import type { Sensor } from "../drivers/sensor"
import { SensorError } from "../drivers/sensor"
import type { FaultCounters } from "./fault-counters"
import type { CapturePlan } from "./plan/types"
import { GrabberReg } from "../protocol/grabber-page"

/** A compressed frame does not fit, and nothing more can be done about it. */
export class CaptureError extends Error {
    constructor(message: string) {
        super(message)
        this.name = "CaptureError"
    }
}

/** Counts and times that are policy, not hardware. */
enum Policy {
    /** Frames that are on their way with the old quality when a new one is written. */
    FRAMES_IN_FLIGHT = 2,
    /** So many frames that are too large are a matter of the scene; one may have run into the next for want of a VSYNC. */
    TOO_LARGE_FRAMES = 3,
    /** Frames that fit and make up for one that did not. */
    FITTING_FRAMES = 4,
    /** So long no quality helps before the program is told: a burst of disturbances is shorter. */
    HOPELESS_MS = 1000,
    /** Between two looks whether a better quality would fit. */
    RAISE_MS = 5000,
}

/** Judges the frames that were too large by several of them. */
export class QualityStepper {
    /** The quality is below the one asked for. */
    lowered = false

    private readonly sensor: Sensor
    private tooLarge = 0
    private frames = 0
    /** Frames too many that were too large, since when, and what the smallest of them needed. */
    private excess = 0
    private sinceMs = 0
    private neededBytes = 0
    private waitUntilMs = 0
    /** The largest frame that fitted since the last look, and when the next look is due. */
    private largestBytes = 0
    private raiseAtMs = 0

    constructor(sensor: Sensor) {
        this.sensor = sensor
    }

    /** Start with the quality that was asked for. */
    reset(): void {
        this.lowered = false
        this.excess = 0
        this.waitUntilMs = 0
    }

    /**
     * Look whether frames are too large, and compress further if so.
     *
     * @param step false: say it instead
     * @throws CaptureError with the size that was needed, when for a second the quality may not or cannot go down
     */
    async check(
        plan: CapturePlan,
        counters: FaultCounters,
        step: boolean
    ): Promise<void> {
        const fitted = counters.at(GrabberReg.FRAMES) - this.frames
        const tooLarge = counters.at(GrabberReg.TOO_LARGE) - this.tooLarge
        this.frames += fitted
        this.tooLarge += tooLarge
        if (tooLarge === 0 || ds.millis() < this.waitUntilMs) return
        this.count(tooLarge, fitted, counters.at(GrabberReg.NEEDED_BYTES))
        if (this.excess < Policy.TOO_LARGE_FRAMES) return
        const what = `a JPEG of ${this.neededBytes} bytes does not fit into the buffer of ${plan.bufferBytes}`
        if (step && (await this.lower(plan, what))) return
        if (ds.millis() - this.sinceMs < Policy.HOPELESS_MS) return
        throw new CaptureError(step ? `${what} at the lowest quality` : what)
    }

    /** A frame came that fits. */
    saw(sizeBytes: number): void {
        if (sizeBytes > this.largestBytes) this.largestBytes = sizeBytes
    }

    /** Now and then, while the quality is lowered: raise it as far as the frames that were seen leave room. */
    async raise(plan: CapturePlan): Promise<void> {
        const nowMs = ds.millis()
        if (nowMs < this.raiseAtMs) return
        this.raiseAtMs = nowMs + Policy.RAISE_MS
        const largestBytes = this.largestBytes
        this.largestBytes = 0
        if (!this.sensor.compressLess || largestBytes === 0) return
        try {
            const quality = await this.sensor.compressLess(
                largestBytes,
                plan.bufferBytes
            )
            if (quality > 0)
                console.log(
                    `a JPEG of ${largestBytes} bytes leaves room in the buffer of ${plan.bufferBytes}: quality ${quality} from now on`
                )
        } catch (error) {
            // The next look tries again.
            if (!(error instanceof SensorError)) throw error
        }
    }

    private count(tooLarge: number, fitted: number, needed: number): void {
        const made = Math.floor(fitted / Policy.FITTING_FRAMES)
        this.excess = Math.max(0, this.excess - made)
        if (this.excess === 0) {
            this.neededBytes = needed
            this.sinceMs = ds.millis()
        }
        this.neededBytes = Math.min(this.neededBytes, needed)
        this.excess += tooLarge
    }

    /** @returns false when it is at its lowest */
    private async lower(plan: CapturePlan, what: string): Promise<boolean> {
        if (!this.sensor.compressMore) return false
        const quality = await this.sensor.compressMore(
            this.neededBytes,
            plan.bufferBytes
        )
        if (quality === 0) return false
        console.log(`${what}: quality ${quality} from now on`)
        const nowMs = ds.millis()
        this.lowered = true
        this.excess = 0
        this.largestBytes = 0
        this.raiseAtMs = nowMs + Policy.RAISE_MS
        this.waitUntilMs =
            nowMs + (Policy.FRAMES_IN_FLIGHT * 1000) / plan.timing.fps
        return true
    }
}

// SPDX-License-Identifier: MIT
// Compressed frames that do not fit into their buffer: compresses further until they do, and less when there is room again.

import * as ds from "@devicescript/core"
import type { Sensor } from "../drivers/sensor"
import { SensorError } from "../drivers/sensor"
import type { FaultCounters } from "./fault-counters"
import { counterAt } from "./fault-counters"
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
    /**
     * So many frames that are too large are a matter of the scene; one may have run into the next for want of a VSYNC.
     * After a step that was not enough one says it.
     */
    TOO_LARGE_FRAMES = 3,
    /** Frames that fit and make up for one that did not. */
    FITTING_FRAMES = 4,
    /** So long no quality helps before the program is told: a burst of disturbances is shorter. */
    HOPELESS_MS = 1000,
    /** Between two looks whether a better quality would fit. */
    RAISE_MS = 5000,
}

/** What is known of the frames that were too large, for the functions below: a method would take GC heap. */
export class QualityStepper {
    /** When the next look whether a better quality fits is due, ms. 0: it is as asked for. -1: it stays as asked for. */
    raiseAtMs: number
    /** The largest frame that fitted since the look before. */
    largestBytes = 0
    /** Frames too many that were too large, since when, and what the smallest of them needed. */
    excess = 0
    sinceMs = 0
    neededBytes = 0
    /** Frames until then may have the quality of before the last step. 0: one has fitted since. */
    waitUntilMs = 0
    /** The counters as of the last look. */
    tooLarge: number
    frames: number

    /** @param fixed the quality stays as it was asked for: what does not fit is said instead */
    constructor(counters: FaultCounters, fixed: boolean) {
        this.raiseAtMs = fixed ? -1 : 0
        this.tooLarge = counterAt(counters, GrabberReg.TOO_LARGE)
        this.frames = counterAt(counters, GrabberReg.FRAMES)
    }
}

/**
 * Look whether frames are too large, and compress further if so.
 *
 * @throws CaptureError with the size that was needed, when for a second the quality may not or cannot go down
 */
export async function checkQuality(
    stepper: QualityStepper,
    sensor: Sensor,
    plan: CapturePlan,
    counters: FaultCounters
): Promise<void> {
    const fitted = counterAt(counters, GrabberReg.FRAMES) - stepper.frames
    const tooLarge =
        counterAt(counters, GrabberReg.TOO_LARGE) - stepper.tooLarge
    stepper.frames += fitted
    stepper.tooLarge += tooLarge
    const nowMs = ds.millis()
    if (tooLarge === 0 || nowMs < stepper.waitUntilMs) return
    if (fitted > 0) stepper.waitUntilMs = 0
    const enough = stepper.waitUntilMs > 0 ? 1 : Policy.TOO_LARGE_FRAMES
    const made = Math.floor(fitted / Policy.FITTING_FRAMES)
    const excess = Math.max(0, stepper.excess - made)
    const needed = counterAt(counters, GrabberReg.NEEDED_BYTES)
    if (excess === 0) stepper.sinceMs = nowMs
    stepper.neededBytes =
        excess === 0 ? needed : Math.min(stepper.neededBytes, needed)
    stepper.excess = excess + tooLarge
    if (stepper.excess < enough) return
    const what = `a JPEG of ${stepper.neededBytes} bytes does not fit into the buffer of ${plan.bufferBytes}`
    const step = stepper.raiseAtMs >= 0
    if (step && (await lowerQuality(stepper, sensor, plan, what))) return
    if (nowMs - stepper.sinceMs < Policy.HOPELESS_MS) return
    throw new CaptureError(step ? `${what} at the lowest quality` : what)
}

/** @returns false when it is at its lowest */
async function lowerQuality(
    stepper: QualityStepper,
    sensor: Sensor,
    plan: CapturePlan,
    what: string
): Promise<boolean> {
    const { neededBytes } = stepper
    if (!sensor.fitQuality) return false
    const quality = await sensor.fitQuality(neededBytes, plan.bufferBytes)
    if (quality === 0) return false
    console.log(`${what}: quality ${quality} from now on`)
    const nowMs = ds.millis()
    stepper.excess = 0
    stepper.largestBytes = 0
    stepper.raiseAtMs = nowMs + Policy.RAISE_MS
    stepper.waitUntilMs =
        nowMs + (Policy.FRAMES_IN_FLIGHT * 1000) / plan.timing.fps
    return true
}

/** Whether the quality is below the one that was asked for. */
export function isLowered(stepper: QualityStepper): boolean {
    return stepper.raiseAtMs > 0
}

/** A frame fits: how much room does it leave? */
export function sawFrame(stepper: QualityStepper, sizeBytes: number): void {
    stepper.largestBytes = Math.max(stepper.largestBytes, sizeBytes)
}

/** Now and then, while the quality is lowered: raise it as far as the frames that were seen leave room. */
export async function raiseQuality(
    stepper: QualityStepper,
    sensor: Sensor,
    plan: CapturePlan
): Promise<void> {
    const nowMs = ds.millis()
    if (nowMs < stepper.raiseAtMs) return
    stepper.raiseAtMs = nowMs + Policy.RAISE_MS
    const { largestBytes } = stepper
    stepper.largestBytes = 0
    if (!sensor.fitQuality || largestBytes === 0) return
    try {
        const { bufferBytes } = plan
        const quality = await sensor.fitQuality(largestBytes, bufferBytes)
        if (quality > 0)
            console.log(
                `a JPEG of ${largestBytes} bytes leaves room in the buffer of ${bufferBytes}: quality ${quality} from now on`
            )
    } catch (error) {
        // The next look tries again.
        if (!(error instanceof SensorError)) throw error
    }
}

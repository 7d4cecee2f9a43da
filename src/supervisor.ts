// SPDX-License-Identifier: MIT
// Watches a capture that runs: finds out why frames do not come, and brings them back when they can.
//
// Functions, where elsewhere a class would have private methods: a method takes GC heap, a function none.

import * as ds from "@devicescript/core"
import { sleepAtLeast } from "../drivers/sleep-at-least"
import type { Sensor } from "../drivers/sensor"
import { SensorError, SensorState } from "../drivers/sensor"
import type { FrameGrabber } from "../drivers/grabber/grabber"
import type { CameraFault, FaultHandler } from "./camera-fault"
import { causeText } from "./camera-fault"
import type { FaultCounters } from "./fault-counters"
import { badFrames, lookAtCounters } from "./fault-counters"
import type { FrameStream } from "./frame-stream"
import { lock, unlock } from "./frame-stream"
import type { CapturePlan } from "./plan/types"
import { checkQuality } from "./quality-stepper"
import { FaultCause, faultName } from "../protocol/faults"
import {
    CaptureState,
    Control,
    GrabberReg,
    Signal,
} from "../protocol/grabber-page"

/** Times and counts that are policy, not hardware. */
enum Policy {
    /** Between two looks whether the sensor is there. */
    PROBE_MS = 50,
    /** Frames in a row that came to nothing after which the sensor is set up anew, and how often at most. */
    BAD_FRAMES = 8,
    SET_UP_MS = 1000,
    /** From the end of RESET until registers may be written: the OV2640 needs 1 ms (data sheet). */
    RESET_MS = 2,
    /** Between two looks whether the first frame has come, and how long it may take: frames, and more. */
    FIRST_POLL_MS = 5,
    FIRST_FRAMES = 12,
    FIRST_EXTRA_MS = 200,
    /** While none comes: between two looks whether the sensor is still there. */
    LOOK_MS = 200,
    /** Between two looks at HSYNC. */
    HSYNC_POLL_MS = 3,
}

/** A camera, as far as it is watched. */
export interface Supervised {
    readonly sensor: Sensor
    readonly grabber: FrameGrabber
    readonly stream: FrameStream
    readonly faults: FaultCounters
    readonly faultHandler: FaultHandler | undefined
    /** Frames come at triggers only. */
    readonly triggered: boolean
    applied(): CapturePlan
    /** Set everything up with the last request. */
    setUpAgain(): Promise<void>
}

/** A fault counter moved, or frames that were due do not come. */
export async function lookAtFaults(camera: Supervised): Promise<void> {
    const { faults, stream } = camera
    const cause = await lookAtCounters(faults, camera.grabber)
    if (!stream.running || stream.lostCause !== FaultCause.NONE) return
    if ((await readState(camera)) === CaptureState.STALLED) {
        bringFramesBack(camera, await diagnose(camera, FaultCause.LOST))
        return
    }
    if (cause === FaultCause.NONE || (await mustSetUp(camera, cause))) return
    await stepQuality(camera)
    const named = await closerCause(camera, cause)
    if (named === FaultCause.SENSOR_RESET) bringFramesBack(camera, named)
    else
        tell(camera, {
            cause: named,
            message: causeText(named),
            recovered: true,
        })
}

/** A frame at an unexpected time: a sensor that lost its settings may send frames of the same size at another rate. */
async function closerCause(
    camera: Supervised,
    cause: FaultCause
): Promise<FaultCause> {
    if (cause !== FaultCause.DOUBTFUL && cause !== FaultCause.LOST) return cause
    const found = await diagnose(camera, cause)
    return found === FaultCause.SENSOR_RESET ||
        found === FaultCause.CAPTURE_REGISTERS
        ? found
        : cause
}

/**
 * Frames come as they should: has the sensor still what was written to it? After a reset it may send frames of the same size at
 * the same rate. Asked twice, so that a wrong bit in a transfer is no reset; a bus that fails is not the capture's affair.
 */
export async function lookAtRegisters(camera: Supervised): Promise<void> {
    const { stream } = camera
    // Somebody writes to it.
    if (stream.locked) return
    await lock(stream)
    let cause: FaultCause
    try {
        // Of a bus that hangs this costs one time-out, check() one for each address.
        await camera.sensor.readExposure({ exposureUs: 0, gain: 0 })
        cause = await lossOf(camera)
        if (isOther(cause)) cause = await lossOf(camera)
    } catch (error) {
        cause = busCause(error as Error)
    } finally {
        unlock(stream)
    }
    if (isOther(cause)) bringFramesBack(camera, cause)
}

/** It answers, and is not the sensor that was set up. */
function isOther(cause: FaultCause): boolean {
    return (
        cause === FaultCause.SENSOR_RESET || cause === FaultCause.SENSOR_OTHER
    )
}

/** Does a compressed frame not fit? */
async function stepQuality(camera: Supervised): Promise<void> {
    const { stepper } = camera.stream
    if (!stepper) return
    const plan = camera.applied()
    try {
        await checkQuality(stepper, camera.sensor, plan, camera.faults)
    } catch (e) {
        const error = e as Error
        // Of the bus: the next frame tries again.
        if (error instanceof SensorError) return
        if (!camera.faultHandler) throw error
        const { message } = error
        const cause = FaultCause.TOO_LARGE
        tell(camera, { cause, message, recovered: false, error })
    }
}

/**
 * Stop the capture, and bring it back when that can succeed.
 *
 * @param error what the program has got already, if any
 */
export function bringFramesBack(
    camera: Supervised,
    cause: FaultCause,
    error?: Error
): void {
    if (camera.stream.lostCause !== FaultCause.NONE) return
    note(camera, cause, error)
    recover.start(camera)
}

/** Until frames come, or are wanted no more. */
async function recover(camera: Supervised): Promise<void> {
    const { faults, stream } = camera
    const startMs = ds.millis()
    await pause(camera)
    while (stream.streaming && !(await tryAgain(camera)))
        await ds.sleep(Policy.PROBE_MS)
    await lookAtCounters(faults, camera.grabber)
    const cause = stream.lostCause
    stream.lostCause = FaultCause.NONE
    if (!stream.streaming) return
    const message = `${camera.sensor.limits.name}: frames come again after ${ds.millis() - startMs} ms (${faultName(cause)})`
    console.log(message)
    tell(camera, { cause, message, recovered: true })
}

/** Many frames in a row that came to nothing: has the sensor lost its settings? */
async function mustSetUp(
    camera: Supervised,
    cause: FaultCause
): Promise<boolean> {
    const { faults } = camera
    if (badFrames(faults) < Policy.BAD_FRAMES) return false
    const nowMs = ds.millis()
    if (nowMs < faults.setUpAtMs) return false
    faults.setUpAtMs = nowMs + Policy.SET_UP_MS
    const found = await diagnose(camera, cause)
    // What the sensor sends is right: the quality is to go down.
    if (found === FaultCause.TOO_LARGE) return false
    bringFramesBack(camera, found)
    return true
}

/**
 * Find out why frames do not come.
 *
 * @param otherwise when pins and sensor are as they should be
 */
async function diagnose(
    camera: Supervised,
    otherwise: FaultCause
): Promise<FaultCause> {
    const signals = await readSignals(camera)
    const loss = await lossOf(camera)
    if (loss !== FaultCause.NONE) return loss
    if (!(signals & Signal.REGISTERS_RIGHT)) return FaultCause.CAPTURE_REGISTERS
    if (!(signals & Signal.PIXCLK_MOVES)) return FaultCause.NO_PIXCLK
    if (otherwise === FaultCause.DOUBTFUL) return otherwise
    if (otherwise !== FaultCause.LOST)
        return (await hsyncMoves(camera)) ? otherwise : FaultCause.NO_HSYNC
    // Frames may have come again meanwhile.
    return (await readState(camera)) === CaptureState.STALLED
        ? FaultCause.NO_VSYNC
        : FaultCause.LOST
}

/**
 * Ask the sensor.
 *
 * @returns why it cannot send what it was set up for; NONE: it can
 * @throws an error that is none of the sensor's bus
 */
export async function lossOf({ sensor }: Supervised): Promise<FaultCause> {
    try {
        const state = await sensor.check()
        return state === SensorState.CONFIGURED
            ? FaultCause.NONE
            : stateCause(state)
    } catch (error) {
        return busCause(error as Error)
    }
}

/** Between two frames it rests: look for the time of one. */
async function hsyncMoves(camera: Supervised): Promise<boolean> {
    const startMs = ds.millis()
    while (!((await readSignals(camera)) & Signal.HSYNC_MOVES)) {
        if (ds.millis() - startMs > framesMs(camera, 1)) return false
        await ds.sleep(Policy.HSYNC_POLL_MS)
    }
    return true
}

/** @returns false: to be tried again */
async function tryAgain(camera: Supervised): Promise<boolean> {
    const { stream } = camera
    await lock(stream)
    try {
        // Somebody else may have set it up meanwhile.
        if (stream.streaming && !stream.running) {
            const cause = await bringBack(camera)
            if (cause !== FaultCause.NONE) {
                note(camera, cause)
                return false
            }
        }
    } finally {
        unlock(stream)
    }
    return await framesCome(camera)
}

/** Set everything up once more. @returns why that failed; NONE: it did not */
async function bringBack(camera: Supervised): Promise<FaultCause> {
    try {
        const state = await camera.sensor.check()
        // Also where nobody answers: a chip that hangs may hear RESET.
        await camera.grabber.control(Control.SENSOR_ON)
        await sleepAtLeast(Policy.RESET_MS)
        if (state === SensorState.ABSENT || state === SensorState.OTHER)
            return stateCause(state)
        await camera.setUpAgain()
        await camera.stream.resume()
        return FaultCause.NONE
    } catch (error) {
        return busCause(error as Error)
    }
}

/**
 * Wait for the first frame: with a wire that is off for a while the capture goes on as soon as it is back.
 *
 * @returns false when the sensor is to be set up anew
 */
async function framesCome(camera: Supervised): Promise<boolean> {
    const { stream } = camera
    const before = await readFrames(camera)
    const startMs = ds.millis()
    let lookMs = startMs + framesMs(camera, Policy.FIRST_FRAMES)
    while (stream.running) {
        // A frame that is triggered comes when it is.
        if (camera.triggered || (await readFrames(camera)) !== before)
            return true
        const nowMs = ds.millis()
        if (nowMs > lookMs) {
            const cause = await diagnose(camera, FaultCause.LOST)
            note(camera, cause)
            const gone =
                cause >= FaultCause.SENSOR_ABSENT &&
                cause <= FaultCause.SENSOR_OTHER
            if (gone || nowMs - startMs > Policy.SET_UP_MS) {
                await pause(camera)
                return false
            }
            lookMs = nowMs + Policy.LOOK_MS
        }
        await ds.sleep(Policy.FIRST_POLL_MS)
    }
    return false
}

async function readFrames({ grabber }: Supervised): Promise<number> {
    const block = await grabber.readBlock(GrabberReg.FRAMES, "FRAMES", 4)
    return block.getAt(0, "u32")
}

/** @returns a CaptureState */
async function readState({ grabber }: Supervised): Promise<number> {
    return (await grabber.readBlock(GrabberReg.STATE, "STATE", 1))[0]
}

/** Look at the sensor's pins for up to 2 ms. @returns Signal bits */
async function readSignals({ grabber }: Supervised): Promise<number> {
    return (await grabber.readBlock(GrabberReg.SIGNALS, "SIGNALS", 4))[0]
}

/** The time of so many frames, and more. */
function framesMs(camera: Supervised, frames: number): number {
    const { timing } = camera.applied()
    return Policy.FIRST_EXTRA_MS + (frames * 1000) / timing.fps
}

async function pause({ stream }: Supervised): Promise<void> {
    await lock(stream)
    try {
        await stream.pause()
    } finally {
        unlock(stream)
    }
}

/** Say what is wrong, once. */
function note(camera: Supervised, cause: FaultCause, error?: Error): void {
    const { stream } = camera
    if (cause === stream.lostCause) return
    stream.lostCause = cause
    const message = `${camera.sensor.limits.name}: no frames, ${faultName(cause)}: ${causeText(cause)}`
    console.warn(message)
    tell(camera, { cause, message, recovered: false, error })
}

function stateCause(state: SensorState): FaultCause {
    if (state === SensorState.ABSENT) return FaultCause.SENSOR_ABSENT
    return state === SensorState.OTHER
        ? FaultCause.SENSOR_OTHER
        : FaultCause.SENSOR_RESET
}

/** @throws the error when it is none of the sensor's bus */
function busCause(error: Error): FaultCause {
    if (!(error instanceof SensorError)) throw error
    if (error.faultCause === FaultCause.NONE) throw error
    return error.faultCause
}

/** Tell the program, in a fiber of its own: whatever its handler waits for, the camera goes on. */
function tell({ faultHandler }: Supervised, fault: CameraFault): void {
    if (faultHandler) callHandler.start(faultHandler, fault)
}

async function callHandler(
    handler: FaultHandler,
    fault: CameraFault
): Promise<void> {
    await handler(fault)
}

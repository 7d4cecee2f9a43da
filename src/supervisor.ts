// SPDX-License-Identifier: MIT
// Watches a capture that runs: finds out why frames do not come, and brings them back when they can.

import * as ds from "@devicescript/core"
import { SensorError, SensorState } from "../drivers/sensor"
import type { Camera } from "./camera"
import { causeText } from "./camera-fault"
import { FaultCounters } from "./fault-counters"
import { FaultCause, faultName } from "../protocol/faults"
import { CaptureState, GrabberReg, Signal } from "../protocol/grabber-page"

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
    /** Between two looks at HSYNC. */
    HSYNC_POLL_MS = 3,
}

/** Looks after a camera's stream. */
export class Supervisor {
    /** The capture is stopped because frames do not come; it is set up again as soon as that can succeed. */
    recovering = false

    private readonly camera: Camera
    private readonly counters: FaultCounters
    private cause = FaultCause.NONE
    private lostMs = 0
    private setUpMs = -Policy.SET_UP_MS

    constructor(camera: Camera) {
        this.camera = camera
        this.counters = new FaultCounters(camera.grabber)
    }

    /** A fault counter moved, or frames that were due do not come. */
    async look(): Promise<void> {
        const { camera, counters } = this
        const cause = await counters.look()
        if (!camera.stream.running || this.recovering) return
        if ((await camera.grabber.readState()) === CaptureState.STALLED)
            this.begin(await this.diagnose(FaultCause.LOST))
        else if (!(await this.mustSetUp(cause))) {
            await camera.stepQuality(counters)
            if (cause !== FaultCause.NONE)
                camera.tell({
                    cause,
                    message: causeText(cause),
                    recovered: true,
                })
        }
    }

    /**
     * Stop the capture, and bring it back when that can succeed.
     *
     * @param error what the program has got already, if any
     */
    begin(cause: FaultCause, error?: Error): void {
        if (this.recovering) return
        this.recovering = true
        this.lostMs = ds.millis()
        this.note(cause, error)
        recoverStream.start(this)
    }

    /** Until frames come, or are wanted no more. */
    async recover(): Promise<void> {
        const { camera, counters } = this
        await this.pause()
        while (camera.stream.streaming && !(await this.tryAgain()))
            await ds.sleep(Policy.PROBE_MS)
        await counters.look()
        this.recovering = false
        camera.stream.problem = ""
        if (!camera.stream.streaming) return
        const message = `${camera.sensor.limits.name}: frames come again after ${ds.millis() - this.lostMs} ms (${faultName(this.cause)})`
        console.log(message)
        camera.tell({ cause: this.cause, message, recovered: true })
    }

    /** Many frames in a row that came to nothing: has the sensor lost its settings? */
    private async mustSetUp(cause: FaultCause): Promise<boolean> {
        if (cause === FaultCause.NONE) return false
        if (this.counters.badFrames() < Policy.BAD_FRAMES) return false
        if (ds.millis() - this.setUpMs < Policy.SET_UP_MS) return false
        this.setUpMs = ds.millis()
        const found = await this.diagnose(cause)
        // What the sensor sends is right: the quality is to go down.
        if (found === FaultCause.TOO_LARGE) return false
        this.begin(found)
        return true
    }

    /**
     * Find out why frames do not come.
     *
     * @param otherwise when pins and sensor are as they should be
     */
    private async diagnose(otherwise: FaultCause): Promise<FaultCause> {
        const { sensor, grabber } = this.camera
        const signals = await grabber.readSignals()
        try {
            const state = await sensor.check()
            if (state !== SensorState.CONFIGURED) return stateCause(state)
        } catch (error) {
            return busCause(error as Error)
        }
        if (!(signals & Signal.REGISTERS_RIGHT))
            return FaultCause.CAPTURE_REGISTERS
        if (!(signals & Signal.PIXCLK_MOVES)) return FaultCause.NO_PIXCLK
        if (otherwise === FaultCause.LOST) return await this.lostCause()
        return (await this.hsyncMoves()) ? otherwise : FaultCause.NO_HSYNC
    }

    /** Frames may have come again meanwhile. */
    private async lostCause(): Promise<FaultCause> {
        const state = await this.camera.grabber.readState()
        return state === CaptureState.STALLED
            ? FaultCause.NO_VSYNC
            : FaultCause.LOST
    }

    /** Between two frames it rests: look for the time of one. */
    private async hsyncMoves(): Promise<boolean> {
        const { grabber } = this.camera
        const startMs = ds.millis()
        while (!((await grabber.readSignals()) & Signal.HSYNC_MOVES)) {
            if (ds.millis() - startMs > this.framesMs(1)) return false
            await ds.sleep(Policy.HSYNC_POLL_MS)
        }
        return true
    }

    /** @returns false: to be tried again */
    private async tryAgain(): Promise<boolean> {
        const { camera } = this
        const { stream } = camera
        await camera.mutex.lock()
        try {
            // Somebody else may have set it up meanwhile.
            if (stream.streaming && !stream.running) {
                const cause = await this.bringBack()
                if (cause !== FaultCause.NONE) {
                    this.note(cause)
                    return false
                }
            }
        } finally {
            camera.mutex.unlock()
        }
        return await this.framesCome()
    }

    /** Set everything up once more. @returns why that failed; NONE: it did not */
    private async bringBack(): Promise<FaultCause> {
        const { camera } = this
        try {
            const state = await camera.sensor.check()
            // Also where nobody answers: a chip that hangs may hear RESET.
            await camera.grabber.powerSensor(true)
            await ds.sleep(Policy.RESET_MS)
            if (state === SensorState.ABSENT || state === SensorState.OTHER)
                return stateCause(state)
            await camera.setUpAgain()
            await camera.stream.resume()
            return FaultCause.NONE
        } catch (error) {
            return busCause(error as Error)
        }
    }

    /** Wait for the first frame. @returns false when none comes */
    private async framesCome(): Promise<boolean> {
        const { camera } = this
        const { stream } = camera
        const before = await this.readFrames()
        const startMs = ds.millis()
        while (stream.running) {
            // A frame that is triggered comes when it is.
            if (camera.triggered || (await this.readFrames()) !== before)
                return true
            if (ds.millis() - startMs > this.framesMs(Policy.FIRST_FRAMES)) {
                this.note(await this.diagnose(FaultCause.LOST))
                await this.pause()
                await ds.sleep(Policy.SET_UP_MS)
                return false
            }
            await ds.sleep(Policy.FIRST_POLL_MS)
        }
        return false
    }

    private async readFrames(): Promise<number> {
        const { grabber } = this.camera
        const block = await grabber.readBlock(GrabberReg.FRAMES, "FRAMES", 4)
        return block.getAt(0, "u32")
    }

    /** The time of so many frames, and more. */
    private framesMs(frames: number): number {
        return (
            Policy.FIRST_EXTRA_MS +
            (frames * 1000) / this.camera.applied().timing.fps
        )
    }

    private async pause(): Promise<void> {
        const { mutex, stream } = this.camera
        await mutex.lock()
        try {
            await stream.pause()
        } finally {
            mutex.unlock()
        }
    }

    /** Say what is wrong, once. */
    private note(cause: FaultCause, error?: Error): void {
        if (cause === this.cause && this.camera.stream.problem !== "") return
        const { camera } = this
        this.cause = cause
        const message = `${camera.sensor.limits.name}: no frames, ${faultName(cause)}: ${causeText(cause)}`
        camera.stream.problem = message
        console.warn(message)
        camera.tell({ cause, message, recovered: false, error })
    }
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

async function recoverStream(supervisor: Supervisor): Promise<void> {
    await supervisor.recover()
}

// SPDX-License-Identifier: MIT
// The stream of frames: the grabber's notifications, its queue, and the handler that every frame is lent to.

import * as ds from "@devicescript/core"
import type { FrameGrabber } from "../drivers/grabber/grabber"
import type { Sensor, SensorExposure } from "../drivers/sensor"
import { SensorError } from "../drivers/sensor"
import { Frame, NOT_READ } from "./frame"
import type { CapturePlan } from "./plan/types"
import type { QualityStepper } from "./quality-stepper"
import { isLowered, raiseQuality, sawFrame } from "./quality-stepper"
import { causeText } from "./camera-fault"
import { FaultCause, faultName } from "../protocol/faults"
import type { WindowMover } from "./window-mover"

/** Times and counts that are policy, not hardware. */
enum Policy {
    /** The grabber announces itself every 500 ms. */
    ANNOUNCE_TIMEOUT_MS = 3000,
    /** Frames between two looks at what automatic exposure does: the sensor's bus is slow. */
    EXPOSURE_LOOK_FRAMES = 32,
    /** Of so many looks one is at the sensor's registers, half way between two at the exposure. */
    LOOKS = 4,
    /** Frames handled in a row before other fibers get a turn; the VM ends a program that never waits. */
    FRAMES_PER_TURN = 16,
    /** How long a snapshot may take: frames, and milliseconds for slow handlers on top. */
    SNAPSHOT_FRAMES = 20,
    SNAPSHOT_EXTRA_MS = 1000,
}

/** Codes of services/frame-grabber.md. */
enum NotifierEvent {
    FRAME = 0x80,
}

/** Whether the sensor stands by. */
export enum Standby {
    OFF = 0,
    ON = 1,
    /** And frames are wanted when it ends. */
    STREAM_AFTERWARDS = 2,
}

/** What is done with a frame. It is given back when the promise resolves. */
export type FrameHandler = (frame: Frame) => ds.AsyncVoid

/** Starts and stops sensor and grabber together, and lends what comes. Knows nothing of how they are set up. */
export class FrameStream {
    /** Says that frames wait, or that a fault counter moved. */
    readonly notifier = new ds.FrameGrabber()
    /** Frames are wanted; start() and stop() change it. */
    streaming = false
    /** The capture runs: frames come, if the sensor sends them. */
    running = false
    /** The sensor has the registers that it was set up with, as far as anybody knows. */
    sensorReady = false
    /** Why no frames come although they are wanted; the supervisor brings them back. */
    lostCause = FaultCause.NONE
    /** Of compressed frames. */
    stepper: QualityStepper | undefined = undefined
    /** Somebody starts, stops or sets up: lock(). */
    locked = false
    /** The sensor stands by. */
    standby = Standby.OFF
    /** What is done with frames, and with batches of rows where the plan has them. */
    handler: FrameHandler | undefined = undefined
    linesHandler: FrameHandler | undefined = undefined
    /** Compares the sensor's registers with what was written to them. */
    checkSensor: (() => Promise<void>) | undefined = undefined

    private readonly sensor: Sensor
    private readonly grabber: FrameGrabber
    private readonly mover: WindowMover
    private readonly frame: Frame
    private readonly snapshotFrame: Frame
    /** As frames are labelled with it. */
    private readonly exposure: SensorExposure = { exposureUs: 0, gain: 1 }

    private plan: CapturePlan | undefined = undefined
    /** The plan makes batches of rows. */
    private batches = false
    private strictSettling = false
    private automatic = true
    /** Delivered frames until the next look at the sensor is due; below 0: it waits until no frame does. */
    private framesUntilLook = 0
    private looks = 0
    /** Looks in a row that the sensor has not answered. */
    private failedLooks = 0

    private draining = false
    private notified = false
    private snapshotWanted = false
    /** The first frame that was exposed after the call of snapshot(); -1: not known yet. */
    private snapshotSequence = 0

    constructor(sensor: Sensor, grabber: FrameGrabber, mover: WindowMover) {
        this.sensor = sensor
        this.grabber = grabber
        this.mover = mover
        this.frame = new Frame(grabber)
        this.snapshotFrame = new Frame(grabber)
        drainOnNotify(this)
    }

    /**
     * Take over what sensor and grabber are set up for; while stopped.
     *
     * @param strictSettling the first frame at another place of the sensor's window is left out
     */
    async prepare(plan: CapturePlan, strictSettling: boolean): Promise<void> {
        await this.snapshotFrame.release()
        this.plan = plan
        this.batches = plan.batchRows > 0
        this.strictSettling = strictSettling
        this.exposure.exposureUs = 0
        this.exposure.gain = 1
    }

    /**
     * Label later frames with an exposure. What is automatic is looked at now and then.
     *
     * @param fixed 0: automatic, which keeps the label that it has
     */
    async label(fixed: SensorExposure): Promise<void> {
        const { exposureUs, gain } = fixed
        const seen = this.exposure
        this.automatic = exposureUs === 0 || gain === 0
        await this.grabber.annotate(
            exposureUs > 0 ? exposureUs : seen.exposureUs,
            gain > 0 ? gain : seen.gain
        )
        // A look before then would find the old exposure, and keep it as the label for long.
        this.framesUntilLook = this.sensor.limits.exposureDelayFrames + 2
    }

    /** Events before the role is bound are lost, so that a stream without it could stand still for ever. */
    async waitForNotifier(): Promise<void> {
        const startMs = ds.millis()
        while (!this.notifier.isBound) {
            if (ds.millis() - startMs > Policy.ANNOUNCE_TIMEOUT_MS)
                throw new Error(
                    `frame grabber: no announcement in ${Policy.ANNOUNCE_TIMEOUT_MS} ms; is the native code running?`
                )
            await ds.sleep(5)
        }
    }

    /** Let frames come. When the sensor or the grabber does not do as told, nothing runs. */
    async resume(): Promise<void> {
        if (this.running) return
        this.framesUntilLook = 1
        // Receiver first: the sensor's first frame finds it armed.
        await this.grabber.start()
        this.running = true
        try {
            await this.sensor.start()
        } catch (error) {
            await this.pause()
            throw error
        }
    }

    /** Let none come. Frames that nobody looked at are skipped. A sensor that does not hear it is set up anew before a start. */
    async pause(): Promise<void> {
        if (!this.running) return
        this.running = false
        // Receiver first here too: the DCMI ends a capture at the end of a frame, which a stopped sensor never sends.
        await this.grabber.stop()
        try {
            await this.sensor.stop()
        } catch (error) {
            if (!(error instanceof SensorError)) throw error
            this.sensorReady = false
        }
    }

    /** Want frames no more. */
    async stop(): Promise<void> {
        this.streaming = false
        await this.pause()
    }

    /**
     * Keep the next frame that is exposed after this call for takeSnapshot(). The frame kept before is given back.
     *
     * @throws Error when the plan makes no frames
     */
    async wantSnapshot(plan: CapturePlan): Promise<void> {
        if (plan.batchRows > 0)
            throw new Error("camera: batches of rows make no snapshot")
        await this.snapshotFrame.release()
        this.snapshotSequence = 0
        if (this.running) {
            // What waits was exposed before; what is on the wires now may have been. drain() counts on from there.
            this.snapshotSequence = -1
            await this.grabber.skip(255)
        }
        this.snapshotWanted = true
    }

    /**
     * Wait for the frame that wantSnapshot() asked for.
     *
     * @returns the frame, lent until its release(), the next wantSnapshot() or prepare()
     * @throws Error when none comes in time, for instance because a handler keeps the only buffer
     */
    async takeSnapshot(plan: CapturePlan): Promise<Frame> {
        const frames = Policy.SNAPSHOT_FRAMES + this.sensor.limits.settleFrames
        const timeoutMs =
            Policy.SNAPSHOT_EXTRA_MS + (frames * 1000) / plan.timing.fps
        const startMs = ds.millis()
        while (this.snapshotWanted && ds.millis() - startMs < timeoutMs)
            await ds.sleep(1)
        if (this.snapshotWanted) {
            this.snapshotWanted = false
            throw new Error(
                `snapshot: no frame in ${Math.round(timeoutMs)} ms; ${noFrame(this.lostCause)}`
            )
        }
        return this.snapshotFrame
    }

    /**
     * Take frames out of the queue until it is empty. A notification calls it; one loop runs at a time, and a notification
     * that comes meanwhile makes it look once more.
     */
    async drain(): Promise<void> {
        this.notified = true
        if (this.draining) return
        this.draining = true
        try {
            while (this.notified) {
                this.notified = false
                await this.takeAll()
            }
        } finally {
            this.draining = false
        }
    }

    private async takeAll(): Promise<void> {
        let turn = 0
        while (this.streaming) {
            const handler = this.batches ? this.linesHandler : this.handler
            const wanted = this.snapshotWanted
            if (!handler)
                if (!wanted) {
                    await this.grabber.skip(255)
                    return
                }
            const frame = wanted ? this.snapshotFrame : this.frame
            if (wanted) this.forgetDescriptors()
            if (!(await this.grabber.next(frame))) break
            // A frame that comes after none waits has a notification of its own.
            if ((await this.lend(frame, handler, wanted)) === 0) break
            // Every frame finds another one waiting: one of them has to wait longer.
            if (this.framesUntilLook <= -Policy.EXPOSURE_LOOK_FRAMES)
                await this.lookAtSensor()
            turn++
            if (turn === Policy.FRAMES_PER_TURN) {
                turn = 0
                await ds.sleep(0)
            }
        }
        if (this.streaming) await this.whileNoneWaits()
    }

    /** Descriptors count their changes modulo 256: of two frames that take turns, each would take 256 of them for none. */
    private forgetDescriptors(): void {
        this.frame.changes = NOT_READ
        this.snapshotFrame.changes = NOT_READ
    }

    /** @returns how many frames wait afterwards; 1: some may */
    private async lend(
        frame: Frame,
        handler: FrameHandler | undefined,
        snapshot: boolean
    ): Promise<number> {
        const stepper = this.stepper
        if (stepper) if (isLowered(stepper)) sawFrame(stepper, frame.sizeBytes)
        if (this.strictSettling)
            if (this.unsettled(frame)) return await frame.release()
        if (snapshot) if (this.isSnapshot(frame)) return 1
        let done = false
        let waiting = 1
        try {
            if (handler) await handler(frame)
            done = true
        } finally {
            waiting = await frame.release()
            // The exception goes on and ends the program; nothing more may arrive for it.
            if (!done) await this.stop()
        }
        this.framesUntilLook--
        return waiting
    }

    /** What has time until the next frame. */
    private async whileNoneWaits(): Promise<void> {
        if (this.framesUntilLook <= 0)
            if (this.running) await this.lookAtSensor()
        const stepper = this.stepper
        if (stepper)
            if (isLowered(stepper) && this.plan)
                await raiseQuality(stepper, this.sensor, this.plan)
    }

    /** No source says that the first frame after a move is good: strict settling leaves it out. */
    private unsettled(frame: Frame): boolean {
        return this.plan !== undefined && this.mover.justMoved(this.plan, frame)
    }

    /** Keep a frame for snapshot() when it was exposed late enough. */
    private isSnapshot(frame: Frame): boolean {
        // The frame after the one on the wires may have begun its exposure before the call; the next has not.
        if (this.snapshotSequence < 0)
            this.snapshotSequence = frame.sequence + 2
        if (frame.sequence < this.snapshotSequence) return false
        this.snapshotWanted = false
        return true
    }

    private async lookAtSensor(): Promise<void> {
        this.looks = (this.looks + 1) % Policy.LOOKS
        const check = this.looks === 0
        const half = check || this.looks === Policy.LOOKS - 1
        this.framesUntilLook = half
            ? Policy.EXPOSURE_LOOK_FRAMES / 2
            : Policy.EXPOSURE_LOOK_FRAMES
        if (!check) {
            if (this.automatic) await this.lookAtExposure()
        } else if (this.checkSensor && this.failedLooks === 0)
            // A bus that is known to fail costs time and tells nothing.
            await this.checkSensor()
    }

    /**
     * Note for later frames what automatic exposure does, now and then. Only labels depend on it: a sensor that does not
     * answer is asked again at the next look.
     */
    private async lookAtExposure(): Promise<void> {
        const exposure = this.exposure
        try {
            await this.sensor.readExposure(exposure)
        } catch (error) {
            if (!(error instanceof SensorError)) throw error
            // Once, not with every look.
            if (this.failedLooks === 0)
                console.warn(
                    `${error.message}; frames keep the exposure and gain that were read last`
                )
            this.failedLooks++
            return
        }
        if (this.failedLooks > 0)
            console.log(
                `${this.sensor.limits.name} answers again; looks at the exposure that failed: ${this.failedLooks}`
            )
        this.failedLooks = 0
        await this.grabber.annotate(exposure.exposureUs, exposure.gain)
    }
}

/** DeviceScript has no `this` in a function inside a constructor. */
function drainOnNotify(stream: FrameStream): void {
    const { notifier } = stream
    const others = notifier._onPacket
    // Before the library sorts packets out, which takes longer than all that the stream does with a frame.
    notifier._onPacket = async packet => {
        if (packet && packet.eventCode === NotifierEvent.FRAME)
            await stream.drain()
        else await others(packet)
    }
}

/**
 * Wait until nobody else starts, stops or sets up, and keep others from it: for milliseconds. Who holds it must not lock again.
 */
export async function lock(stream: FrameStream): Promise<void> {
    while (stream.locked) await ds.sleep(1)
    stream.locked = true
}

export function unlock(stream: FrameStream): void {
    stream.locked = false
}

function noFrame(cause: FaultCause): string {
    return cause === FaultCause.NONE
        ? "a handler that takes a snapshot needs a second buffer and must not wait for it"
        : `${faultName(cause)}: ${causeText(cause)}`
}

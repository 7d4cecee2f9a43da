// SPDX-License-Identifier: MIT
// The camera: plans a capture, sets up sensor and frame grabber for it, and changes what may change while frames come.

import type {
    BoardBlock,
    Counters,
    DisplayBlock,
    RecoveryCounters,
} from "../drivers/grabber/blocks"
import { FrameGrabber } from "../drivers/grabber/grabber"
import { sleepAtLeast } from "../drivers/sleep-at-least"
import type { Sensor, SensorExposure } from "../drivers/sensor"
import { SensorError } from "../drivers/sensor"
import type { FaultHandler } from "./camera-fault"
import type { CaptureMode } from "./capture-mode"
import { FaultCounters } from "./fault-counters"
import type { Frame } from "./frame"
import type { FrameHandler } from "./frame-stream"
import { FrameStream, lock, Standby, unlock } from "./frame-stream"
import { CropLimit } from "./plan/crop"
import { displayStride } from "./plan/display"
import { PlanError } from "./plan/plan-error"
import { planCapture } from "./plan/plan"
import { isLowered, QualityStepper } from "./quality-stepper"
import {
    bringFramesBack,
    lookAtFaults,
    lookAtRegisters,
    lossOf,
} from "./supervisor"
import type { Point } from "./window-mover"
import { WindowMover } from "./window-mover"
import {
    BoardFlag,
    Control,
    DisplayFlag,
    LineDestination,
    ModeFlag,
} from "../protocol/grabber-page"
import type {
    Rectangle,
    DisplayRequest,
    CaptureRequest,
} from "../protocol/capture"
import {
    PixelFormat,
    Strategy,
    strategyName,
    TestPattern,
} from "../protocol/capture"
import { FaultCause } from "../protocol/faults"
import { decodeRequest } from "../protocol/request-block"
import type { CapturePlan } from "./plan/types"

/** Times that are policy, not hardware. */
enum Policy {
    /** Long enough for any sensor clock, far shorter than an exposure. */
    TRIGGER_PULSE_US = 10,
    /** From the end of standby or RESET until registers may be written: the OV2640 needs 1 ms (data sheet). */
    WAKE_MS = 2,
}

/**
 * A camera: one sensor on the frame grabber. A program has one.
 *
 * @example
 * const camera = new Camera(new MT9V034())
 * const mode = await camera.configure({ window: { width: 220, height: 220 }, fps: 120 })
 * camera.onFrame(async frame => {
 *     const stats = await frame.stats(128)
 * })
 * await camera.start()
 */
export class Camera {
    readonly sensor: Sensor
    readonly grabber = new FrameGrabber()

    /** These and what follows are for the supervisor. */
    readonly stream: FrameStream
    readonly faults = new FaultCounters()
    /** Frames come at trigger() only. */
    triggered = false

    private readonly mover: WindowMover

    private board: BoardBlock | undefined = undefined
    private plan: CapturePlan | undefined = undefined
    private request: CaptureRequest = {}
    /** For the supervisor. */
    faultHandler: FaultHandler | undefined = undefined

    constructor(sensor: Sensor) {
        this.sensor = sensor
        this.mover = new WindowMover(sensor, this.grabber)
        this.stream = new FrameStream(sensor, this.grabber, this.mover)
        lookOnFault(this.stream, this)
    }

    /** Read what the user asked for on the command line or in the settings; 0 and left out: nothing. */
    async readRequest(): Promise<CaptureRequest> {
        await this.findGrabber()
        return decodeRequest(await this.grabber.readRequest())
    }

    /**
     * Plan and set up a capture. May be repeated; while streaming it interrupts the stream. When the sensor fails meanwhile, an
     * error says so, and the stream goes on with this request as soon as the sensor does as told.
     *
     * @returns what was applied
     * @throws PlanError when the request is impossible, with the sum that does not add up
     * @throws SensorError, GrabberError when a chip does not do as told
     */
    async configure(request: CaptureRequest): Promise<CaptureMode> {
        const board = await this.findGrabber()
        const { sensor, stream, mover } = this
        const strictSettling = request.strictSettling === true
        let plan: CapturePlan
        let fixed: SensorExposure
        await lockAwake(stream)
        try {
            plan = planCapture(request, sensor.limits, board, this.plan)
            await stream.pause()
            await stream.prepare(plan, strictSettling)
            this.plan = plan
            this.request = request
            mover.reset(plan)
            fixed = await this.setUp(request)
            if (stream.streaming) await stream.resume()
        } catch (error) {
            // The plan is made before any chip is touched.
            if (!(error instanceof PlanError)) failed(this, error as Error)
            throw error
        } finally {
            unlock(stream)
        }
        const { display } = plan
        return {
            strategy: strategyName(plan.strategy),
            window: plan.window,
            binning: plan.binning,
            fps: plan.timing.fps,
            exposureUs: fixed.exposureUs,
            exposureMaxUs:
                (plan.timing.exposureMaxRows * plan.timing.rowPclk * 1000000) /
                board.xclkHz,
            gain: fixed.gain,
            buffers: plan.buffers,
            bytesPerFrame: display ? plan.bufferBytes : plan.frameBytes,
            ramBytes: plan.bufferBytes * (display ? 1 : plan.buffers),
            rejected: plan.rejected,
        }
    }

    /**
     * Say what is done with frames; the last handler counts. Of a display each frame is its memory, all of it and in its order;
     * it goes on changing while it is lent.
     *
     * An exception in the handler gives the frame back, stops the capture and ends the program.
     */
    onFrame(handler: FrameHandler): void {
        this.stream.handler = handler
    }

    /**
     * Say what is done with batches of rows, which come instead of frames when the request has `batchRows`; the last handler
     * counts. A batch is a Frame of a few rows: `firstRow` says which, `lastBatch` ends the sensor's frame.
     */
    onLines(handler: FrameHandler): void {
        this.stream.linesHandler = handler
    }

    /**
     * Say what is done when frames were lost, when none come any more, and when they come again; the last handler counts.
     * The camera goes on by itself. An `error` that the handler gets would have ended the program without it, and does when
     * the handler throws it again.
     */
    onFault(handler: FaultHandler): void {
        this.faultHandler = handler
    }

    /** Whether frames come, or will when the sensor is back. */
    isStreaming(): boolean {
        return this.stream.streaming
    }

    /**
     * Say what is set up.
     *
     * @returns the plan of the last configure(); its window is where the capture began
     * @throws Error before configure()
     */
    applied(): CapturePlan {
        return this.configured()
    }

    /** Whether moveWindow() does without a stop. */
    movesWhileStreaming(): boolean {
        return this.mover.canMove(this.configured())
    }

    /**
     * Change exposure, gain and test pattern; nothing else of the request counts. While streaming the stream goes on: frames
     * carry the new values from the next one on, the sensor exposes with them a few frames later (its limits say how many).
     *
     * @returns what is fixed; 0: automatic
     */
    async adjust(request: CaptureRequest): Promise<SensorExposure> {
        this.configured()
        const { stream } = this
        const before = this.request
        const { exposureUs, gain, testPattern } = request
        await lockAwake(stream)
        try {
            // Without a sensor the next set-up has it.
            let fixed = { exposureUs: exposureUs ?? 0, gain: gain ?? 0 }
            if (stream.running || !stream.streaming) {
                if (testPattern !== before.testPattern)
                    await this.setPattern(request)
                fixed = await this.setExposure(request)
                await stream.label(fixed)
            }
            before.exposureUs = exposureUs
            before.gain = gain
            before.testPattern = testPattern
            return fixed
        } catch (error) {
            // Half of it may be done: set up anew what frames are labelled with. A refusal has done nothing.
            if (error instanceof SensorError && error.faultCause > 0)
                failed(this, error)
            throw error
        } finally {
            unlock(stream)
        }
    }

    /**
     * Start the stream: every frame goes to the handler.
     *
     * @throws SensorError, GrabberError when a chip does not do as told: nothing runs then
     */
    async start(): Promise<void> {
        const { stream } = this
        this.configured()
        await lockAwake(this.stream)
        try {
            if (stream.streaming) return
            await stream.waitForNotifier()
            if (!stream.sensorReady) await this.setUpAgain()
            await stream.resume()
            stream.streaming = true
        } catch (error) {
            failed(this, error as Error)
            throw error
        } finally {
            unlock(this.stream)
        }
    }

    /** Stop the stream. Frames that nobody looked at are skipped. */
    async stop(): Promise<void> {
        await lock(this.stream)
        try {
            const { stream } = this
            if (stream.standby !== Standby.OFF) stream.standby = Standby.ON
            await stream.stop()
        } finally {
            unlock(this.stream)
        }
    }

    /**
     * Let the sensor stand by: by its STANDBY pin, or by register where it has one. It sends nothing and needs less current;
     * what was set up comes back with wake().
     *
     * @throws Error when the board does not wire the pin and the sensor has no such register
     */
    async sleep(): Promise<void> {
        const board = await this.findGrabber()
        await lock(this.stream)
        try {
            if (this.stream.standby !== Standby.OFF) return
            const { sensor, stream } = this
            const byPin = (board.flags & BoardFlag.STANDBY) !== 0
            if (!byPin && !sensor.setStandby)
                throw new Error(
                    `camera: no STANDBY pin on this board, and the ${sensor.limits.name} has no register for it; ` +
                        "stop() silences the sensor"
                )
            const wasStreaming = stream.streaming
            await stream.stop()
            if (byPin) await this.grabber.control(Control.SENSOR_STANDBY)
            else if (sensor.setStandby) await sensor.setStandby(true)
            stream.standby = wasStreaming
                ? Standby.STREAM_AFTERWARDS
                : Standby.ON
        } finally {
            unlock(this.stream)
        }
    }

    /**
     * Let the sensor run again, set up as it was; the stream goes on if it did before sleep().
     *
     * @throws SensorError when it does not answer; the stream goes on as soon as it does
     */
    async wake(): Promise<void> {
        const { grabber, stream } = this
        await lock(stream)
        try {
            const { standby } = stream
            if (standby === Standby.OFF) return
            stream.standby = Standby.OFF
            // By register: its init() ends the standby too.
            await grabber.control(Control.SENSOR_ON)
            await sleepAtLeast(Policy.WAKE_MS)
            stream.sensorReady = false
            stream.streaming = standby === Standby.STREAM_AFTERWARDS
            if (this.plan) await this.setUpAgain()
            if (stream.streaming) await stream.resume()
        } catch (error) {
            failed(this, error as Error)
            throw error
        } finally {
            unlock(stream)
        }
    }

    /**
     * Take one frame that was exposed after this call; starts and stops the stream when it does not run.
     *
     * @returns the frame, lent until its release(), the next snapshot() or configure()
     * @throws Error when none comes in time, for instance because a handler keeps the only buffer
     */
    async snapshot(): Promise<Frame> {
        const plan = this.configured()
        const { stream } = this
        await stream.wantSnapshot(plan)
        if (stream.streaming) return await stream.takeSnapshot(plan)
        try {
            await this.start()
            return await stream.takeSnapshot(plan)
        } finally {
            await this.stop()
        }
    }

    /**
     * Move the window; its size stays. While streaming, it moves between two frames: each frame's `window` says where it
     * was. With strict settling the first frame at another place of the sensor's window is left out. A sensor that is lost
     * in the move ends nothing: the window is there when it is back.
     *
     * @param corner the window's left column and top row on the sensor's field, pixels
     * @returns the window that was applied: on the field, in whole pixels
     * @throws Error when strategy or sensor cannot do it while streaming; SensorError for a move that the sensor does not take
     */
    async moveWindow(corner: Point): Promise<Rectangle> {
        const plan = this.configured()
        const window = this.mover.clamp(plan, corner)
        const { mover, stream } = this
        if (stream.streaming) {
            await lock(stream)
            try {
                if (stream.running) await mover.move(plan, window)
            } catch (error) {
                const cause = await lossOf(this)
                if (cause === FaultCause.NONE) throw error
                bringFramesBack(this, cause, error as Error)
            } finally {
                // Without a sensor, or asleep: the next set-up has it there.
                if (!stream.running || stream.lostCause !== FaultCause.NONE) {
                    mover.x = window.x
                    mover.y = window.y
                }
                unlock(stream)
            }
            return window
        }
        const mode = await this.configure({ ...this.request, window })
        return mode.window
    }

    /**
     * Move the window so that a point is in its middle, as far as the field allows.
     *
     * @param point pixels of the sensor's field: of a centroid, times the binning, the frame's `window` added
     * @returns the window that was applied
     */
    async centerOn(point: Point): Promise<Rectangle> {
        const { width, height } = this.configured().window
        return await this.moveWindow({
            x: Math.round(point.x - width / 2),
            y: Math.round(point.y - height / 2),
        })
    }

    /**
     * Take frames at trigger() only, or as fast as the mode says. May be changed while streaming.
     *
     * @throws Error when sensor or board have no EXPOSURE pin
     */
    async setTriggered(on: boolean): Promise<void> {
        const board = await this.findGrabber()
        this.configured()
        if (!this.sensor.setTriggered || !(board.flags & BoardFlag.EXPOSURE))
            throw new Error(
                `camera: no EXPOSURE pin on this ${this.sensor.setTriggered ? "board" : "sensor"}`
            )
        await lockAwake(this.stream)
        try {
            // Frames that nobody triggers are not missing.
            if (on) await this.grabber.control(Control.WATCH_OFF)
            this.triggered = on
            if (this.stream.lostCause === FaultCause.NONE)
                await this.sensor.setTriggered(on)
            if (!on) await this.grabber.control(Control.WATCH_ON)
        } finally {
            unlock(this.stream)
        }
    }

    /** Expose one frame now; its `triggerUs` says when. The sensor ignores it while it exposes or sends another. */
    async trigger(): Promise<void> {
        this.configured()
        await this.grabber.trigger(Policy.TRIGGER_PULSE_US)
    }

    /** Read what happened to every frame. */
    async counters(): Promise<Counters> {
        await this.findGrabber()
        return await this.grabber.readCounters()
    }

    /** Read what went wrong beside the frames: failed transfers to the sensor, ends of programs. */
    async recovery(): Promise<RecoveryCounters> {
        await this.findGrabber()
        return await this.grabber.readRecovery()
    }

    private configured(): CapturePlan {
        if (!this.plan)
            throw new Error(
                "camera: configure() comes before start() and snapshot()"
            )
        return this.plan
    }

    private async findGrabber(): Promise<BoardBlock> {
        if (this.board) return this.board
        await this.grabber.init()
        this.board = await this.grabber.readBoard()
        return this.board
    }

    /** The sensor may have lost everything: set it up from its reset on, with the last request. The stream is stopped. */
    async setUpAgain(): Promise<void> {
        const { mover, stream } = this
        const plan = this.configured()
        const { x, y } = mover
        stream.sensorReady = false
        // A quality that was lowered stays: the driver knows it, and whatever else the request has for it.
        const { stepper } = stream
        await this.setUp(
            stepper && isLowered(stepper) ? undefined : this.request
        )
        mover.reset(plan)
        if (x === mover.x && y === mover.y) return
        await mover.move(plan, { x, y })
    }

    /**
     * Bring sensor and grabber to the plan, with the stream stopped: the one place that does it, whatever state the chips are
     * in.
     *
     * @param asked undefined: the sensor's driver keeps what it was asked for last
     */
    private async setUp(
        asked: CaptureRequest | undefined
    ): Promise<SensorExposure> {
        const { sensor, stream, request } = this
        const plan = this.configured()
        const board = await this.findGrabber()
        if (!stream.sensorReady) {
            await sensor.init()
            if (this.triggered && sensor.setTriggered)
                await sensor.setTriggered(true)
        }
        if (asked)
            stream.stepper =
                plan.strategy === Strategy.JPEG
                    ? new QualityStepper(
                          this.faults,
                          asked.fixedQuality === true
                      )
                    : undefined
        await sensor.configure({
            window: plan.sensorWindow,
            binning: plan.binning,
            outputWidthPx: plan.busWidthPx,
            outputHeightPx: plan.busHeightPx,
            format: plan.format,
            lowByteFirst: plan.display !== undefined,
            request: asked,
            fps: plan.fps,
            timing: plan.timingMode,
            xclkHz: board.xclkHz,
        })
        const fixed = await this.setExposure(request)
        await this.setPattern(request)
        stream.sensorReady = true
        await this.writeMode(plan, request.strictSettling === true)
        await stream.label(fixed)
        return fixed
    }

    /** @returns what is fixed; 0: automatic */
    private async setExposure(
        request: CaptureRequest
    ): Promise<SensorExposure> {
        const fixed: SensorExposure = { exposureUs: 0, gain: 0 }
        await this.sensor.setAutoExposure(true)
        const exposureUs = request.exposureUs ?? 0
        const gain = request.gain ?? 0
        // Compared, because a number with a fraction counts as false in DeviceScript.
        if (exposureUs > 0)
            fixed.exposureUs = await this.sensor.setExposure(exposureUs)
        if (gain > 0) fixed.gain = await this.sensor.setGain(gain)
        return fixed
    }

    private async setPattern(request: CaptureRequest): Promise<void> {
        await this.sensor.setTestPattern(
            request.testPattern ?? TestPattern.NONE
        )
    }

    private async writeMode(
        plan: CapturePlan,
        strictSettling: boolean
    ): Promise<void> {
        const limits = this.sensor.limits
        const { display } = plan
        let flags = plan.crop ? ModeFlag.CROP : 0
        // The newest frame is the one that is shown.
        if (display) flags |= ModeFlag.KEEP_NEWEST
        let settleFrames = limits.settleFrames
        if (strictSettling) settleFrames += limits.exposureDelayFrames
        await this.grabber.writeMode({
            strategy: plan.strategy,
            format: display ? PixelFormat.RGB565 : plan.format,
            buffers: plan.buffers,
            flags,
            window: plan.window,
            fps: plan.timing.fps,
            lineBytes: plan.lineBytes,
            lines: plan.lines,
            cwstrt: plan.cwstrt,
            cwsize: plan.cwsize,
            readoutUs: plan.readoutUs,
            busBytes: plan.busBytes,
            sync: limits.sync,
            settleFrames,
            binning: plan.binning,
            frameRows: frameRows(plan),
        })
        if (plan.strategy !== Strategy.LINE) return
        let destination = LineDestination.FRAME
        if (plan.batchRows > 0) destination = LineDestination.RING
        if (display) destination = LineDestination.DISPLAY
        await this.grabber.writeLines({
            busBytes: CropLimit.WORD_BYTES * plan.transferWords,
            skipBytes: plan.skipBytes,
            skipRows: plan.skipRows,
            batchRows: plan.batchRows,
            destination,
            display: display ? displayBlock(display, plan.format) : undefined,
        })
    }
}

/** A chip did not do as told. A stream goes on as soon as the sensor does; a request that is refused ends it. */
function failed(camera: Camera, error: Error): void {
    const { stream } = camera
    stream.sensorReady = false
    if (!stream.streaming) return
    const cause =
        error instanceof SensorError ? error.faultCause : FaultCause.NONE
    if (cause === FaultCause.NONE) stream.streaming = false
    else bringFramesBack(camera, cause, error)
}

/** @throws Error while the sensor stands by */
async function lockAwake(stream: FrameStream): Promise<void> {
    await lock(stream)
    if (stream.standby === Standby.OFF) return
    unlock(stream)
    throw new Error(
        "camera: the sensor stands by; wake() comes before start(), configure() and the like"
    )
}

function displayBlock(
    display: DisplayRequest,
    format: PixelFormat
): DisplayBlock {
    let flags = display.bottomUp === true ? DisplayFlag.BOTTOM_UP : 0
    if (format === PixelFormat.GRAY8) flags |= DisplayFlag.GRAY_TO_RGB565
    return {
        base: display.base,
        strideBytes: displayStride(display),
        rows: display.heightPx,
        flags,
    }
}

/**
 * Count the rows of a frame, those without pixels included.
 *
 * @returns 0 for a frame that the sensor scales: its rows come at no even pace
 */
function frameRows(plan: CapturePlan): number {
    if (plan.sensorWindow.height !== plan.busHeightPx * plan.binning) return 0
    return Math.round(plan.timing.framePclk / plan.timing.rowPclk)
}

/** DeviceScript has no `this` in a function inside a constructor. */
function lookOnFault(stream: FrameStream, camera: Camera): void {
    stream.notifier.fault.subscribe(async () => {
        await lookAtFaults(camera)
    })
    stream.checkSensor = async () => {
        await lookAtRegisters(camera)
    }
}

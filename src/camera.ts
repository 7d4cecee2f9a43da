// SPDX-License-Identifier: MIT
// The camera: plans a capture, sets up sensor and frame grabber for it, and changes what may change while frames come.

import * as ds from "@devicescript/core"
import type {
    BoardBlock,
    Counters,
    DisplayBlock,
    RecoveryCounters,
} from "../drivers/grabber/blocks"
import { FrameGrabber } from "../drivers/grabber/grabber"
import type { Sensor, SensorExposure } from "../drivers/sensor"
import type { CaptureMode } from "./capture-mode"
import type { Frame } from "./frame"
import type { FrameHandler } from "./frame-stream"
import { FrameStream } from "./frame-stream"
import { displayStride } from "./plan/display"
import { planCapture } from "./plan/plan"
import { QualityStepper } from "./quality-stepper"
import type { Point } from "./window-mover"
import { WindowMover } from "./window-mover"
import {
    BoardFlag,
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
import { decodeRequest } from "../protocol/request-block"
import type { CapturePlan } from "./plan/types"

/** Times that are policy, not hardware. */
enum Policy {
    /** Long enough for any sensor clock, far shorter than an exposure. */
    TRIGGER_PULSE_US = 10,
}

/** What is done when a fault counter moved. `error`: what the capture cannot go on with; undefined: it goes on. */
export type FaultHandler = (error: Error | undefined) => ds.AsyncVoid

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

    private readonly mover: WindowMover
    private readonly stepper: QualityStepper
    private readonly stream: FrameStream

    private board: BoardBlock | undefined = undefined
    private plan: CapturePlan | undefined = undefined
    private request: CaptureRequest = {}
    /** The sensor has the registers that its init() writes. */
    private sensorReady = false
    private faultHandler: FaultHandler | undefined = undefined

    constructor(sensor: Sensor) {
        this.sensor = sensor
        this.mover = new WindowMover(sensor, this.grabber)
        this.stepper = new QualityStepper(sensor, this.grabber)
        this.stream = new FrameStream(sensor, this.grabber, this.mover)
        lookOnFault(this.stream, this)
    }

    /** Read what the user asked for on the command line or in the settings; 0 and left out: nothing. */
    async readRequest(): Promise<CaptureRequest> {
        await this.findGrabber()
        return decodeRequest(await this.grabber.readRequest())
    }

    /**
     * Plan and set up a capture. May be repeated; while streaming it interrupts the stream.
     *
     * @returns what was applied
     * @throws PlanError when the request is impossible, with the sum that does not add up
     * @throws SensorError, GrabberError when a chip does not do as told
     */
    async configure(request: CaptureRequest): Promise<CaptureMode> {
        const board = await this.findGrabber()
        const plan = planCapture(request, this.sensor.limits, board, this.plan)
        const fixed = await this.setUp(plan, request, board)
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
     * Say what is done when a fault counter moved; the last handler counts. An error that it gets would have ended the
     * program without it, and does when the handler throws it again.
     */
    onFault(handler: FaultHandler): void {
        this.faultHandler = handler
    }

    /** Whether frames come. */
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
        const { exposureUs, gain, testPattern } = request
        if (testPattern !== this.request.testPattern)
            await this.setPattern(request)
        const fixed = await this.setExposure(request)
        await this.stream.label(fixed)
        this.request.exposureUs = exposureUs
        this.request.gain = gain
        this.request.testPattern = testPattern
        return fixed
    }

    /** Start the stream: every frame goes to the handler. */
    async start(): Promise<void> {
        this.configured()
        await this.stream.start()
    }

    /** Stop the stream. Frames that nobody looked at are skipped. */
    async stop(): Promise<void> {
        await this.stream.stop()
    }

    /**
     * Take one frame that was exposed after this call; starts and stops the stream when it does not run.
     *
     * @returns the frame, lent until its release(), the next snapshot() or configure()
     * @throws Error when none comes in time, for instance because a handler keeps the only buffer
     */
    async snapshot(): Promise<Frame> {
        return await this.stream.snapshot(this.configured())
    }

    /**
     * Move the window; its size stays. While streaming, it moves between two frames: each frame's `window` says where it
     * was. With strict settling the first frame at another place of the sensor's window is left out.
     *
     * @param corner the window's left column and top row on the sensor's field, pixels
     * @returns the window that was applied: on the field, in whole pixels
     * @throws Error when strategy or sensor cannot do it while streaming
     */
    async moveWindow(corner: Point): Promise<Rectangle> {
        const plan = this.configured()
        const window = this.mover.clamp(plan, corner)
        if (this.stream.streaming) {
            await this.mover.move(plan, window)
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
        await this.sensor.setTriggered(on)
        // Triggered frames come when they come.
        await this.grabber.watch(!on)
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

    /**
     * Bring sensor and grabber to a plan, with the stream stopped as long: the one place that does it, whatever state the
     * chips are in.
     *
     * @returns what is fixed; 0: automatic
     */
    private async setUp(
        plan: CapturePlan,
        request: CaptureRequest,
        board: BoardBlock
    ): Promise<SensorExposure> {
        const { sensor, stream } = this
        const wasStreaming = stream.streaming
        if (wasStreaming) await stream.stop()
        if (!this.sensorReady) await sensor.init()
        this.sensorReady = true
        const strictSettling = request.strictSettling === true
        await stream.prepare(plan, strictSettling)
        this.plan = plan
        this.request = request
        this.mover.reset(plan)
        await this.stepper.reset()
        await sensor.configure({
            window: plan.sensorWindow,
            binning: plan.binning,
            outputWidthPx: plan.busWidthPx,
            outputHeightPx: plan.busHeightPx,
            format: plan.format,
            lowByteFirst: plan.display !== undefined,
            request,
            fps: plan.fps,
            timing: plan.timingMode,
            xclkHz: board.xclkHz,
        })
        const fixed = await this.setExposure(request)
        await this.setPattern(request)
        await this.writeMode(plan, strictSettling)
        await stream.label(fixed)
        if (wasStreaming) await stream.start()
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
            busBytes: plan.busLineBytes,
            skipBytes: plan.skipBytes,
            skipRows: plan.skipRows,
            batchRows: plan.batchRows,
            destination,
            display: display ? displayBlock(display, plan.format) : undefined,
        })
    }

    /** A fault counter moved. A notification calls it. */
    async lookAtFaults(): Promise<void> {
        const plan = this.plan
        if (!this.stream.streaming || !plan) return
        let problem: Error | undefined = undefined
        if (plan.strategy === Strategy.JPEG)
            try {
                await this.stepper.check(
                    plan,
                    this.request.fixedQuality !== true
                )
            } catch (error) {
                if (!this.faultHandler) throw error
                problem = error as Error
            }
        if (this.faultHandler) await this.faultHandler(problem)
    }
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
        await camera.lookAtFaults()
    })
}

// SPDX-License-Identifier: MIT
// The camera service (services/camera.md): hosts look at the camera and change what it does; docs/camera-service.md.

import * as ds from "@devicescript/core"
import type { SensorExposure } from "../drivers/sensor"
import type { Camera } from "./camera"
import type { CameraFault } from "./camera-fault"
import {
    Change,
    copyChanges,
    writeChange,
    writtenBytes,
} from "./camera-changes"
import type { CaptureMode } from "./capture-mode"
import type { Frame } from "./frame"
import type { RegisterValue, ServedService } from "./jacdac-server"
import { JacdacServer } from "./jacdac-server"
import { PlanError } from "./plan/plan-error"
import type {
    Rectangle,
    WindowRequest,
    CaptureRequest,
} from "../protocol/capture"
import {
    CameraEvent,
    CameraModeFlag,
    CameraReg,
} from "../protocol/camera-service"
import { PixelFormat, Strategy } from "../protocol/capture"
import { FaultCause } from "../protocol/faults"
import { GrabberReg } from "../protocol/grabber-page"

/** Times that are policy, not hardware. */
enum Policy {
    /** Requests that wait in the receive queue are seen before one is applied. */
    COLLECT_MS = 1,
    /** Between two plans, so that a drag that resizes the window lets frames through. */
    PLAN_PAUSE_MS = 100,
    /** How long a change, or a read of the latest frame, waits for a frame. */
    FRAME_COMES_MS = 1000,
    /** The shortest time over which a frame rate is measured. */
    MEASURE_US = 500000,
    /**
     * A new plan needs that much GC heap with the default program, or the VM would end it (measured with random requests of
     * both sensors: 18 KB are too little).
     */
    PLAN_HEAP_BYTES = 20480,
    /** From this gray level on a pixel counts in statistics nobody reads here. */
    STATS_THRESHOLD = 128,
}

/**
 * Serves a camera to Jacdac hosts.
 *
 * @example
 * const service = new CameraServer(camera, request, await camera.configure(request))
 * camera.onFrame(async frame => {
 *     await service.look(frame)
 * })
 * service.start()
 */
export class CameraServer implements ServedService {
    readonly spec: ds.ServiceSpec = ds.Camera.spec
    readonly description = "camscript camera"

    private readonly camera: Camera
    private readonly jacdac: JacdacServer
    /** What runs; the camera has the same object. */
    private applied: CaptureRequest
    /** Only what `changed` says. */
    private readonly wanted: CaptureRequest = {}
    private streamingWanted = false
    private mode: CaptureMode
    private window: Rectangle
    private fixed: SensorExposure

    /** Change bits of what was not applied yet, and how many writes that was. */
    private changed = 0
    private writes = 0
    private applying = false
    private problem = ""
    /** Why frames do not come at present. */
    private faultCause = FaultCause.NONE
    private lastCause = FaultCause.NONE
    private faultCount = 0
    private appliedCount = 0
    private refusedCount = 0
    private mergedCount = 0

    private frame: Frame | undefined = undefined
    /** A frame came since this was false. */
    private came = false
    private looking = false
    private latest: number[] | undefined = undefined
    /** Frame and time from which the frame rate is measured; -1: none. */
    private firstSequence = -1
    private firstUs = 0

    /**
     * @param request what the camera was configured with
     * @param mode what came of it
     */
    constructor(camera: Camera, request: CaptureRequest, mode: CaptureMode) {
        this.camera = camera
        this.applied = request
        this.mode = mode
        this.window = mode.window
        this.fixed = mode
        this.jacdac = new JacdacServer(this)
        reportFaults(this, camera)
    }

    /** Announce the service. Call it when the camera is set up. */
    start(): void {
        this.jacdac.start()
    }

    /** Look at a frame that is lent to the program, if a host wants to know about it. */
    async look(frame: Frame): Promise<void> {
        this.frame = frame
        this.came = true
        if (!this.looking) return
        this.latest = await this.describe(frame)
        this.looking = false
    }

    /** Whether stats() and histogram() of frames mean something: they are not compressed. */
    hasGrayLevels(): boolean {
        return this.camera.applied().format !== PixelFormat.JPEG
    }

    async get(register: number): Promise<RegisterValue | undefined> {
        const { window, fixed } = this
        const plan = this.camera.applied()
        switch (register) {
            case CameraReg.WINDOW:
                return fields(window)
            case CameraReg.FPS:
                return thousandths(this.mode.fps)
            case CameraReg.STRATEGY:
                return plan.strategy
            case CameraReg.FORMAT:
                return plan.format
            case CameraReg.EXPOSURE:
                return Math.round(fixed.exposureUs)
            case CameraReg.GAIN:
                return Math.round(fixed.gain * 16)
            case CameraReg.TEST_PATTERN:
                return this.applied.testPattern ?? 0
            case CameraReg.STREAMING:
                return this.camera.isStreaming()
            case CameraReg.QUALITY:
                return this.applied.quality ?? 0
            case CameraReg.SIZE:
                return [plan.widthPx, plan.heightPx]
            case CameraReg.BUFFERS:
                return plan.buffers
            case CameraReg.BINNING:
                return plan.binning
            case CameraReg.ERROR:
                return this.problem
            case CameraReg.REJECTED:
                return this.mode.rejected
            case CameraReg.SENSOR:
                return this.camera.sensor.limits.name
            case CameraReg.REQUESTS:
                return [
                    this.appliedCount,
                    this.refusedCount,
                    this.mergedCount,
                    this.jacdac.ignored,
                ]
            case CameraReg.MEASURED_FPS:
                return this.measureFps()
            case CameraReg.LATEST_FRAME:
                return await this.latestFrame()
            default:
                return await this.readBlock(register)
        }
    }

    async set(register: number, payload: Buffer): Promise<boolean> {
        if (writtenBytes(register) === 0) return false
        let problem = ""
        if (register !== CameraReg.STREAMING) {
            const limits = this.camera.sensor.limits
            problem = writeChange(register, payload, this.wanted, {
                current: this.window,
                fieldWidthPx: limits.widthPx,
                fieldHeightPx: limits.heightPx,
            })
        } else if (payload.length > 0) this.streamingWanted = payload[0] !== 0
        else problem = "streaming: no value came"
        if (problem !== "") this.refuse(problem)
        else {
            this.changed |= 1 << (register - CameraReg.WINDOW)
            this.writes++
            this.startApplying()
        }
        return true
    }

    eventFields(code: number): number[] {
        if (code === CameraEvent.FAULT)
            return [this.lastCause, this.recovered()]
        return code === CameraEvent.WINDOW_CHANGED ? fields(this.window) : []
    }

    /**
     * Frames were lost, come no more, or come again.
     *
     * @throws its error, when no host ever changed anything: then the program ends with it as without the service
     */
    async fault(fault: CameraFault): Promise<void> {
        const { error, cause, message, recovered } = fault
        this.lastCause = cause
        this.faultCount++
        if (!error) {
            // Frames stay away: the reason can be read as long.
            if (!recovered) {
                this.problem = message
                this.faultCause = cause
            } else if (this.faultCause === cause) {
                this.problem = ""
                this.faultCause = FaultCause.NONE
            }
        } else if (cause === FaultCause.TOO_LARGE) {
            if (this.appliedCount === 0) throw error
            this.problem = message
            await this.camera.stop()
            this.jacdac.ring(CameraEvent.STOPPED)
        }
        this.jacdac.ring(CameraEvent.FAULT)
    }

    /** In a fiber of its own: under the packet that brought the change, a plan needs more heap. */
    private startApplying(): void {
        if (this.applying) return
        this.applying = true
        applyChanges.start(this)
    }

    /** One at a time: what comes meanwhile is applied together, afterwards. */
    async applyAll(): Promise<void> {
        await ds.sleep(Policy.COLLECT_MS)
        while (this.changed !== 0) {
            await this.frameIsBack()
            const changed = this.changed
            this.changed = 0
            this.mergedCount += this.writes - 1
            this.writes = 0
            const planned = await this.apply(changed)
            await ds.sleep(planned ? Policy.PLAN_PAUSE_MS : Policy.COLLECT_MS)
        }
        this.applying = false
    }

    /** @returns whether a new plan was made */
    private async apply(changed: number): Promise<boolean> {
        const camera = this.camera
        const wasStreaming = camera.isStreaming()
        const switched = (changed & Change.STREAMING) !== 0
        if (switched && !this.streamingWanted) await camera.stop()
        const planned = await this.tryChange(changed)
        // Also after a refusal: what ran before can run again.
        if (switched && this.streamingWanted) await this.tryStart()
        const streaming = camera.isStreaming()
        if (streaming !== wasStreaming) {
            this.firstSequence = -1
            this.jacdac.ring(
                streaming ? CameraEvent.STARTED : CameraEvent.STOPPED
            )
        }
        return planned
    }

    /** @returns whether a new plan was made */
    private async tryChange(changed: number): Promise<boolean> {
        const wasStreaming = this.camera.isStreaming()
        const request = { ...this.applied }
        copyChanges(changed, this.wanted, request)
        try {
            const planned = await this.change(changed, request)
            if (planned) this.applied = request
            else copyChanges(changed, request, this.applied)
            this.appliedCount++
            this.problem = ""
            if (changed & Change.WINDOW)
                this.jacdac.ring(CameraEvent.WINDOW_CHANGED)
            if (changed & (Change.PLAN | Change.ADJUSTMENTS))
                this.jacdac.ring(CameraEvent.MODE_CHANGED)
            return planned
        } catch (error) {
            this.refuse((error as Error).message)
            // A plan is made before any chip is touched; all else may have been half done.
            if (!(error instanceof PlanError)) await this.restore(wasStreaming)
            return false
        }
    }

    private async tryStart(): Promise<void> {
        try {
            await this.camera.start()
        } catch (error) {
            await this.camera.stop()
            this.refuse((error as Error).message)
        }
    }

    /** @returns whether a new plan was made */
    private async change(
        changed: number,
        request: CaptureRequest
    ): Promise<boolean> {
        const camera = this.camera
        const window = changed & Change.WINDOW ? request.window : undefined
        if (changed & Change.PLAN || (window && !this.isMove(window))) {
            const { gcHeapBytes } = await camera.grabber.readBoard()
            if (gcHeapBytes < Policy.PLAN_HEAP_BYTES)
                throw new PlanError(
                    `a new plan needs a GC heap of ${Policy.PLAN_HEAP_BYTES} bytes, this board has ${gcHeapBytes}`
                )
            this.useMode(await camera.configure(request))
            return true
        }
        if (window) {
            const { width, height } = this.window
            const limits = camera.sensor.limits
            const { x, y } = window
            this.window = await camera.moveWindow({
                x: x ?? (limits.widthPx - width) / 2,
                y: y ?? (limits.heightPx - height) / 2,
            })
            request.window = this.window
        }
        if (changed & Change.ADJUSTMENTS)
            this.fixed = await camera.adjust(request)
        return false
    }

    private isMove(window: WindowRequest): boolean {
        return (
            this.camera.isStreaming() &&
            this.camera.movesWhileStreaming() &&
            window.width === this.window.width &&
            window.height === this.window.height
        )
    }

    private useMode(mode: CaptureMode): void {
        this.mode = mode
        this.window = mode.window
        this.fixed = mode
        this.firstSequence = -1
    }

    private refuse(problem: string): void {
        this.problem = problem
        this.refusedCount++
        this.jacdac.ring(CameraEvent.REFUSED)
    }

    /** Set up again what ran before a chip did not do as told; when it still does not, the camera stands. */
    private async restore(wasStreaming: boolean): Promise<void> {
        const camera = this.camera
        try {
            await camera.stop()
            this.useMode(await camera.configure(this.applied))
            if (wasStreaming) await camera.start()
        } catch (error) {
            this.problem = (error as Error).message
            this.jacdac.ring(CameraEvent.FAULT)
        }
    }

    /**
     * While frames come, wait until one was just given back: with one buffer the next finds it free, whatever the change
     * makes the program wait for, and a start with frames of another size is not refused.
     */
    private async frameIsBack(): Promise<void> {
        const startMs = ds.millis()
        this.came = false
        while (
            this.camera.isStreaming() &&
            (!this.came || this.frame?.isLent()) &&
            ds.millis() - startMs < Policy.FRAME_COMES_MS
        )
            await ds.sleep(1)
    }

    private async readBlock(
        register: number
    ): Promise<RegisterValue | undefined> {
        const limits = this.camera.sensor.limits
        if (register === CameraReg.MODE) return this.modeFields()
        if (register === CameraReg.FIELD) {
            const { formatBytes, hasEncoder } = limits
            let formats = 1 << PixelFormat.GRAY8
            if (formatBytes)
                formats |= (1 << PixelFormat.RGB565) | (1 << PixelFormat.YUV422)
            let strategies =
                (1 << Strategy.LINE) |
                (1 << Strategy.DCMI_CROP) |
                (1 << Strategy.SENSOR_WINDOW) |
                (1 << Strategy.ROWS_CROP)
            if (hasEncoder) {
                formats |= 1 << PixelFormat.JPEG
                strategies |= 1 << Strategy.JPEG
            }
            return [
                limits.widthPx,
                limits.heightPx,
                limits.startRowMax,
                formats,
                strategies,
            ]
        }
        if (register === CameraReg.BOARD) {
            const board = await this.camera.grabber.readBoard()
            return [
                board.ramBytes,
                board.frameMemoryBytes,
                board.gcHeapBytes,
                board.hclkHz,
                board.xclkHz,
                board.sensorI2cHz,
            ]
        }
        if (register === CameraReg.COUNTERS) {
            const counters = await this.camera.counters()
            return [
                counters.frames,
                counters.delivered,
                counters.dropped,
                counters.skipped,
                counters.settling,
                counters.overruns,
                counters.shortFrames,
                counters.dmaErrors,
                counters.irqs,
                counters.resyncs,
                counters.tooLarge,
                counters.neededBytes,
            ]
        }
        if (register === CameraReg.LAST_FAULT) {
            let cause: number = this.lastCause
            if (this.faultCount === 0) {
                const { grabber } = this.camera
                const name = "PROGRAM_FAULT"
                const reg = GrabberReg.PROGRAM_FAULT
                cause = (await grabber.readBlock(reg, name, 1))[0]
            }
            return [this.faultCount, cause, this.recovered()]
        }
        if (register === CameraReg.RECOVERY) {
            const recovery = await this.camera.recovery()
            const reg = GrabberReg.BAD_JPEG
            const block = await this.camera.grabber.readBlock(
                reg,
                "BAD_JPEG",
                4
            )
            return [
                recovery.overrunFrames,
                recovery.sensorFrames,
                recovery.i2cErrors,
                recovery.restarts,
                recovery.lost,
                recovery.doubtful,
                block.getAt(0, "u32"),
            ]
        }
        return undefined
    }

    /** @returns 0 while frames are wanted and do not come */
    private recovered(): number {
        return this.camera.stream.lostCause === FaultCause.NONE ? 1 : 0
    }

    private modeFields(): number[] {
        const { mode, fixed, camera } = this
        const plan = camera.applied()
        let flags = 0
        if (camera.movesWhileStreaming())
            flags |= CameraModeFlag.MOVES_WHILE_STREAMING
        if (fixed.exposureUs === 0 || fixed.gain === 0)
            flags |= CameraModeFlag.AUTOMATIC
        return [
            plan.strategy,
            plan.format,
            plan.buffers,
            flags,
            thousandths(mode.fps),
            Math.round(mode.exposureMaxUs),
            mode.bytesPerFrame,
            mode.ramBytes,
            plan.busBytes,
            plan.irqs,
            plan.binning,
        ]
    }

    /** Of the next frame, when frames come. */
    private async latestFrame(): Promise<number[]> {
        if (this.camera.isStreaming() && !this.looking) {
            this.looking = true
            const startMs = ds.millis()
            while (
                this.looking &&
                ds.millis() - startMs < Policy.FRAME_COMES_MS
            )
                await ds.sleep(1)
            this.looking = false
        }
        return this.latest ?? [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0]
    }

    private async describe(frame: Frame): Promise<number[]> {
        const { x, y, width, height } = frame.window
        const about = [
            frame.sequence,
            frame.sizeBytes,
            frame.exposureUs,
            Math.round(frame.gain * 16),
            x,
            y,
            width,
            height,
        ]
        const droppedBefore = frame.droppedBefore
        if (!this.hasGrayLevels()) {
            about.push(0, 0, 0, droppedBefore, 0)
            return about
        }
        const stats = await frame.stats(Policy.STATS_THRESHOLD)
        const mean = Math.round(stats.mean * 256)
        about.push(mean, stats.min, stats.max, droppedBefore, stats.sumDiff)
        return about
    }

    /** @returns frames per 1000 s since the read before, or since longer; 0: not known */
    private measureFps(): number {
        const frame = this.frame
        if (!frame || !this.camera.isStreaming()) return 0
        const { sequence, endUs } = frame
        const first = this.firstSequence
        const us = (endUs - this.firstUs) >>> 0
        if (first < 0 || sequence < first || us >= Policy.MEASURE_US) {
            this.firstSequence = sequence
            this.firstUs = endUs
        }
        if (first < 0 || sequence <= first) return 0
        return Math.round(((sequence - first) * 1000000000) / us)
    }
}

async function applyChanges(server: CameraServer): Promise<void> {
    await server.applyAll()
}

/** DeviceScript has no `this` in a function inside a constructor. */
function reportFaults(server: CameraServer, camera: Camera): void {
    camera.onFault(async fault => {
        await server.fault(fault)
    })
}

function fields(window: Rectangle): number[] {
    return [window.x, window.y, window.width, window.height]
}

function thousandths(value: number): number {
    return Math.round(value * 1000)
}

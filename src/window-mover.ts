// SPDX-License-Identifier: MIT
// Where the window of a running capture is, and who moves it: the sensor, the DCMI, or both.

import type { FrameGrabber } from "../drivers/grabber/grabber"
import { GrabberError } from "../drivers/grabber/grabber"
import type { Sensor, WindowMove } from "../drivers/sensor"
import { SensorError } from "../drivers/sensor"
import { busFaultCause, isLastAttempt } from "../drivers/bus-fault"
import { GrabberFault } from "../protocol/grabber-page"
import type { Frame } from "./frame"
import { onGrid } from "./plan/crop"
import type { Rectangle } from "../protocol/capture"
import { Flip, PixelFormat, Strategy, strategyName } from "../protocol/capture"
import type { CapturePlan } from "./plan/types"

/** A place on the sensor's field, pixels. */
export interface Point {
    x: number
    y: number
}

/** Of DCMI_CWSTRT: one row in its field VST (RM0090 §15.8.9). */
enum Cwstrt {
    ROW = 1 << 16,
}

/** Moves the window of a plan. */
export class WindowMover {
    private readonly sensor: Sensor
    private readonly grabber: FrameGrabber
    /** The window's corner: as it was last asked for, and in the last frame. */
    x = 0
    y = 0
    private seenX = 0
    private seenY = 0

    constructor(sensor: Sensor, grabber: FrameGrabber) {
        this.sensor = sensor
        this.grabber = grabber
    }

    /** The window is where a new plan has it. */
    reset(plan: CapturePlan): void {
        this.x = plan.window.x
        this.y = plan.window.y
        this.seenX = this.x
        this.seenY = this.y
    }

    /**
     * Find the place nearest to a wish.
     *
     * @param corner fractions are cut off; binned, down to whole groups of pixels
     */
    clamp(plan: CapturePlan, corner: Point): Rectangle {
        const { binning } = plan
        const { width, height } = plan.window
        let x = between(corner.x, this.sensor.limits.widthPx - width)
        // Two pixels share their colours: a crop between them would exchange U and V.
        if (plan.format === PixelFormat.YUV422) x -= x % 2
        const limits = this.sensor.limits
        const cropped = plan.strategy === Strategy.DCMI_CROP
        const rows = limits.heightPx - height
        const y = between(
            corner.y,
            cropped ? rows : Math.min(rows, limits.startRowMax)
        )
        return {
            x: onGrid(x, binning),
            y: onGrid(y, binning),
            width,
            height,
        }
    }

    /** Whether move() can move the window of a plan, up, down and to the sides. */
    canMove(plan: CapturePlan): boolean {
        if (isScaled(plan)) return false
        if (plan.strategy === Strategy.DCMI_CROP) return true
        return (
            this.sensor.moveWindow !== undefined &&
            (plan.strategy === Strategy.SENSOR_WINDOW ||
                plan.strategy === Strategy.ROWS_CROP)
        )
    }

    /**
     * Move the window of the running capture; a frame shows either the old place or the new one.
     *
     * @param corner from clamp()
     * @throws Error when strategy or sensor cannot do it without a stop
     * @throws SensorError when the sensor does not take it: the window stays where it was. When not even that is certain,
     *         frames are withheld as doubtful until a move succeeds.
     */
    async move(plan: CapturePlan, corner: Point): Promise<void> {
        const { x, y } = corner
        if (isScaled(plan))
            throw new Error(
                "camera: a scaled frame does not move while it streams; stop() first"
            )
        const strategy = plan.strategy
        if (strategy === Strategy.SENSOR_WINDOW) await this.bySensor(plan, x, y)
        else if (strategy === Strategy.DCMI_CROP) await this.byCrop(plan, x, y)
        else if (strategy === Strategy.ROWS_CROP) {
            // The sensor reads whole rows: a move to the side is none for it. The crop comes last: where both act in the
            // same frame, its label counts.
            if (y !== this.y) await this.bySensor(plan, this.x, y)
            await this.byCrop(plan, x, y)
        } else
            throw new Error(
                `camera: strategy ${strategyName(strategy)} does not move while it streams; stop() first`
            )
    }

    /** Whether the frame is the first at another place of the sensor's own window. */
    justMoved(plan: CapturePlan, frame: Frame): boolean {
        const { x, y } = frame.window
        const columns = x !== this.seenX
        const rows = y !== this.seenY
        this.seenX = x
        this.seenY = y
        if (plan.strategy === Strategy.SENSOR_WINDOW) return columns || rows
        return plan.strategy === Strategy.ROWS_CROP && rows
    }

    private async bySensor(
        plan: CapturePlan,
        x: number,
        y: number
    ): Promise<void> {
        const { window, sensorWindow } = plan
        if (!this.sensor.moveWindow)
            throw new Error(
                `camera: the ${this.sensor.limits.name} does not move its window between two frames; ` +
                    "take dcmi-crop, or stop() first"
            )
        const columns =
            plan.strategy === Strategy.SENSOR_WINDOW ? x - window.x : 0
        const move = await this.sensor.moveWindow(
            sensorWindow.x + columns,
            sensorWindow.y + y - window.y
        )
        const error = await send(this.sensor, this.grabber, move, x, y)
        if (error) {
            if (this.sensor.cancelMove) {
                const back = this.sensor.cancelMove()
                await send(this.sensor, this.grabber, back, this.x, this.y)
            }
            throw error
        }
        this.x = x
        this.y = y
    }

    private async byCrop(
        plan: CapturePlan,
        x: number,
        y: number
    ): Promise<void> {
        const { window, binning, lineBytes, widthPx, cwstrt } = plan
        let columns = (x - window.x) / binning
        let rows =
            plan.strategy === Strategy.DCMI_CROP ? (y - window.y) / binning : 0
        // What lies further right or down on the field comes earlier.
        if (plan.flip & Flip.HFLIP) columns = -columns
        if (plan.flip & Flip.VFLIP) rows = -rows
        const columnBytes = lineBytes / widthPx
        await this.grabber.moveCrop(
            x,
            y,
            cwstrt + rows * Cwstrt.ROW + columns * columnBytes
        )
        this.x = x
        this.y = y
    }
}

/** @returns the error when the sensor does not take the bytes of a move */
async function send(
    sensor: Sensor,
    grabber: FrameGrabber,
    move: WindowMove,
    x: number,
    y: number
): Promise<SensorError | undefined> {
    for (let attempt = 1; true; attempt++)
        try {
            await grabber.moveSensor(move.address, x, y, move.bytes)
            return undefined
        } catch (e) {
            const error = e as GrabberError
            if (error.fault !== GrabberFault.HARDWARE) throw e
            const status = error.value | 0
            if (!isLastAttempt(attempt, status)) continue
            return new SensorError({
                part: sensor.limits.name,
                register: move.register,
                problem: `moving the window: writing ${move.register}: I2C status ${status}`,
                cause: busFaultCause(status),
            })
        }
}

/** Compressed, or made smaller by anything but binning. */
function isScaled(plan: CapturePlan): boolean {
    return plan.lines * plan.binning !== plan.window.height
}

/** The whole number nearest to `value`, rounded down, from 0 to `last`. */
function between(value: number, last: number): number {
    // NaN too.
    if (!(value > 0)) return 0
    return Math.min(last, Math.floor(value))
}

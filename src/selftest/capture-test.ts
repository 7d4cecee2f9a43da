// SPDX-License-Identifier: MIT
// The sensor's patterns through DCMI and DMA: polarities by trying them, pixels as they arrive, frames by their number.

import { millis, sleep } from "@devicescript/core"
import type { Descriptor } from "../../drivers/grabber/blocks"
import { FrameGrabber } from "../../drivers/grabber/grabber"
import type { Sensor, SensorMode } from "../../drivers/sensor"
import { PixelFormat, Strategy, TestPattern } from "../../protocol/capture"
import { BusSync, Control, ModeFlag } from "../../protocol/grabber-page"
import type { SelftestShape } from "../../protocol/selftest"
import {
    MT9V034_SHAPE,
    OV2640_SHAPE,
    SELFTEST_FIXED,
    SELFTEST_PIECE_BYTES,
    SelftestWord,
} from "../../protocol/selftest"
import { control, readSignals } from "./raw-bus"
import { say } from "./say"

/** Times and counts that are policy, not hardware. */
enum Policy {
    FIXED_PIXELS = 8,
    /** Slow enough for a program that looks at each frame. */
    FPS = 60,
    /** An OV2640 in its slowest read-out, settling included. */
    FRAME_TIMEOUT_MS = 600,
    COUNTED_FRAMES = 6,
    COUNT_TIMEOUT_MS = 1500,
    /** Looks of 2 ms at the wires: a frame and more. */
    SIGNAL_LOOKS = 48,
    /** A line of 120 characters at 921600 baud takes 1.3 ms, and the log keeps few that wait. */
    LINE_MS = 3,
}

/** The other levels and edges that are tried, one after the other. */
const FLIPS = [0, BusSync.VSPOL, BusSync.HSPOL, BusSync.VSPOL | BusSync.HSPOL]

/** What the contract of a sensor does not have. */
export interface Patterns {
    /** Send one byte in all pixels; left out: the sensor has colour bars only. @param value on D7..D0 */
    sendFixed?(value: number): Promise<void>
    /** Say whether a register that no pattern changes is as it was set for this shape. */
    kept(shape: SelftestShape): Promise<boolean>
}

/** Captures patterns of one sensor. */
export class CaptureTest {
    private readonly grabber: FrameGrabber
    private readonly sensor: Sensor
    private readonly patterns: Patterns
    /** It sends bytes as it is told; else colour bars. */
    private readonly fixed: boolean
    private readonly xclkHz: number
    private readonly shape: SelftestShape
    private mode: SensorMode | undefined = undefined
    /** BusSync bits that are turned over. */
    private flips = 0
    private readonly frame: Descriptor = {
        index: 0,
        changes: -1,
        sequence: 0,
        startUs: 0,
        endUs: 0,
        exposureUs: 0,
        gain: 1,
        droppedBefore: 0,
        window: { x: 0, y: 0, width: 0, height: 0 },
        sizeBytes: 0,
        lineBytes: 0,
        lines: 0,
        firstRow: 0,
        lastBatch: false,
        triggerUs: 0,
    }

    constructor(
        grabber: FrameGrabber,
        sensor: Sensor,
        patterns: Patterns,
        xclkHz: number
    ) {
        this.grabber = grabber
        this.sensor = sensor
        this.xclkHz = xclkHz
        this.patterns = patterns
        this.fixed = patterns.sendFixed !== undefined
        this.shape = this.fixed ? MT9V034_SHAPE : OV2640_SHAPE
    }

    /** @throws SensorError, GrabberError when a chip does not do as told */
    async run(): Promise<void> {
        await this.sensor.init()
        await this.configure(
            this.fixed ? PixelFormat.GRAY8 : PixelFormat.YUV422
        )
        if (!(await this.findSync())) return
        if (this.fixed)
            for (let i = 0; i < SELFTEST_FIXED.length; i++)
                await this.sayFixed(SELFTEST_FIXED[i])
        await this.sayRows()
        await this.countFrames()
        const kept = await this.patterns.kept(this.shape)
        if (!this.fixed) await this.sayRgb()
        say(SelftestWord.KEPT, kept ? "1" : "0")
    }

    private async configure(format: PixelFormat): Promise<void> {
        const { sensor, shape, xclkHz } = this
        await control(Control.WATCH_OFF)
        if (this.fixed) {
            this.mode = await sensor.configure({
                window: {
                    x: 0,
                    y: 0,
                    width: shape.widthPx,
                    height: shape.rows,
                },
                binning: 1,
                fps: Policy.FPS,
                xclkHz,
                request: {},
            })
            return
        }
        this.mode = await sensor.configure({
            window: {
                x: 0,
                y: 0,
                width: sensor.limits.widthPx,
                height: sensor.limits.heightPx,
            },
            outputWidthPx: shape.widthPx,
            outputHeightPx: shape.rows,
            format,
            fps: 0,
            xclkHz,
            request: {},
        })
    }

    /** Receiver first: the sensor's first frame finds it armed. */
    private async start(lines: number, cropped: boolean): Promise<void> {
        const { grabber, sensor, mode, shape } = this
        const lineBytes = cropped ? shape.lineBytes : shape.busLineBytes
        await grabber.writeMode({
            strategy: cropped ? Strategy.DCMI_CROP : Strategy.SENSOR_WINDOW,
            format: this.fixed ? PixelFormat.GRAY8 : PixelFormat.YUV422,
            buffers: 2,
            flags: cropped ? ModeFlag.CROP : 0,
            window: {
                x: 0,
                y: 0,
                width: this.fixed ? lineBytes : lineBytes / 2,
                height: lines,
            },
            fps: mode ? mode.timing.fps : 1,
            lineBytes,
            lines,
            cwstrt: cropped ? shape.offsetBytes : 0,
            cwsize: cropped ? ((lines - 1) << 16) | (lineBytes - 1) : 0,
            readoutUs: 0,
            busBytes: shape.busLineBytes * shape.rows,
            sync: sensor.limits.sync ^ this.flips,
            settleFrames: sensor.limits.settleFrames,
            binning: 1,
            // The host looks for rows that are lost: the grabber is to withhold nothing.
            frameRows: 0,
        })
        await grabber.start()
        await sensor.start()
    }

    private async stop(): Promise<void> {
        await this.grabber.stop()
        await this.sensor.stop()
    }

    /** @returns false when none comes in time */
    private async take(timeoutMs: number): Promise<boolean> {
        const startMs = millis()
        while (!(await this.grabber.next(this.frame))) {
            if (millis() - startMs > timeoutMs) return false
            await sleep(1)
        }
        return true
    }

    private async pattern(): Promise<void> {
        await this.sensor.setTestPattern(
            this.fixed ? TestPattern.DIAGONAL : TestPattern.VERTICAL
        )
    }

    /** Whatever polarity brings frames is that of the wires. */
    private async findSync(): Promise<boolean> {
        await this.pattern()
        for (let i = 0; i < FLIPS.length; i++) {
            this.flips = FLIPS[i]
            const before = await this.sensorFrames()
            await this.start(this.shape.lines, true)
            const came = await this.take(Policy.FRAME_TIMEOUT_MS)
            const seen = came ? 0 : await this.lookAtWires()
            if (came) await this.grabber.release(this.frame.index)
            const frames = (await this.sensorFrames()) - before
            await this.stop()
            say(
                SelftestWord.SYNC,
                `${FLIPS[i]} ${came ? 1 : 0} ${frames} ${seen}`
            )
            if (came) return true
        }
        return false
    }

    private async sensorFrames(): Promise<number> {
        return (await this.grabber.readRecovery()).sensorFrames
    }

    private async lookAtWires(): Promise<number> {
        let seen = 0
        for (let i = 0; i < Policy.SIGNAL_LOOKS; i++) {
            seen = seen | (await readSignals())[0]
            await sleep(1)
        }
        return seen
    }

    private async sayFixed(value: number): Promise<void> {
        const { patterns } = this
        if (patterns.sendFixed) await patterns.sendFixed(value)
        await this.start(this.shape.lines, true)
        if (await this.take(Policy.FRAME_TIMEOUT_MS)) {
            const { index } = this.frame
            const middle = (this.shape.lines * this.shape.lineBytes) / 2
            const pixels = Buffer.alloc(Policy.FIXED_PIXELS)
            await this.grabber.readPixelsInto(index, middle, pixels)
            await this.grabber.release(index)
            say(SelftestWord.FIXED, `${value} ${pixels.toString("hex")}`)
        }
        await this.stop()
    }

    /** All rows, or those that come in any case. */
    private async sayRows(): Promise<void> {
        const { rows, lines } = this.shape
        await this.pattern()
        if (!(await this.sayFrame(rows))) await this.sayFrame(lines)
    }

    private async sayFrame(rows: number): Promise<boolean> {
        await this.start(rows, true)
        const came = await this.take(Policy.FRAME_TIMEOUT_MS)
        if (came) {
            for (let row = 0; row < rows; row++)
                await this.sayRow(row, SelftestWord.ROW, `${row} `)
            await this.grabber.release(this.frame.index)
        }
        await this.stop()
        return came
    }

    /** In RGB565 some lines differ that are the same in YUV: one row shows it. */
    private async sayRgb(): Promise<void> {
        await this.configure(PixelFormat.RGB565)
        await this.pattern()
        await this.start(this.shape.lines, true)
        if (await this.take(Policy.FRAME_TIMEOUT_MS)) {
            await this.sayRow(this.shape.lines / 2, SelftestWord.RGB, "")
            await this.grabber.release(this.frame.index)
        }
        await this.stop()
    }

    private async sayRow(
        row: number,
        word: string,
        label: string
    ): Promise<void> {
        const { lineBytes } = this.shape
        for (let at = 0; at < lineBytes; at += SELFTEST_PIECE_BYTES) {
            const pixels = Buffer.alloc(
                Math.min(lineBytes - at, SELFTEST_PIECE_BYTES)
            )
            const offset = row * lineBytes + at
            await this.grabber.readPixelsInto(this.frame.index, offset, pixels)
            say(word, `${label}${at} ${pixels.toString("hex")}`)
            await sleep(Policy.LINE_MS)
        }
    }

    /** Frames of the full size: one that has a row less, or one more, is none of them. */
    private async countFrames(): Promise<void> {
        const { frame, grabber, mode } = this
        const before = await grabber.readCounters()
        const overrunBefore = (await grabber.readRecovery()).overrunFrames
        await this.start(this.shape.rows, false)
        let frames = 0
        let first = 0
        let firstUs = 0
        const startMs = millis()
        while (
            frames < Policy.COUNTED_FRAMES &&
            millis() - startMs < Policy.COUNT_TIMEOUT_MS
        ) {
            if (!(await this.take(Policy.FRAME_TIMEOUT_MS))) continue
            await grabber.release(frame.index)
            if (frames === 0) {
                first = frame.sequence
                firstUs = frame.endUs
            }
            frames++
        }
        const counters = await grabber.readCounters()
        const { overrunFrames } = await grabber.readRecovery()
        await this.stop()
        say(
            SelftestWord.COUNT,
            `${counters.frames - before.frames} ${counters.shortFrames - before.shortFrames} ${overrunFrames - overrunBefore}`
        )
        if (frames < 2 || !mode) return
        const { timing } = mode
        const rowNs = (timing.rowPclk * 1000000000) / this.xclkHz
        const us = frame.endUs - firstUs
        const fps = Math.round(timing.fps * 1000)
        say(
            SelftestWord.TIME,
            `${frame.sequence - first} ${us} ${fps} ${this.shape.busLineBytes} ${Math.round(rowNs)}`
        )
    }
}

// SPDX-License-Identifier: MIT
// The contract of a sensor model: an I2C target with pins and a parallel bus, that looks at a scene.

import type { Clock } from "../clock.ts"
import type { I2cTarget } from "../wires/i2c-bus.ts"
import type { Level, ParallelSink } from "../wires/parallel-bus.ts"
import type { Rules } from "../rules.ts"
import type { Scene } from "../scene/scene.ts"
import type { Rectangle } from "../../protocol/capture.ts"
import type { RegisterLog } from "../trace/register-log.ts"

/**
 * What the bytes on the bus are. YUV names give the order of the four bytes of a pixel pair; rgb565be sends the byte with
 * red in it first.
 */
export type PixelFormat =
    | "gray8"
    | "yuyv"
    | "yvyu"
    | "uyvy"
    | "vyuy"
    | "rgb565be"
    | "rgb565le"
    | "jpeg"

/** A frame that the model sent: what it was taken with, independent of what anybody received. */
export interface SensorFrame {
    /** Counts from 0 since power-up. */
    readonly sequence: number
    /** Frame valid rises / falls, ns. */
    readonly startNs: number
    readonly endNs: number
    /** The first row collects light from / to, ns; with a global shutter all rows do. Absent: not modelled. */
    readonly exposureStartNs?: number
    readonly exposureEndNs?: number
    /** The window on the field that was read out. */
    readonly window: Rectangle
    /** Its columns came from right to left; its rows from bottom to top. Absent: not. */
    readonly hflip?: boolean
    readonly vflip?: boolean
    /** Pixels on the bus per line and lines per frame, after binning. */
    readonly columns: number
    readonly rows: number
    readonly exposureUs: number
    /** Analog gain, 1 = 1x. */
    readonly gain: number
    /** The first frame after a change of the window's size, blanking or binning: its content means nothing. */
    readonly unusable: boolean
    /** Absent: gray8. */
    readonly format?: PixelFormat
    /** Bytes on the bus per pixel, 0 for JPEG. Absent: 1. */
    readonly bytesPerPixel?: number
    /** JPEG only: exactly what was sent, with the filler after the end marker. */
    readonly bytes?: Uint8Array
}

/** What a sensor model is wired to. */
export interface SensorWiring {
    readonly clock: Clock
    readonly rules: Rules
    readonly log: RegisterLog
    readonly scene: Scene
    /** Frequency at the sensor's clock input, Hz. */
    readonly xclkHz: number
    /** 7-bit I2C address set by its pins. */
    readonly i2cAddress: number
    readonly sink: ParallelSink
}

export interface SensorModel extends I2cTarget {
    /** Levels of the input pins; each has the level of an unconnected board (running, not triggered) at power-up. */
    setReset(level: Level): void
    /** STANDBY or PWDN: 1 stops the sensor. */
    setStandby(level: Level): void
    /** EXPOSURE: a rising edge begins a frame when the sensor is triggered. */
    setExposurePin(level: Level): void
    /**
     * The clock at its input has another frequency, Hz; 0: none. Without it nothing answers and no frame is sent; registers
     * keep their contents, and a frame begins anew with the clock.
     */
    setXclk(hz: number): void
    /** The supply. Without it the outputs are low and nothing answers; afterwards all registers have their reset values. */
    setPower(on: boolean): void
    /** The supply dips: registers have their reset values and a frame begins anew; the chip answers all the time. */
    brownOut(): void
    /** What its identification registers read, 16 bits; undefined: its own. */
    chipId: number | undefined
    /** Period of PIXCLK, ns; 0: it does not run. */
    readonly pixclkNs: number
    /** Called when frame valid falls, before anybody can have handled the frame. */
    onFrame: ((frame: SensorFrame) => void) | undefined
    /**
     * What a perfect receiver has of `frame`: rows x columns x bytesPerPixel bytes (JPEG: the stream), computed pixel
     * by pixel from the scene, by another path than the one that drives the bus.
     */
    expected(frame: SensorFrame): Uint8Array
}

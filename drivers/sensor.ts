// SPDX-License-Identifier: MIT
// The contract of a sensor driver, and the error that it throws.

import { DriverError } from "@devicescript/drivers"
import { FaultCause } from "../protocol/faults"
import { hexNumber } from "./format"
import { SensorLimits, SensorTiming } from "./sensor-limits"
import {
    PixelFormat,
    Rectangle,
    SensorRequest,
    TestPattern,
    TimingMode,
} from "../protocol/capture"

/** What went wrong with a sensor; what is left out is not known or does not apply. */
export interface SensorFault {
    /** The chip: "MT9V034". */
    part: string
    /** The register's name in the data sheet. */
    register?: string
    got?: number
    wanted?: number
    /** One clause; left out: "<register> reads <got>, expected <wanted>". */
    problem?: string
    /** What is wrong with the chip or its bus; left out: it was asked for what it cannot do. */
    cause?: FaultCause
}

/** What the chip at the sensor's address is, as far as its registers tell. */
export enum SensorState {
    /** The sensor, with the registers that its init() wrote. */
    CONFIGURED = 0,
    /** The sensor, with the registers of a reset. */
    RESET = 1,
    /** Nobody answers. */
    ABSENT = 2,
    /** Another chip answers. */
    OTHER = 3,
}

/** A sensor does not answer, answers wrongly, or is asked for what it cannot do. */
export class SensorError extends DriverError {
    readonly part: string
    readonly register: string | undefined
    readonly got: number | undefined
    readonly wanted: number | undefined
    /** NONE: nothing is wrong with the chip or its bus, the request is refused. */
    readonly faultCause: FaultCause

    constructor(fault: SensorFault) {
        super(`${fault.part}: ${fault.problem || mismatch(fault)}`)
        this.name = "SensorError"
        this.part = fault.part
        this.register = fault.register
        this.got = fault.got
        this.wanted = fault.wanted
        this.faultCause = fault.cause ?? FaultCause.NONE
    }
}

function mismatch(fault: SensorFault): string {
    const got = hexNumber(fault.got ?? 0, 4)
    return `${fault.register} reads ${got}, expected ${hexNumber(fault.wanted ?? 0, 4)}`
}

/** What a sensor is asked for; what is left out stays as it is. */
export interface SensorOptions {
    /** Pixels of the field, before binning. */
    window?: Rectangle
    /** 1, 2 or 4, both ways. */
    binning?: number
    /** Frames per second; 0: as fast as `timing` allows. */
    fps?: number
    timing?: TimingMode
    /** Frequency at the sensor's clock input, Hz. */
    xclkHz?: number
    /** Sensors with a scaler: the frame of the window, pixels; 0: window / binning. */
    outputWidthPx?: number
    outputHeightPx?: number
    /** Sensors with more than one; AUTO: gray8. */
    format?: PixelFormat
    /** RGB565: low byte first, as a display's memory has it; YUV422: U before Y. */
    lowByteFirst?: boolean
    /** Counts as a whole: what is left out of it is the driver's choice. */
    request?: SensorRequest
}

/** What the sensor will really do. */
export interface SensorMode {
    readonly window: Rectangle
    readonly binning: number
    readonly timing: SensorTiming
    /** Left out: the frame is the window / binning, in gray8. */
    readonly outputWidthPx?: number
    readonly outputHeightPx?: number
    readonly format?: PixelFormat
    readonly quality?: number
}

/** What the sensor uses at the moment. */
export interface SensorExposure {
    exposureUs: number
    /** Analog gain, 1 = 1x. */
    gain: number
}

/** The transfer that makes a prepared move of the window act, from the next frame start on. */
export interface WindowMove {
    /** 7-bit I2C address. */
    address: number
    /** What is to be written; belongs to the driver. */
    bytes: Buffer
    /** Name of the register that they are written to. */
    register: string
}

/** A camera sensor. Every request is rounded to what the silicon can do; what was applied is returned. */
export interface Sensor {
    readonly limits: SensorLimits

    /**
     * Reset the sensor, check who it is, and write everything the driver relies on. Leaves it stopped.
     * @throws SensorError
     */
    init(): Promise<void>

    /**
     * Look who answers, and whether a reset has changed what init() wrote.
     * @throws SensorError when the bus itself fails: SDA or SCL held low
     */
    check(): Promise<SensorState>

    /**
     * Apply window, binning, flip and frame rate; may be repeated, also while streaming.
     * @throws SensorError when the window is not on the field
     */
    configure(options: SensorOptions): Promise<SensorMode>

    /** Send frames. The receiver must be ready. */
    start(): Promise<void>

    /** Send nothing. */
    stop(): Promise<void>

    /**
     * Prepare a move of the window to another place, its size unchanged; left out: the sensor cannot do it between two
     * frames. Nothing changes until the caller has written what is returned, which he must before the next call.
     *
     * @param x left column, pixels of the field; fractions are cut off
     * @param y top row
     * @throws SensorError when the window would leave the field
     */
    moveWindow?(x: number, y: number): Promise<WindowMove>

    /**
     * The bytes of the last moveWindow() could not be written: take the window before for the one that acts. There with
     * moveWindow().
     *
     * @returns the transfer that makes it act, whatever came of the failed one
     */
    cancelMove?(): WindowMove

    /** Stand by without a pin, or run again: by register; left out: the sensor cannot. Registers are kept. */
    setStandby?(on: boolean): Promise<void>

    /** Expose a frame per pulse on the sensor's EXPOSURE pin, or run freely; left out: it has no such pin. */
    setTriggered?(on: boolean): Promise<void>

    /**
     * Set a fixed exposure; automatic exposure goes off.
     * @param exposureUs µs; rounded down to whole rows, at least one, at most what the frame rate allows
     * @returns µs
     */
    setExposure(exposureUs: number): Promise<number>

    /**
     * Set a fixed analog gain; automatic gain goes off.
     * @param gain 1 = 1x; rounded to the nearest step
     * @returns the gain
     */
    setGain(gain: number): Promise<number>

    /** Switch automatic exposure and gain on or off, both. */
    setAutoExposure(on: boolean): Promise<void>

    /** Read what the sensor uses at the moment into `into`. */
    readExposure(into: SensorExposure): Promise<void>

    /** Send an image that the sensor makes itself instead of the scene. */
    setTestPattern(pattern: TestPattern): Promise<void>

    /**
     * Compress further, because a frame did not fit, or less, as far as frames leave room and up to the quality that was asked
     * for; left out: the sensor cannot compress.
     *
     * @param neededBytes what the frame needed
     * @param bufferBytes what there is for it
     * @returns the quality from the next frame on, 1..100; 0: it stays
     */
    fitQuality?(neededBytes: number, bufferBytes: number): Promise<number>
}

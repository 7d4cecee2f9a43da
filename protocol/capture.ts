// SPDX-License-Identifier: MIT
// The vocabulary of a capture: windows, strategies, formats, and what a user asks for. For DeviceScript, Node and the
// browser; docs/frame-grabber.md has the codes.

/** Pixels of the sensor's field, from its first active pixel (0, 0). */
export interface Rectangle {
    x: number
    y: number
    width: number
    height: number
}

/** Pixels, both ways. */
export interface Size {
    width: number
    height: number
}

/** A window as a user asks for it; x or y left out centres it. */
export interface WindowRequest extends Size {
    x?: number
    y?: number
}

/** Who drops the unwanted pixels. The codes of MODE_STRATEGY and REQ_STRATEGY. */
export enum Strategy {
    AUTO = 0,
    LINE = 1,
    DCMI_CROP = 2,
    SENSOR_WINDOW = 3,
    ROWS_CROP = 4,
    JPEG = 5,
}

/** What a frame's bytes are. The codes of MODE_FORMAT and REQ_FORMAT. */
export enum PixelFormat {
    AUTO = 0,
    GRAY8 = 1,
    RGB565 = 2,
    YUV422 = 3,
    JPEG = 4,
}

/** How blanking is chosen; the codes of REQ_TIMING. */
export enum TimingMode {
    /** Whatever row time and vertical blanking come nearest to the wanted frame rate. */
    AUTO = 0,
    /** The shortest row: least rolling shutter, longest pause between frames. */
    FASTEST = 1,
    /** The row time that the sensor has after a reset. */
    DEFAULT = 2,
}

/** Images that the sensor makes itself; the codes of REQ_TEST_PATTERN. */
export enum TestPattern {
    NONE = 0,
    VERTICAL = 1,
    HORIZONTAL = 2,
    DIAGONAL = 3,
}

/** How the sensor turns the image; V4L2's words, and its bits: HFLIP mirrors it, VFLIP puts its bottom row on top. */
export enum Flip {
    NONE = 0,
    HFLIP = 1 << 0,
    VFLIP = 1 << 1,
    BOTH = HFLIP | VFLIP,
}

/** A display whose content is memory: RGB565, low byte first. The window starts at its top left pixel. */
export interface DisplayRequest {
    /** Address of its memory; below the size of the frame memory: offset into that. A multiple of 4. */
    base: number
    /** Of the whole display. */
    widthPx: number
    heightPx: number
    /** From one row to the next, a multiple of 4; left out: the rows have no gap. */
    strideBytes?: number
    /** The row with the lowest address is the bottom one. */
    bottomUp?: boolean
}

/** What of a request the sensor alone acts on; its driver is handed all of it. */
export interface SensorRequest {
    /** JPEG quality, 1..100; left out or 0: the sensor driver's choice. */
    quality?: number
    /** The window stays the same part of the field; left out: NONE. */
    flip?: Flip
    /** What automatic exposure aims at, 1..100 % of white; left out or 0: 50. */
    brightness?: number
}

/** What a user asks for, of the command, a test or a program; what is left out is the camera's choice. */
export interface CaptureRequest extends SensorRequest {
    /** Left out: the sensor's whole field. */
    window?: WindowRequest
    /** The frame that comes of the window, for sensors with a scaler; left out: one pixel for each of the window. */
    size?: Size
    /** 1, 2 or 4 pixels of the window into one, both ways, by the sensor; left out or 0: 1. */
    binning?: number
    /** Left out or AUTO: gray8, and JPEG with its own strategy. */
    format?: PixelFormat
    /** Frames per second; left out or 0: as fast as `timing` allows, without `timing` as fast as possible. */
    fps?: number
    strategy?: Strategy
    timing?: TimingMode
    /** 1..4; left out or 0: two where they fit. */
    buffers?: number
    /** Upper limit for all frame buffers, bytes; left out: the board's. */
    ramBytes?: number
    /** Fixed exposure, µs; left out or 0: automatic. */
    exposureUs?: number
    /** Fixed analog gain, 1 = 1x; left out or 0: automatic. */
    gain?: number
    testPattern?: TestPattern
    /** Also wait until the first exposure that was asked for is visible. */
    strictSettling?: boolean
    /** JPEG: a frame that does not fit ends the program instead of lowering the quality. Of programs only. */
    fixedQuality?: boolean
    /** Strategy line: rows in each buffer, which is one of a ring of batches; left out or 0: whole frames. Of programs only. */
    batchRows?: number
    /** Strategy line, which it implies: the memory of a display that takes the frame; left out: frames in RAM. Of programs only. */
    display?: DisplayRequest
}

/** The default program's request where nobody asked for anything: the MT9V034's; an OV2640 sends its whole field as JPEG. */
export enum DefaultRequest {
    WIDTH_PX = 220,
    HEIGHT_PX = 220,
    FPS = 120,
}

/** Names of strategies and formats on the command line, in the order of their codes. */
export const STRATEGY_NAMES = [
    "auto",
    "line",
    "dcmi-crop",
    "sensor-window",
    "rows+crop",
    "jpeg",
] as const
export const FORMAT_NAMES = [
    "auto",
    "gray8",
    "rgb565",
    "yuv422",
    "jpeg",
] as const

/** @returns "?" for a code that is none */
export function strategyName(strategy: Strategy): string {
    return STRATEGY_NAMES[strategy] ?? "?"
}

/** @returns "?" for a code that is none */
export function formatName(format: PixelFormat): string {
    return FORMAT_NAMES[format] ?? "?"
}

/** Write a window as the command line does: "220x220+266+130". */
export function windowName(window: Rectangle): string {
    return `${window.width}x${window.height}+${window.x}+${window.y}`
}

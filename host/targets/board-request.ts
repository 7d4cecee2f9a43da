// SPDX-License-Identifier: MIT
// What a board's program was asked for, read from its frame grabber; and what the next program is to be asked for.

import { SENSORS, type SensorName } from "../../boards/board-file.ts"
import {
    FORMATS,
    STRATEGIES,
    type CaptureRequest,
    type Strategy,
} from "../../sim/capture.ts"
import { Grabber, GRABBER_ADDRESS } from "../../sim/native/grabber-map.ts"
import type { GrabberBus } from "../../sim/native/grabber-reader.ts"
import { planOf, TEST_PATTERNS, type ViewRequest } from "../view/messages.ts"

const CENTRE = 0xffff
/** LINE_DESTINATION. */
const RING = 1
const TIMINGS = ["fastest", "default"] as const

/** The request block (docs/frame-grabber.md). */
export interface BoardRequest {
    /** undefined: the program finds out. */
    readonly sensor: SensorName | undefined
    readonly request: CaptureRequest
}

/** @param bus all registers */
export function readBoardRequest(bus: GrabberBus): BoardRequest {
    const first = Grabber.REQ_SIZE_WIDTH
    const view = viewOf(bus, first, Grabber.REQ_GAIN_X16 + 2 - first)
    const u8 = (at: Grabber) => view.getUint8(at - first)
    const u16 = (at: Grabber) => view.getUint16(at - first, true)
    const u32 = (at: Grabber) => view.getUint32(at - first, true)
    const size = {
        width: u16(Grabber.REQ_SIZE_WIDTH),
        height: u16(Grabber.REQ_SIZE_HEIGHT),
    }
    const pattern = TEST_PATTERNS[u8(Grabber.REQ_TEST_PATTERN)]
    const some = (value: number) => (value === 0 ? undefined : value)
    const scaled = (value: number, by: number) =>
        value === 0 ? undefined : value / by
    return {
        sensor: SENSORS[u8(Grabber.REQ_SENSOR) - 1],
        request: {
            window: requestedWindow(u16),
            size: size.width > 0 && size.height > 0 ? size : undefined,
            fps: scaled(u32(Grabber.REQ_FPS_MILLIHZ), 1000),
            strategy: STRATEGIES[u8(Grabber.REQ_STRATEGY)],
            format: FORMATS[u8(Grabber.REQ_FORMAT) - 1],
            buffers: some(u8(Grabber.REQ_BUFFERS)),
            quality: some(u8(Grabber.REQ_QUALITY)),
            ramBytes: some(u32(Grabber.REQ_RAM_BYTES)),
            timing: TIMINGS[u8(Grabber.REQ_TIMING) - 1],
            testPattern: pattern === "none" ? undefined : pattern,
            exposureUs: some(u32(Grabber.REQ_EXPOSURE_US)),
            gain: scaled(u16(Grabber.REQ_GAIN_X16), 16),
        },
    }
}

/** The window that is applied; undefined: the program has not set the capture up yet. */
export function readAppliedWindow(bus: GrabberBus): CaptureRequest["window"] {
    const first = Grabber.MODE_X
    const view = viewOf(bus, first, Grabber.MODE_HEIGHT + 2 - first)
    const [x, y, width, height] = [0, 2, 4, 6].map(at =>
        view.getUint16(at, true)
    ) as [number, number, number, number]
    return width > 0 && height > 0 ? { x, y, width, height } : undefined
}

/** Does a capture by this strategy hand out batches of rows in place of frames? */
export function readBatches(bus: GrabberBus, strategy: Strategy): boolean {
    const view = viewOf(bus, Grabber.LINE_DESTINATION, 1)
    return strategy === "line" && view.getUint8(0) === RING
}

/** What a program is to begin with: what the page asks for, and of the rest what the program before it was asked for. */
export function slotRequest(
    wanted: ViewRequest,
    before: CaptureRequest
): CaptureRequest {
    const { size, buffers, quality, ramBytes } = before
    const { exposureUs, gain, testPattern } = wanted
    return {
        size,
        buffers,
        quality,
        ramBytes,
        ...planOf(wanted),
        exposureUs: exposureUs > 0 ? exposureUs : undefined,
        gain: gain > 0 ? gain : undefined,
        testPattern: testPattern === "none" ? undefined : testPattern,
    }
}

function requestedWindow(
    u16: (at: Grabber) => number
): CaptureRequest["window"] {
    const width = u16(Grabber.REQ_WIDTH)
    const height = u16(Grabber.REQ_HEIGHT)
    if (width === 0 || height === 0) return undefined
    const place = (at: Grabber) => (u16(at) === CENTRE ? undefined : u16(at))
    return {
        width,
        height,
        x: place(Grabber.REQ_X),
        y: place(Grabber.REQ_Y),
    }
}

function viewOf(bus: GrabberBus, from: Grabber, bytes: number): DataView {
    const read = new Uint8Array(bytes)
    bus.transfer(GRABBER_ADDRESS, Uint8Array.of(from), read)
    return new DataView(read.buffer)
}

// SPDX-License-Identifier: MIT
// What a board's program was asked for, read from its frame grabber; and what the next program is to be asked for.

import type { GrabberBus } from "../../../sim/observe/grabber-reader.ts"
import { planOf, type ViewRequest } from "../../view/messages/messages.ts"
import type { CaptureRequest } from "../../../protocol/capture.ts"
import {
    GrabberBytes,
    GrabberPage,
    GrabberReg,
    LineDestination,
} from "../../../protocol/grabber-page.ts"
import {
    sensorOf,
    type SensorName,
    type StrategyName,
} from "../../../protocol/names.ts"
import {
    decodeRequest,
    requestedSensor,
} from "../../../protocol/request-block.ts"

/** The request block (docs/frame-grabber.md). */
export interface BoardRequest {
    /** undefined: the program finds out. */
    readonly sensor: SensorName | undefined
    readonly request: CaptureRequest
}

/** @param bus all registers */
export function readBoardRequest(bus: GrabberBus): BoardRequest {
    const block = new Uint8Array(GrabberBytes.REQUEST)
    bus.transfer(
        GrabberPage.ADDRESS,
        Uint8Array.of(GrabberReg.REQ_SIZE_WIDTH),
        block
    )
    return {
        sensor: sensorOf(requestedSensor(block)),
        request: decodeRequest(block),
    }
}

/** The window that is applied; undefined: the program has not set the capture up yet. */
export function readAppliedWindow(bus: GrabberBus): CaptureRequest["window"] {
    const first = GrabberReg.MODE_X
    const view = viewOf(bus, first, GrabberReg.MODE_HEIGHT + 2 - first)
    const [x, y, width, height] = [0, 2, 4, 6].map(at =>
        view.getUint16(at, true)
    ) as [number, number, number, number]
    return width > 0 && height > 0 ? { x, y, width, height } : undefined
}

/** Does a capture by this strategy hand out batches of rows in place of frames? */
export function readBatches(bus: GrabberBus, strategy: StrategyName): boolean {
    const view = viewOf(bus, GrabberReg.LINE_DESTINATION, 1)
    return strategy === "line" && view.getUint8(0) === LineDestination.RING
}

/** What a program is to begin with: what the page asks for, and of the rest what the program before it was asked for. */
export function slotRequest(
    wanted: ViewRequest,
    before: CaptureRequest
): CaptureRequest {
    const { exposureUs, gain, testPattern } = wanted
    return {
        ...before,
        ...planOf(wanted),
        exposureUs,
        gain,
        testPattern,
    }
}

function viewOf(bus: GrabberBus, from: GrabberReg, bytes: number): DataView {
    const read = new Uint8Array(bytes)
    bus.transfer(GrabberPage.ADDRESS, Uint8Array.of(from), read)
    return new DataView(read.buffer)
}

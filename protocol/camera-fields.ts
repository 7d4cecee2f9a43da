// SPDX-License-Identifier: MIT
// The camera service's registers and events as hosts see them (services/camera.md): names and fields. For Node and the
// browser.

import { CameraEvent, CameraReg } from "./camera-service"
import { CAPTURE_COUNTERS } from "./counters"

export const CAMERA_CLASS = 0x12fa29c9

/** A field's type on the wire, little endian; bool is 0 or 1. */
type FieldType = "bool" | "u8" | "u16" | "u32"
type Layout = Readonly<Record<string, FieldType>>

export interface RegisterLayout {
    readonly code: number
    readonly fields: Layout
}

/** The grabber's block of counters as it is. */
const COUNTER_FIELDS = Object.fromEntries(
    CAPTURE_COUNTERS.map(name => [
        name.replace(/[A-Z]/g, letter => `_${letter.toLowerCase()}`),
        "u32" as const,
    ])
)

/** Registers with numbers; those with one field have it as "value". */
export const CAMERA_REGISTERS = {
    window: {
        code: CameraReg.WINDOW,
        fields: { x: "u16", y: "u16", width: "u16", height: "u16" },
    },
    fps: { code: CameraReg.FPS, fields: { value: "u32" } },
    strategy: { code: CameraReg.STRATEGY, fields: { value: "u8" } },
    format: { code: CameraReg.FORMAT, fields: { value: "u8" } },
    exposure: { code: CameraReg.EXPOSURE, fields: { value: "u32" } },
    gain: { code: CameraReg.GAIN, fields: { value: "u16" } },
    test_pattern: { code: CameraReg.TEST_PATTERN, fields: { value: "u8" } },
    streaming: { code: CameraReg.STREAMING, fields: { value: "bool" } },
    quality: { code: CameraReg.QUALITY, fields: { value: "u8" } },
    size: { code: CameraReg.SIZE, fields: { width: "u16", height: "u16" } },
    buffers: { code: CameraReg.BUFFERS, fields: { value: "u8" } },
    binning: { code: CameraReg.BINNING, fields: { value: "u8" } },
    mode: {
        code: CameraReg.MODE,
        fields: {
            strategy: "u8",
            format: "u8",
            buffers: "u8",
            flags: "u8",
            fps: "u32",
            exposure_max: "u32",
            bytes_per_frame: "u32",
            ram: "u32",
            bus_bytes: "u32",
            irqs: "u32",
            binning: "u8",
        },
    },
    field: {
        code: CameraReg.FIELD,
        fields: {
            width: "u16",
            height: "u16",
            start_row_max: "u16",
            formats: "u8",
            strategies: "u8",
        },
    },
    board: {
        code: CameraReg.BOARD,
        fields: {
            ram: "u32",
            frame_memory: "u32",
            gc_heap: "u32",
            hclk: "u32",
            xclk: "u32",
            sensor_i2c: "u32",
        },
    },
    counters: {
        code: CameraReg.COUNTERS,
        fields: COUNTER_FIELDS,
    },
    latest_frame: {
        code: CameraReg.LATEST_FRAME,
        fields: {
            sequence: "u32",
            size: "u32",
            exposure: "u32",
            gain: "u16",
            x: "u16",
            y: "u16",
            width: "u16",
            height: "u16",
            mean: "u16",
            min: "u8",
            max: "u8",
            dropped_before: "u16",
            sum_diff: "u32",
        },
    },
    measured_fps: { code: CameraReg.MEASURED_FPS, fields: { value: "u32" } },
    requests: {
        code: CameraReg.REQUESTS,
        fields: {
            applied: "u32",
            refused: "u32",
            merged: "u32",
            ignored: "u32",
        },
    },
    last_fault: {
        code: CameraReg.LAST_FAULT,
        fields: { faults: "u32", cause: "u8", recovered: "bool" },
    },
    recovery: {
        code: CameraReg.RECOVERY,
        fields: {
            overrun_frames: "u32",
            sensor_frames: "u32",
            i2c_errors: "u32",
            restarts: "u32",
            lost: "u32",
            doubtful: "u32",
            bad_jpeg: "u32",
        },
    },
} as const satisfies Readonly<Record<string, RegisterLayout>>

/** Registers with text. */
export const CAMERA_TEXTS = {
    sensor: CameraReg.SENSOR,
    error: CameraReg.ERROR,
    rejected: CameraReg.REJECTED,
} as const

export const CAMERA_EVENTS = {
    started: CameraEvent.STARTED,
    stopped: CameraEvent.STOPPED,
    fault: CameraEvent.FAULT,
    window_changed: CameraEvent.WINDOW_CHANGED,
    mode_changed: CameraEvent.MODE_CHANGED,
    refused: CameraEvent.REFUSED,
} as const

/** What events carry; the others carry nothing. */
export const CAMERA_EVENT_FIELDS = {
    fault: { cause: "u8", recovered: "bool" },
    window_changed: { x: "u16", y: "u16", width: "u16", height: "u16" },
} as const satisfies Readonly<Record<string, Layout>>

export type CameraRegisterName = keyof typeof CAMERA_REGISTERS
export type CameraTextName = keyof typeof CAMERA_TEXTS
export type CameraEventName = keyof typeof CAMERA_EVENTS

/** What a register holds: a number for each field. */
export type CameraFields<Name extends CameraRegisterName> = {
    -readonly [Field in keyof (typeof CAMERA_REGISTERS)[Name]["fields"]]: number
}

/** What an event carries: a number for each field. */
export type CameraEventFields<Name extends keyof typeof CAMERA_EVENT_FIELDS> = {
    -readonly [Field in keyof (typeof CAMERA_EVENT_FIELDS)[Name]]: number
}

/** Registers that may be written. */
export type CameraControlName =
    | "window"
    | "fps"
    | "strategy"
    | "format"
    | "exposure"
    | "gain"
    | "test_pattern"
    | "streaming"
    | "quality"
    | "size"
    | "buffers"
    | "binning"

const BYTES: Readonly<Record<FieldType, number>> = {
    bool: 1,
    u8: 1,
    u16: 2,
    u32: 4,
}

/** Fields as bytes; what does not fit into a field is cut to its nearest value. */
export function encodeFields(
    layout: Layout,
    values: Readonly<Record<string, number>>
): Uint8Array {
    const bytes = new Uint8Array(layoutBytes(layout))
    const view = new DataView(bytes.buffer)
    let offset = 0
    for (const [name, type] of Object.entries(layout)) {
        const largest = type === "bool" ? 1 : 2 ** (8 * BYTES[type]) - 1
        const wanted = Math.round(values[name] ?? 0)
        const value = Math.min(largest, Math.max(0, wanted))
        if (type === "u16") view.setUint16(offset, value, true)
        else if (type === "u32") view.setUint32(offset, value, true)
        else view.setUint8(offset, value)
        offset += BYTES[type]
    }
    return bytes
}

/**
 * Bytes as fields.
 * @throws RangeError when there are too few
 */
export function decodeFields(
    layout: Layout,
    bytes: Uint8Array
): Record<string, number> {
    if (bytes.length < layoutBytes(layout))
        throw new RangeError(
            `a register of ${layoutBytes(layout)} bytes came with ${bytes.length}`
        )
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length)
    const values: Record<string, number> = {}
    let offset = 0
    for (const [name, type] of Object.entries(layout)) {
        if (type === "u8") values[name] = view.getUint8(offset)
        // Any number but 0 is true; the VM sends 255.
        else if (type === "bool")
            values[name] = Math.min(1, view.getUint8(offset))
        else if (type === "u16") values[name] = view.getUint16(offset, true)
        else values[name] = view.getUint32(offset, true)
        offset += BYTES[type]
    }
    return values
}

function layoutBytes(layout: Layout): number {
    return Object.values(layout).reduce((sum, type) => sum + BYTES[type], 0)
}

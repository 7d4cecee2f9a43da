// SPDX-License-Identifier: MIT
// The frame grabber's register map as the host reads it (docs/frame-grabber.md).

import type { FieldWindow } from "../sensors/sensor-model.ts"
import type { Strategy } from "../capture.ts"

/** 7-bit I2C address of the frame grabber. */
export const GRABBER_ADDRESS = 0x7e

/** Content of ID: "CSG1". */
export const GRABBER_ID = 0x31475343

/** Register addresses. */
export enum Grabber {
    ID = 0x00,
    HCLK_HZ = 0x04,
    XCLK_HZ = 0x08,
    FRAME_MEMORY_BYTES = 0x0c,
    GC_HEAP_BYTES = 0x10,
    RAM_BYTES = 0x14,
    SENSOR_I2C_HZ = 0x18,
    BOARD_FLAGS = 0x1c,

    REQ_SIZE_WIDTH = 0x2c,
    REQ_SIZE_HEIGHT = 0x2e,
    REQ_X = 0x30,
    REQ_Y = 0x32,
    REQ_WIDTH = 0x34,
    REQ_HEIGHT = 0x36,
    REQ_FPS_MILLIHZ = 0x38,
    REQ_STRATEGY = 0x3c,
    REQ_FORMAT = 0x3d,
    REQ_BUFFERS = 0x3e,
    REQ_QUALITY = 0x3f,
    REQ_RAM_BYTES = 0x40,
    REQ_TIMING = 0x44,
    REQ_SENSOR = 0x45,
    REQ_TEST_PATTERN = 0x46,
    REQ_FLAGS = 0x47,
    REQ_EXPOSURE_US = 0x48,
    REQ_GAIN_X16 = 0x4c,

    MODE_STRATEGY = 0x50,
    MODE_FORMAT = 0x51,
    MODE_BUFFERS = 0x52,
    MODE_FLAGS = 0x53,
    MODE_X = 0x54,
    MODE_Y = 0x56,
    MODE_WIDTH = 0x58,
    MODE_HEIGHT = 0x5a,
    MODE_FPS_MILLIHZ = 0x5c,
    MODE_LINE_BYTES = 0x60,
    MODE_LINES = 0x62,
    MODE_CWSTRT = 0x64,
    MODE_CWSIZE = 0x68,
    MODE_READOUT_US = 0x6c,
    MODE_BUS_BYTES = 0x70,
    MODE_SYNC = 0x74,
    MODE_SETTLE_FRAMES = 0x75,
    MODE_EXPOSURE_US = 0x78,
    MODE_GAIN_X16 = 0x7c,

    CONTROL = 0x80,
    STATE = 0x81,
    LAST_ERROR = 0x82,
    ERROR_VALUE = 0x84,
    ERROR_LIMIT = 0x88,
    BAD_JPEG = 0x8c,
    FRAMES = 0x90,
    DELIVERED = 0x94,
    DROPPED = 0x98,
    SKIPPED = 0x9c,
    SETTLING = 0xa0,
    OVERRUNS = 0xa4,
    SHORT_FRAMES = 0xa8,
    DMA_ERRORS = 0xac,
    IRQS = 0xb0,
    RESYNCS = 0xb4,
    TOO_LARGE = 0xb8,
    NEEDED_BYTES = 0xbc,

    NEXT = 0xc0,
    RELEASE = 0xc1,
    QUEUED = 0xc2,
    SKIP = 0xc3,
    PIXELS = 0xc4,
    STATS = 0xc5,
    HISTOGRAM = 0xc6,

    LINE_BUS_BYTES = 0xd0,
    LINE_SKIP_BYTES = 0xd2,
    LINE_SKIP_ROWS = 0xd4,
    LINE_BATCH_ROWS = 0xd6,
    LINE_DESTINATION = 0xd7,
    DISPLAY_BASE = 0xd8,
    DISPLAY_STRIDE = 0xdc,
    DISPLAY_ROWS = 0xde,
    DISPLAY_FLAGS = 0xe0,

    MOVE_SENSOR = 0xe8,
    MOVE_CROP = 0xe9,
    TRIGGER = 0xea,

    I2C_ERRORS = 0xf0,
    RESTARTS = 0xf4,
}

/** Codes of LAST_ERROR. */
export enum GrabberError {
    BAD_REGISTER = 1,
    BAD_LENGTH = 2,
    BUSY = 3,
    NO_MEMORY = 4,
    BAD_GEOMETRY = 5,
    TOO_MANY_WORDS = 6,
    NOT_LENT = 7,
    OUT_OF_FRAME = 8,
    HARDWARE = 9,
}

/** Codes of REQ_STRATEGY and MODE_STRATEGY. */
export const STRATEGY_CODES: Readonly<Record<Strategy, number>> = {
    auto: 0,
    line: 1,
    "dcmi-crop": 2,
    "sensor-window": 3,
    "rows+crop": 4,
    jpeg: 5,
}

export const DESCRIPTOR_BYTES = 48

/** Index in the descriptor that NEXT gives when no frame waits. */
export const NO_FRAME = 0xff

/** What NEXT says of a frame. */
export interface FrameDescriptor {
    readonly index: number
    readonly settling: boolean
    /** Strategy line, ring of batches: with this batch the frame is whole. */
    readonly lastBatch: boolean
    readonly format: number
    /** Frames of the sensor since start, also those not captured. */
    readonly sequence: number
    /** Microseconds since boot, modulo 2^32. */
    readonly startUs: number
    readonly endUs: number
    readonly exposureUs: number
    /** Analog gain, 16 = 1x. */
    readonly gainX16: number
    readonly droppedBefore: number
    /** On the sensor's field, as the program said. */
    readonly window: FieldWindow
    readonly sizeBytes: number
    readonly lineBytes: number
    readonly lines: number
    /** Row of the frame that a batch starts with. */
    readonly firstRow: number
    /** When the frame was triggered, as startUs; 0: not triggered. */
    readonly triggerUs: number
}

/** Read a descriptor, 48 bytes. Only its index means something when that is NO_FRAME. */
export function decodeDescriptor(bytes: Uint8Array): FrameDescriptor {
    const view = new DataView(bytes.buffer, bytes.byteOffset, DESCRIPTOR_BYTES)
    return {
        index: view.getUint8(0),
        settling: (view.getUint8(1) & 1) !== 0,
        lastBatch: (view.getUint8(1) & 2) !== 0,
        format: view.getUint8(2),
        sequence: view.getUint32(4, true),
        startUs: view.getUint32(8, true),
        endUs: view.getUint32(12, true),
        exposureUs: view.getUint32(16, true),
        gainX16: view.getUint16(20, true),
        droppedBefore: view.getUint16(22, true),
        window: {
            x: view.getUint16(24, true),
            y: view.getUint16(26, true),
            width: view.getUint16(28, true),
            height: view.getUint16(30, true),
        },
        sizeBytes: view.getUint32(32, true),
        lineBytes: view.getUint16(36, true),
        lines: view.getUint16(38, true),
        firstRow: view.getUint16(40, true),
        triggerUs: view.getUint32(44, true),
    }
}

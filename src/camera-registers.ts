// SPDX-License-Identifier: MIT
// The codes of the camera service, as services/camera.md names them.

/** Registers. */
export enum CameraReg {
    WINDOW = 0x80,
    FPS = 0x81,
    STRATEGY = 0x82,
    FORMAT = 0x83,
    EXPOSURE = 0x84,
    GAIN = 0x85,
    TEST_PATTERN = 0x86,
    STREAMING = 0x87,
    QUALITY = 0x88,
    SIZE = 0x89,
    BUFFERS = 0x8a,
    BINNING = 0x8b,
    MODE = 0x180,
    SENSOR = 0x181,
    FIELD = 0x182,
    BOARD = 0x183,
    COUNTERS = 0x184,
    LATEST_FRAME = 0x185,
    MEASURED_FPS = 0x186,
    ERROR = 0x187,
    REJECTED = 0x188,
    REQUESTS = 0x189,
}

/** Events. */
export enum CameraEvent {
    STARTED = 0x80,
    STOPPED = 0x81,
    FAULT = 0x82,
    WINDOW_CHANGED = 0x83,
    MODE_CHANGED = 0x84,
    REFUSED = 0x85,
}

/** Bits of mode.flags. */
export enum CameraModeFlag {
    MOVES_WHILE_STREAMING = 1 << 0,
    AUTOMATIC = 1 << 1,
}

/** One bit for each register that may be written. */
export enum Change {
    WINDOW = 1 << 0,
    FPS = 1 << 1,
    STRATEGY = 1 << 2,
    FORMAT = 1 << 3,
    EXPOSURE = 1 << 4,
    GAIN = 1 << 5,
    TEST_PATTERN = 1 << 6,
    STREAMING = 1 << 7,
    QUALITY = 1 << 8,
    SIZE = 1 << 9,
    BUFFERS = 1 << 10,
    BINNING = 1 << 11,
    /** What changes while frames go on coming. */
    ADJUSTMENTS = EXPOSURE | GAIN | TEST_PATTERN,
    /** What needs another plan. */
    PLAN = FPS | STRATEGY | FORMAT | QUALITY | SIZE | BUFFERS | BINNING,
}

/**
 * Say how long the payload of a write is.
 *
 * @returns bytes; 0: no such register, or a read only one
 */
export function writtenBytes(register: number): number {
    switch (register) {
        case CameraReg.WINDOW:
            return 8
        case CameraReg.FPS:
        case CameraReg.EXPOSURE:
        case CameraReg.SIZE:
            return 4
        case CameraReg.GAIN:
            return 2
        case CameraReg.STRATEGY:
        case CameraReg.FORMAT:
        case CameraReg.TEST_PATTERN:
        case CameraReg.STREAMING:
        case CameraReg.QUALITY:
        case CameraReg.BUFFERS:
        case CameraReg.BINNING:
            return 1
        default:
            return 0
    }
}

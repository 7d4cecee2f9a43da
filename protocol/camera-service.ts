// SPDX-License-Identifier: MIT
// The codes of the camera service, as services/camera.md names them. Enums only, which cost the program no heap.

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
    LAST_FAULT = 0x18a,
    RECOVERY = 0x18b,
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

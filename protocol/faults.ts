// SPDX-License-Identifier: MIT
// Every cause of a fault, with its code and its name: what the console, the page, docs and JSON say. For DeviceScript, Node
// and the browser.

/** Codes of causes, u8. Up to 15 a frame was lost or withheld; 16..31 frames do not come; then the bus and the program. */
export enum FaultCause {
    NONE = 0,

    OVERRUN = 1,
    SHORT = 2,
    DMA_ERROR = 3,
    TOO_LARGE = 4,
    BAD_JPEG = 5,
    /** The frame's time or its window is not certain. */
    DOUBTFUL = 6,
    /** A frame was due and no VSYNC came. */
    LOST = 7,
    /** A VSYNC came too early. */
    VSYNC_GLITCH = 8,

    /** Nobody answers on I2C. */
    SENSOR_ABSENT = 16,
    /** It answers and has lost its settings. */
    SENSOR_RESET = 17,
    /** Another chip answers. */
    SENSOR_OTHER = 18,
    NO_PIXCLK = 19,
    NO_VSYNC = 20,
    NO_HSYNC = 21,
    /** DCMI or DMA registers were not what was written to them. */
    CAPTURE_REGISTERS = 22,

    I2C_NACK = 32,
    /** SDA or SCL is held low. */
    I2C_STUCK = 33,
    /** SCL is stretched for longer than a transfer waits. */
    I2C_TIMEOUT = 34,

    EXCEPTION = 48,
    OUT_OF_MEMORY = 49,
    ENDLESS_LOOP = 50,
    PANIC = 51,
    RESTART = 52,
    VERIFICATION = 53,
    VM_TRAP = 54,
    STACK_OVERFLOW = 55,
    WATCHDOG = 56,
    HARD_FAULT = 57,
    MEMORY_FAULT = 58,
    /** A handler has not returned, and not looked at its frame, for seconds. */
    BLOCKED_HANDLER = 59,
}

/**
 * Name a cause: "sensor-absent".
 *
 * @returns "none" for 0 and for a code that is none
 */
export function faultName(cause: FaultCause): string {
    switch (cause) {
        case FaultCause.OVERRUN:
            return "overrun"
        case FaultCause.SHORT:
            return "short"
        case FaultCause.DMA_ERROR:
            return "dma-error"
        case FaultCause.TOO_LARGE:
            return "too-large"
        case FaultCause.BAD_JPEG:
            return "bad-jpeg"
        case FaultCause.DOUBTFUL:
            return "doubtful"
        case FaultCause.LOST:
            return "lost"
        case FaultCause.VSYNC_GLITCH:
            return "vsync-glitch"
        case FaultCause.SENSOR_ABSENT:
            return "sensor-absent"
        case FaultCause.SENSOR_RESET:
            return "sensor-reset"
        case FaultCause.SENSOR_OTHER:
            return "sensor-other"
        case FaultCause.NO_PIXCLK:
            return "no-pixclk"
        case FaultCause.NO_VSYNC:
            return "no-vsync"
        case FaultCause.NO_HSYNC:
            return "no-hsync"
        case FaultCause.CAPTURE_REGISTERS:
            return "capture-registers"
        case FaultCause.I2C_NACK:
            return "i2c-nack"
        case FaultCause.I2C_STUCK:
            return "i2c-stuck"
        case FaultCause.I2C_TIMEOUT:
            return "i2c-timeout"
        case FaultCause.EXCEPTION:
            return "exception"
        case FaultCause.OUT_OF_MEMORY:
            return "out-of-memory"
        case FaultCause.ENDLESS_LOOP:
            return "endless-loop"
        case FaultCause.PANIC:
            return "panic"
        case FaultCause.RESTART:
            return "restart"
        case FaultCause.VERIFICATION:
            return "verification"
        case FaultCause.VM_TRAP:
            return "vm-trap"
        case FaultCause.STACK_OVERFLOW:
            return "stack-overflow"
        case FaultCause.WATCHDOG:
            return "watchdog"
        case FaultCause.HARD_FAULT:
            return "hard-fault"
        case FaultCause.MEMORY_FAULT:
            return "memory-fault"
        case FaultCause.BLOCKED_HANDLER:
            return "blocked-handler"
        default:
            return "none"
    }
}

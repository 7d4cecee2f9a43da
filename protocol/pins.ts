// SPDX-License-Identifier: MIT
// Pins that a program uses: what docs/frame-grabber.md says of PIN_FIND, PIN_MODE, PIN_WRITE and PIN_READ. For DeviceScript,
// Node and the browser.

/** Who has a pin. A program gets those that are FREE. */
export enum PinUse {
    FREE = 0,
    /** A signal of the DCMI. */
    DCMI = 1,
    /** SCL or SDA of the sensor. */
    SENSOR_I2C = 2,
    /** RESET, STANDBY or EXPOSURE of the sensor. */
    SENSOR_CONTROL = 3,
    /** The sensor's clock, which the chip makes. */
    XCLK = 4,
    /** Boot log and link. */
    CONSOLE = 5,
    /** SWDIO and SWCLK. */
    DEBUGGER = 6,
    /** HSE. */
    OSCILLATOR = 7,
    /** Another part of the board, or the firmware keeps it from disturbing the camera. */
    BOARD = 8,
    /** The chip has no such pin, or no header of the board has it. */
    ABSENT = 9,
}

/** What the board file says of a named pin: flags of PIN_FIND. */
export enum PinFlag {
    /** An LED that a low level lights, a button that pulls low. */
    ACTIVE_LOW = 1 << 0,
    /** Two bits from here on: the Pull that the part relies on. */
    PULL_SHIFT = 1,
}

/** Modes of PIN_MODE. */
export enum PinMode {
    INPUT = 0,
    OUTPUT = 1,
    /** A high level lets the wire go. */
    OPEN_DRAIN = 2,
}

/** The chip's own resistors, about 40 kOhm (GPIOx_PUPDR, RM0090 §8.4.4). */
export enum Pull {
    NONE = 0,
    UP = 1,
    DOWN = 2,
}

/** Which edges of an input are counted, and told. */
export enum Edges {
    NONE = 0,
    RISING = 1,
    FALLING = 2,
    BOTH = 3,
}

/** Limits of the native code. */
export enum PinLimit {
    /** Characters of a name. */
    NAME_CHARACTERS = 10,
    /** Names that a board may have. */
    NAMES = 96,
    /** Pins whose edges are counted at the same time. */
    EDGE_PINS = 8,
    /** Of one pulse, µs: a longer one would keep the main loop from the frames. */
    PULSE_US = 1000,
}

// SPDX-License-Identifier: MIT
// The page of the frame grabber at I2C address 0x7E, as docs/frame-grabber.md has it. Little endian. For DeviceScript, Node
// and the browser; native/grabber/grabber_regs.h has the same in C (test/protocol compares).

/** Register addresses. */
export enum GrabberReg {
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
    REQ_BINNING = 0x4e,
    REQ_BRIGHTNESS = 0x4f,

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
    MODE_BINNING = 0x76,
    MODE_EXPOSURE_US = 0x78,
    MODE_GAIN_X16 = 0x7c,
    MODE_FRAME_ROWS = 0x7e,

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
    MOVE_SENSOR = 0xc7,
    MOVE_CROP = 0xc8,
    TRIGGER = 0xc9,
    SIGNALS = 0xca,
    PIN_FIND = 0xcb,
    PIN_MODE = 0xcc,
    PIN_WRITE = 0xcd,
    PIN_READ = 0xce,
    KERNEL_RUN = 0xcf,

    LINE_BUS_BYTES = 0xd0,
    LINE_SKIP_BYTES = 0xd2,
    LINE_SKIP_ROWS = 0xd4,
    LINE_BATCH_ROWS = 0xd6,
    LINE_DESTINATION = 0xd7,
    DISPLAY_BASE = 0xd8,
    DISPLAY_STRIDE = 0xdc,
    DISPLAY_ROWS = 0xde,
    DISPLAY_FLAGS = 0xe0,

    PROGRAM_FAULT = 0xe4,

    OVERRUN_FRAMES = 0xe8,
    SENSOR_FRAMES = 0xec,
    I2C_ERRORS = 0xf0,
    RESTARTS = 0xf4,
    LOST = 0xf8,
    DOUBTFUL = 0xfc,
}

/** Values of CONTROL. */
export enum Control {
    START = 1,
    STOP = 2,
    CLEAR_COUNTERS = 3,
    /** Frames come when they come: the sensor waits for triggers. */
    WATCH_OFF = 4,
    WATCH_ON = 5,
    /** The sensor's STANDBY pin goes high; while stopped. */
    SENSOR_STANDBY = 6,
    /** STANDBY goes low, then RESET_BAR is pulsed, where they are wired; while stopped. */
    SENSOR_ON = 7,
}

/** Bits of BOARD_FLAGS: pins of the sensor that are wired. */
export enum BoardFlag {
    RESET = 1 << 0,
    STANDBY = 1 << 1,
    EXPOSURE = 1 << 2,
}

/** Bits of MODE_FLAGS. */
export enum ModeFlag {
    CROP = 1 << 0,
    KEEP_NEWEST = 1 << 1,
}

/** Levels and edges of the parallel bus, as the bits of MODE_SYNC; named as in DCMI_CR (RM0090 §15.8.1). */
export enum BusSync {
    /** 1: sample on the rising edge of PIXCLK. */
    PCKPOL = 1 << 0,
    /** 1: HSYNC is high while data is not valid. */
    HSPOL = 1 << 1,
    /** 1: VSYNC is high while data is not valid. */
    VSPOL = 1 << 2,
}

/** Values of LINE_DESTINATION. */
export enum LineDestination {
    FRAME = 0,
    RING = 1,
    DISPLAY = 2,
}

/** Bits of DISPLAY_FLAGS. */
export enum DisplayFlag {
    BOTTOM_UP = 1 << 0,
    GRAY_TO_RGB565 = 1 << 1,
}

/** Bits of a descriptor's flags. */
export enum FrameFlag {
    SETTLING = 1 << 0,
    LAST_BATCH = 1 << 1,
    /** JPEG: its markers are in order, what lies between them was not decoded (docs/frame-grabber.md). */
    UNPROVEN = 1 << 2,
}

/** Values of STATE. */
export enum CaptureState {
    STOPPED = 0,
    STREAMING = 1,
    /** Streaming, but no buffer is free. */
    STARVED = 2,
    /** Streaming, but frames that were due do not come. */
    STALLED = 3,
}

/** Bits of the first byte of SIGNALS: what was seen on the sensor's pins for as long as a row takes. */
export enum Signal {
    PIXCLK_MOVES = 1 << 0,
    HSYNC_MOVES = 1 << 1,
    HSYNC_LEVEL = 1 << 2,
    VSYNC_LEVEL = 1 << 3,
    /** DCMI and DMA have had the content that was written to them since the last read of SIGNALS. */
    REGISTERS_RIGHT = 1 << 4,
}

/** Bits of the second byte of SIGNALS: levels of the sensor's I2C bus, where no transfer is under way. */
export enum I2cLevel {
    SCL = 1 << 0,
    SDA = 1 << 1,
}

/** Bits of REQ_FLAGS. */
export enum RequestFlag {
    STRICT_SETTLING = 1 << 0,
    HFLIP = 1 << 1,
    VFLIP = 1 << 2,
}

/** Values of LAST_ERROR. */
export enum GrabberFault {
    BAD_REGISTER = 1,
    BAD_LENGTH = 2,
    BUSY = 3,
    NO_MEMORY = 4,
    BAD_GEOMETRY = 5,
    TOO_MANY_WORDS = 6,
    NOT_LENT = 7,
    OUT_OF_FRAME = 8,
    HARDWARE = 9,
    NO_PIN = 10,
    PIN_TAKEN = 11,
    EDGES_TAKEN = 12,
    TOO_MANY_PINS = 13,
    PIN_MODE = 14,
    BAD_PULSE = 15,
    NO_KERNEL = 16,
    KERNEL_CALL = 17,
    KERNEL_STOPPED = 18,
    KERNEL_RESULT = 19,
}

/** Bytes of a frame's descriptor, which NEXT reads. */
export enum DescriptorAt {
    INDEX = 0,
    FLAGS = 1,
    FORMAT = 2,
    /** Counts changes of all but index, sequence, times and droppedBefore, modulo 256. */
    CHANGES = 3,
    SEQUENCE = 4,
    START_US = 8,
    END_US = 12,
    EXPOSURE_US = 16,
    GAIN_X16 = 20,
    DROPPED_BEFORE = 22,
    X = 24,
    Y = 26,
    WIDTH = 28,
    HEIGHT = 30,
    SIZE_BYTES = 32,
    LINE_BYTES = 36,
    LINES = 38,
    FIRST_ROW = 40,
    TRIGGER_US = 44,
}

/** Bytes of a request of KERNEL_RUN, the register's address first. */
export enum KernelRunAt {
    /** u16. */
    ID = 1,
    FUNCTION = 3,
    /** Four indices of lent frames; NO_FRAME where there is none. */
    FRAMES = 4,
    /** As many words as the function has numbers. */
    NUMBERS = 8,
}

/** Why a kernel was stopped: ERROR_VALUE of KERNEL_STOPPED. */
export enum KernelStop {
    ACCESS = 1,
    ENDLESS = 2,
    DIVISION = 3,
    TOO_LARGE = 4,
    THROW = 5,
}

/** Codes of REQ_SENSOR. */
export enum SensorCode {
    ANY = 0,
    MT9V034 = 1,
    OV2640 = 2,
}

/** Sizes of answers, bytes. */
export enum GrabberBytes {
    BOARD = 32,
    REQUEST = 36,
    /** From MODE_STRATEGY to MODE_FRAME_ROWS; of these the annotations may change while streaming. */
    MODE = 48,
    COUNTERS = 48,
    /** From OVERRUN_FRAMES to DOUBTFUL. */
    RECOVERY = 24,
    SIGNALS = 4,
    DESCRIPTOR = 48,
    LINES = 17,
    STATS = 20,
    HISTOGRAM = 256,
    PIN_FOUND = 4,
    PIN_STATE = 8,
}

/** Other numbers of the page. */
export enum GrabberPage {
    ADDRESS = 0x7e,
    /** The content of ID: "CSG1". */
    ID = 0x31475343,
    /** REQ_X and REQ_Y: centre the window. */
    CENTRED = 0xffff,
    /** NEXT: no frame waits. */
    NO_FRAME = 0xff,
    MAX_BUFFERS = 4,
}

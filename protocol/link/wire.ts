// SPDX-License-Identifier: MIT
// The link's numbers (docs/link.md): types, capabilities, codes, sizes. The C side is firmware/link/link_wire.h.

export const LINK_VERSION = 2

export enum MessageType {
    HELLO = 0x01,
    WELCOME = 0x02,
    ERROR = 0x03,
    RESET = 0x04,
    RESETTING = 0x05,
    GET_COUNTERS = 0x06,
    COUNTERS_ARE = 0x07,
    LOG = 0x10,
    JACDAC = 0x20,
    PROGRAM_BEGIN = 0x30,
    PROGRAM_ERASING = 0x31,
    PROGRAM_READY = 0x32,
    PROGRAM_DATA = 0x33,
    PROGRAM_ACK = 0x34,
    PROGRAM_COMMIT = 0x35,
    PROGRAM_DONE = 0x36,
    STREAM = 0x40,
    STREAM_STATE = 0x41,
    FRAME = 0x42,
    PIXELS = 0x43,
    GET_REGISTERS = 0x44,
    REGISTERS = 0x45,
    BAND = 0x46,
    FRAME_END = 0x47,
}

/** Bits of WELCOME's capabilities. */
export enum Capability {
    CAN_LOG = 1 << 0,
    CAN_JACDAC = 1 << 1,
    CAN_PROGRAM = 1 << 2,
    CAN_RESET = 1 << 3,
    CAN_COUNT = 1 << 4,
    /** Programs with kernels. */
    CAN_KERNELS = 1 << 5,
    CAN_FRAMES = 1 << 8,
    CAN_PIXELS = 1 << 9,
    CAN_REDUCE = 1 << 10,
    CAN_ROW_BANDS = 1 << 11,
    CAN_JPEG = 1 << 12,
    CAN_REGISTERS = 1 << 13,
}

/** Codes of ERROR; 0x40 and up are those of the program slots (firmware/slots/slots_status.h). */
export enum ErrorCode {
    VERSION = 0x01,
    NO_HELLO = 0x02,
    TYPE = 0x03,
    LENGTH = 0x04,
    UPDATE_TIMEOUT = 0x05,
    UPDATE_BUSY = 0x06,
    STREAM = 0x07,
    REGISTER = 0x08,
    NOT_A_SECTOR = 0x40,
    FLASH_LOCKED = 0x41,
    FLASH_TIMEOUT = 0x42,
    FLASH_ERROR = 0x43,
    VERIFY = 0x44,
    IMAGE_BYTES = 0x45,
    OTHER_VM = 0x46,
    NO_UPDATE = 0x47,
    OFFSET = 0x48,
    SLOT_LENGTH = 0x49,
    INCOMPLETE = 0x4a,
    IMAGE_CRC = 0x4b,
    LAST_VALID = 0x4c,
    NOT_ERASED = 0x4d,
    MEMORY = 0x4e,
}

/** First byte of LOG. */
export enum LogKind {
    FIRMWARE = 0,
    CONSOLE = 1,
    VM = 2,
}

/** Flag of LOG: the next one has more of this line. */
export const LOG_CONTINUES = 1

/** Flag of STREAM: images of one frame each, never of bands. */
export const STREAM_WHOLE = 1

/** Most bytes of a REGISTERS. */
export const REGISTERS_BYTES_MAX = 128

export const HEADER_BYTES = 2
export const CRC_BYTES = 4
export const BODY_BYTES_MAX = 252
export const BOARD_BYTES = 32
export const NAME_BYTES = 64
export const REQUEST_BYTES = 72
/** Sequence numbers back from the last one that make a message repeated or out of order. */
export const STALE_WINDOW = 64
/** What this host takes. */
export const HOST_BODY_BYTES_MAX = 4096

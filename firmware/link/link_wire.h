// SPDX-License-Identifier: MIT
// The link's messages as numbers. docs/link.md has their layouts; protocol/link/messages.ts says
// the same in TypeScript, and a test compares.
#ifndef CAM_LINK_WIRE_H
#define CAM_LINK_WIRE_H

#define CAM_LINK_VERSION 2u

/** Types. */
enum {
    CAM_LINK_HELLO = 0x01,
    CAM_LINK_WELCOME = 0x02,
    CAM_LINK_ERROR = 0x03,
    CAM_LINK_RESET = 0x04,
    CAM_LINK_RESETTING = 0x05,
    CAM_LINK_GET_COUNTERS = 0x06,
    CAM_LINK_COUNTERS_ARE = 0x07,
    CAM_LINK_LOG = 0x10,
    CAM_LINK_JACDAC = 0x20,
    CAM_LINK_PROGRAM_BEGIN = 0x30,
    CAM_LINK_PROGRAM_ERASING = 0x31,
    CAM_LINK_PROGRAM_READY = 0x32,
    CAM_LINK_PROGRAM_DATA = 0x33,
    CAM_LINK_PROGRAM_ACK = 0x34,
    CAM_LINK_PROGRAM_COMMIT = 0x35,
    CAM_LINK_PROGRAM_DONE = 0x36,
    CAM_LINK_STREAM = 0x40,        // which frames to send
    CAM_LINK_STREAM_STATE = 0x41,  // what was applied, and what has been sent
    CAM_LINK_FRAME = 0x42,         // an image begins
    CAM_LINK_PIXELS = 0x43,        // bytes of it
    CAM_LINK_GET_REGISTERS = 0x44, // of the frame grabber
    CAM_LINK_REGISTERS = 0x45,
    CAM_LINK_BAND = 0x46,      // the image goes on with another frame
    CAM_LINK_FRAME_END = 0x47, // its CRC
};

/** Capability bits of WELCOME. */
enum {
    CAM_LINK_CAN_LOG = 1 << 0,
    CAM_LINK_CAN_JACDAC = 1 << 1,
    CAM_LINK_CAN_PROGRAM = 1 << 2,
    CAM_LINK_CAN_RESET = 1 << 3,
    CAM_LINK_CAN_COUNT = 1 << 4,
    CAM_LINK_CAN_KERNELS = 1 << 5,    // programs with kernels
    CAM_LINK_CAN_FRAMES = 1 << 8,     // FRAME
    CAM_LINK_CAN_PIXELS = 1 << 9,     // PIXELS of whole frames
    CAM_LINK_CAN_REDUCE = 1 << 10,    // PIXELS of reduced frames
    CAM_LINK_CAN_ROW_BANDS = 1 << 11, // bands of rows of successive frames
    CAM_LINK_CAN_JPEG = 1 << 12,      // compressed frames as they are
    CAM_LINK_CAN_REGISTERS = 1 << 13, // GET_REGISTERS
};

/** Codes of ERROR; 0x40 and up are cam_slots_code_t. */
enum {
    CAM_LINK_E_VERSION = 0x01,        // value: the client's version; limit: ours
    CAM_LINK_E_NO_HELLO = 0x02,       // value: type of the message; limit: HELLO's
    CAM_LINK_E_TYPE = 0x03,           // value: unknown type
    CAM_LINK_E_LENGTH = 0x04,         // value: bytes of the body; limit: what they should be
    CAM_LINK_E_UPDATE_TIMEOUT = 0x05, // value: bytes written; limit: the time-out, us
    CAM_LINK_E_UPDATE_BUSY = 0x06,    // erasing; value: type of the message
    CAM_LINK_E_STREAM = 0x07,         // value: the wrong field; limit: the most it may be
    CAM_LINK_E_REGISTER = 0x08,       // value: the end of what was asked for; limit: what there is
};

enum {
    CAM_LINK_HEADER_BYTES = 2, // type, sequence
    CAM_LINK_CRC_BYTES = 4,
    CAM_LINK_BODY_BYTES_MAX = 252, // what the device takes and sends
    CAM_LINK_PAYLOAD_BYTES_MAX =
        CAM_LINK_HEADER_BYTES + CAM_LINK_BODY_BYTES_MAX + CAM_LINK_CRC_BYTES,
    CAM_LINK_BOARD_BYTES = 32,  // of the board's name in WELCOME
    CAM_LINK_CHUNK_BYTES = 128, // of PROGRAM_DATA
    CAM_LINK_PIXEL_BYTES = 240, // of PIXELS
    // Repeated or older messages are refused: so many sequence numbers back.
    CAM_LINK_STALE_WINDOW = 64,
};

/** LOG's first byte. */
typedef enum {
    CAM_LINK_LOG_FIRMWARE = 0,
    CAM_LINK_LOG_CONSOLE = 1, // the program's console
    CAM_LINK_LOG_VM = 2,      // the VM's own lines
} cam_link_log_t;

/** Flag of STREAM: images of one frame each, never of bands. */
enum { CAM_LINK_STREAM_WHOLE = 1 };

enum { CAM_LINK_LOG_CONTINUES = 1 }; // flag: the next LOG has more of this line

#endif

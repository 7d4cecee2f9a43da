// SPDX-License-Identifier: MIT
// MT9V034 at 0x5c as a flow sensor has it: both contexts, automatic exposure, companding, each
// register in two transfers of a byte, the soft reset last.
#include "../article/article.h"
#include "flow.h"

#ifndef BINNING
#define BINNING 4
#endif

enum {
    ADDRESS = 0x5c,
    LOW_BYTE = 0xf0,
    CHIP_VERSION = 0x1324,
    WINDOW = IMAGE_SIDE * BINNING,
    ROW_CLOCKS = 772,
    BLANK_ROWS = 60,
    SHUTTER_ROWS_MAX = 60,
    READ_MODE = 0x300 | (BINNING == 4   ? 0xa
                         : BINNING == 2 ? 0x5
                                        : 0),
};

typedef struct {
    uint8_t reg;
    uint16_t value;
} setting_t;

static const setting_t settings[] = {
    {0x07, 0x0188}, // context A, master, simultaneous
    {0x72, 0x0000}, // PIXCLK as it is
    // Recommended by the data sheet.
    {0x20, 0x03c7},
    {0x24, 0x001b},
    {0x2b, 0x0003},
    {0x2f, 0x0003},
    // Context A, then the same for B: window, blanking, read mode, shutter.
    {0x01, (752 - WINDOW) / 2 + 1},
    {0x02, (480 - WINDOW) / 2 + 4},
    {0x03, WINDOW},
    {0x04, WINDOW},
    {0x05, ROW_CLOCKS - WINDOW},
    {0x06, BLANK_ROWS},
    {0x0d, READ_MODE},
    {0x08, 0x01bb},
    {0x09, 0x01d9},
    {0x0a, 0x0164},
    {0x0b, SHUTTER_ROWS_MAX},
    {0xc9, (752 - WINDOW) / 2 + 1},
    {0xca, (480 - WINDOW) / 2 + 4},
    {0xcb, WINDOW},
    {0xcc, WINDOW},
    {0xcd, ROW_CLOCKS - WINDOW},
    {0xce, BLANK_ROWS},
    {0x0e, READ_MODE},
    {0xcf, 0x01bb},
    {0xd0, 0x01d9},
    {0xd1, 0x0164},
    {0xd2, SHUTTER_ROWS_MAX},
    // Both.
    {0x0f, 0x0000}, // no HDR
    {0x1c, 0x0303}, // 12 bits, companded
    {0x13, 0x2d2e},
    {0x70, 0x0000}, // no row noise correction
    {0xa5, 58},     // desired brightness
    {0xa6, 2},
    {0xa8, 1},
    {0xa9, 2},
    {0xaa, 2},
    {0xab, 64}, // gain up to 4
    {0xac, 1},
    {0xad, SHUTTER_ROWS_MAX},
    {0xaf, 0x0303}, // AEC and AGC in both contexts
    {0xb0, IMAGE_BYTES},
    {0x7f, 0x0000}, // no test pattern
    {0x0c, 0x0001}, // soft reset: registers stay
};

static void write_byte(uint8_t reg, uint8_t value) {
    const uint8_t bytes[] = {reg, value};
    i2c_write(ADDRESS, bytes, sizeof bytes);
}

static uint32_t read_byte(uint8_t reg) {
    uint8_t byte;
    i2c_read(ADDRESS, reg, &byte, 1);
    return byte;
}

void flow_sensor_init(void) {
    delay_ms(1);
    const uint32_t high = read_byte(0x00);
    if ((high << 8 | read_byte(LOW_BYTE)) != CHIP_VERSION) fail("no MT9V034");
    for (uint32_t i = 0; i < sizeof settings / sizeof *settings; i++) {
        write_byte(settings[i].reg, (uint8_t)(settings[i].value >> 8));
        write_byte(LOW_BYTE, (uint8_t)settings[i].value);
    }
}

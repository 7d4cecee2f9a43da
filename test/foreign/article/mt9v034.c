// SPDX-License-Identifier: MIT
// MT9V034: a window of its field, one byte per pixel. Registers from its data sheet, 16 bits each.
#include "article.h"

enum {
    ADDRESS = 0x48,
    CHIP_VERSION = 0x1324,
    ROW_CLOCKS = 846, // of the default window: a narrower one keeps its row time
    SHUTTER_ROWS = 200,
};

static void write_register(uint8_t reg, uint32_t value) {
    const uint8_t bytes[] = {reg, (uint8_t)(value >> 8), (uint8_t)value};
    i2c_write(ADDRESS, bytes, sizeof bytes);
}

static uint32_t word(const uint8_t *bytes) { return (uint32_t)bytes[0] << 8 | bytes[1]; }

/** Chip version, once in one transfer of two bytes, once byte by byte through register 0xf0. */
static void check_chip(void) {
    uint8_t bytes[2];
    i2c_read(ADDRESS, 0x00, bytes, 2);
    if (word(bytes) != CHIP_VERSION) fail("no MT9V034");
    i2c_read(ADDRESS, 0x00, &bytes[0], 1);
    i2c_read(ADDRESS, 0xf0, &bytes[1], 1);
    if (word(bytes) != CHIP_VERSION) fail("no MT9V034 byte by byte");
}

void mt9v034_init(uint32_t x, uint32_t y, uint32_t width, uint32_t height) {
    check_chip();
    const uint32_t window[] = {1 + x, 4 + y, height, width};
    write_register(0x07, 0x0188); // master, parallel, simultaneous
    for (uint8_t i = 0; i < 4; i++) write_register(1 + i, window[i]);
    write_register(0x05, ROW_CLOCKS - width); // horizontal blanking
    write_register(0x0b, SHUTTER_ROWS);
    write_register(0xaf, 0); // no automatic exposure or gain
    write_register(0x0c, 1); // soft reset: a new frame starts
    uint8_t read_back[8];
    i2c_read(ADDRESS, 1, read_back, sizeof read_back);
    for (uint32_t i = 0; i < 4; i++)
        if (word(&read_back[2 * i]) != window[i]) fail("the window is not what was written");
}

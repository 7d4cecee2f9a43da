// SPDX-License-Identifier: MIT
// OV2640: its SVGA mode, scaled by the DSP. Registers from its data sheet; the ones that the sheet
// does not describe have the values that public drivers give them.
#include "article.h"

enum { ADDRESS = 0x30, PRODUCT = 0x26, RESET_MS = 10, SETTLING_MS = 150 };

typedef struct {
    uint8_t reg, value;
} setting_t;

// Register 0xff: 0 the DSP's bank, 1 the sensor's.
static const setting_t svga[] = {
    {0xff, 0x00}, {0x2c, 0xff}, {0x2e, 0xdf}, {0x00, 0x00}, // not described
    {0xff, 0x01}, {0x12, 0x40},                             // COM7: SVGA
    {0x11, 0x00},                                           // CLKRC: XVCLK
    {0x36, 0x1a},                                           // not described
    {0x17, 0x11}, {0x18, 0x43}, {0x19, 0x00}, {0x1a, 0x4b}, // HREFST, HREFEND, VSTRT, VEND
    {0x03, 0x0a}, {0x32, 0x09},                             // COM1, REG32: their low bits
    {0xff, 0x00}, {0x05, 0x01},                             // R_BYPASS: while the DSP is set
    {0xe0, 0x04},                                           // RESET: DVP
    {0xc0, 0x64}, {0xc1, 0x4b}, {0x8c, 0x00},               // HSIZE8, VSIZE8, SIZEL: 800x600
    {0x51, 0xc8}, {0x52, 0x96}, {0x53, 0x00}, {0x54, 0x00}, // HSIZE, VSIZE, XOFFL, YOFFL
    {0x55, 0x00}, {0x57, 0x00},                             // VHYX, TEST: their high bits
    {0x86, 0x3d},                                           // CTRL2: DCW, scaling
};

static const setting_t rgb565_160x120[] = {
    {0x50, 0x12},                             // CTRLI: a quarter, 200x150
    {0x5a, 0x28}, {0x5b, 0x1e}, {0x5c, 0x00}, // ZMOW, ZMOH, ZMHH
    {0xd3, 0x82},                             // R_DVP_SP: automatic
    {0xda, 0x08},                             // IMAGE_MODE: RGB565
    {0x05, 0x00}, {0xe0, 0x00},
};

static const setting_t jpeg_320x240[] = {
    {0x50, 0x09},                                                         // CTRLI: a half, 400x300
    {0x5a, 0x50}, {0x5b, 0x3c}, {0x5c, 0x00},                             // ZMOW, ZMOH, ZMHH
    {0xd3, 0x08},                                                         // R_DVP_SP: 48 MHz / 8
    {0xe0, 0x14},                                                         // RESET: JPEG, DVP
    {0xda, 0x10},                                                         // IMAGE_MODE: JPEG
    {0xd7, 0x03}, {0xe1, 0x77}, {0xe5, 0x1f}, {0xd9, 0x10}, {0xdf, 0x80}, // not described
    {0x44, 0x18},                                                         // QS
    {0x05, 0x00}, {0xe0, 0x00},
};

#define COUNT(settings) (sizeof(settings) / sizeof *(settings))

static void write_settings(const setting_t *settings, size_t count) {
    for (size_t i = 0; i < count; i++) {
        const uint8_t bytes[] = {settings[i].reg, settings[i].value};
        i2c_write(ADDRESS, bytes, sizeof bytes);
    }
}

static void init(const setting_t *size, size_t count) {
    static const setting_t sensor_bank = {0xff, 0x01}, reset = {0x12, 0x80};
    write_settings(&sensor_bank, 1);
    uint8_t product;
    i2c_read(ADDRESS, 0x0a, &product, 1);
    if (product != PRODUCT) fail("no OV2640");
    write_settings(&reset, 1);
    delay_us(RESET_MS * 1000);
    write_settings(svga, COUNT(svga));
    write_settings(size, count);
    delay_ms(SETTLING_MS);
}

void ov2640_init_rgb565_low_byte_first(void) {
    static const setting_t swapped[] = {{0xff, 0x00}, {0xda, 0x09}}; // IMAGE_MODE: RGB565, swap
    ov2640_init_rgb565();
    write_settings(swapped, COUNT(swapped));
    delay_ms(SETTLING_MS);
}

void ov2640_init_rgb565(void) { init(rgb565_160x120, COUNT(rgb565_160x120)); }

void ov2640_init_jpeg(void) { init(jpeg_320x240, COUNT(jpeg_320x240)); }

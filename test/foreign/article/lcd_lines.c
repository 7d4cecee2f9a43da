// SPDX-License-Identifier: MIT
// Row by row into an LCD on the FSMC: while DMA takes a row, the CPU writes the one before it to
// the LCD, gray as RGB565. The frame's interrupt begins the window anew, whatever the rows did.
#include "article.h"
#include "lcd.h"

enum { WIDTH = 160, HEIGHT = 120, ROW_WORDS = WIDTH / 4, FRAMES = 4 };
enum { SENSOR_X = (752 - WIDTH) / 2, SENSOR_Y = (480 - HEIGHT) / 2 };
enum { LCD_X = (LCD_WIDTH - WIDTH) / 2, LCD_Y = (LCD_HEIGHT - HEIGHT) / 2 };

volatile uint32_t frames;
static uint32_t rows[2][ROW_WORDS];
static uint32_t filling;
static uint16_t rgb565_of[256];

static void fill_table(void) {
    for (uint32_t gray = 0; gray < 256; gray++)
        rgb565_of[gray] = (uint16_t)(gray >> 3 << 11 | gray >> 2 << 5 | gray >> 3);
}

void on_transfer(void) {
    const uint8_t *pixel = (const uint8_t *)rows[filling];
    filling ^= 1;
    capture_next_row(rows[filling], ROW_WORDS);
    for (uint32_t i = 0; i < WIDTH; i++) LCD_DATA = rgb565_of[pixel[i]];
}

void on_frame(void) {
    lcd_window(LCD_X, LCD_Y, WIDTH, HEIGHT);
    frames++;
}

void program(void) {
    fill_table();
    lcd_init();
    i2c_init();
    mt9v034_init(SENSOR_X, SENSOR_Y, WIDTH, HEIGHT);
    capture_init(CAPTURE_ROWS, false, NULL);
    lcd_window(LCD_X, LCD_Y, WIDTH, HEIGHT);
    capture_start(rows[0], ROW_WORDS);
    while (frames < FRAMES) wait_event();
    capture_stop();
    print("done\r\n");
}

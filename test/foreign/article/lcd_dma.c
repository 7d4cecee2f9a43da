// SPDX-License-Identifier: MIT
// Straight from the DCMI into an LCD on the FSMC: DMA writes each word to the LCD's data address,
// as two pixels. The frame's interrupt begins the window anew.
#include "article.h"
#include "lcd.h"

enum { WIDTH = 160, HEIGHT = 120, FRAME_WORDS = WIDTH * HEIGHT * 2 / 4, FRAMES = 3 };
enum { LCD_X = 20, LCD_Y = 100 };

volatile uint32_t frames;

void on_transfer(void) {}

void on_frame(void) {
    lcd_window(LCD_X, LCD_Y, WIDTH, HEIGHT);
    frames++;
}

void program(void) {
    lcd_init();
    i2c_init();
    ov2640_init_rgb565_low_byte_first();
    capture_init(CAPTURE_TO_REGISTER, false, NULL);
    lcd_window(LCD_X, LCD_Y, WIDTH, HEIGHT);
    capture_start((void *)(uintptr_t)&LCD_DATA, FRAME_WORDS);
    while (frames < FRAMES) wait_event();
    capture_stop();
    print("done\r\n");
}

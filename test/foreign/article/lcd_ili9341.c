// SPDX-License-Identifier: MIT
// ILI9341: commands from its data sheet.
#include "article.h"
#include "lcd.h"
#include "lcd_bus.h"

enum { ID = 0x9341 };

static void write(uint16_t command, const uint8_t *parameters, uint32_t count) {
    LCD_COMMAND = command;
    for (uint32_t i = 0; i < count; i++) LCD_DATA = parameters[i];
}

static uint32_t read_id(void) {
    LCD_COMMAND = 0xd3;
    (void)LCD_DATA; // dummy
    (void)LCD_DATA;
    const uint32_t high = LCD_DATA;
    return high << 8 | LCD_DATA;
}

void lcd_window(uint32_t x, uint32_t y, uint32_t width, uint32_t height) {
    const uint32_t right = x + width - 1, bottom = y + height - 1;
    write(0x2a,
          (const uint8_t[]){(uint8_t)(x >> 8), (uint8_t)x, (uint8_t)(right >> 8), (uint8_t)right},
          4);
    write(0x2b,
          (const uint8_t[]){(uint8_t)(y >> 8), (uint8_t)y, (uint8_t)(bottom >> 8), (uint8_t)bottom},
          4);
    LCD_COMMAND = 0x2c;
}

void lcd_init(void) {
    lcd_bus_init();
    write(0x01, NULL, 0); // software reset
    delay_ms(5);
    if (read_id() != ID) fail("no ILI9341");
    write(0xb1, (const uint8_t[]){0x00, 0x1b}, 2); // frame rate
    write(0x3a, (const uint8_t[]){0x55}, 1);       // 16 bits per pixel
    write(0x36, (const uint8_t[]){0x28}, 1);       // landscape, BGR filter
    write(0x11, NULL, 0);                          // out of sleep
    delay_ms(5);
    write(0x29, NULL, 0); // on
    lcd_window(0, 0, LCD_WIDTH, LCD_HEIGHT);
    for (uint32_t i = 0; i < LCD_WIDTH * LCD_HEIGHT; i++) LCD_DATA = 0;
}

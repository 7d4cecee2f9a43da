// SPDX-License-Identifier: MIT
// ILI9325: registers from its data sheet.
#include "article.h"
#include "lcd.h"
#include "lcd_bus.h"

enum { ID = 0x9325 };

static void write(uint16_t index, uint32_t value) {
    LCD_COMMAND = index;
    LCD_DATA = (uint16_t)value;
}

void lcd_window(uint32_t x, uint32_t y, uint32_t width, uint32_t height) {
    write(0x50, x);
    write(0x51, x + width - 1);
    write(0x52, y);
    write(0x53, y + height - 1);
    write(0x20, x);
    write(0x21, y);
    LCD_COMMAND = 0x22;
}

void lcd_init(void) {
    lcd_bus_init();
    LCD_COMMAND = 0x00;
    if (LCD_DATA != ID) fail("no ILI9325");
    write(0x01, 0x0100); // driver output: SS
    write(0x03, 0x1030); // entry mode: BGR, to the right and down
    write(0x10, 0x1690); // power: awake
    write(0x60, 0xa700); // 320 lines
    write(0x07, 0x0133); // on
    lcd_window(0, 0, LCD_WIDTH, LCD_HEIGHT);
    for (uint32_t i = 0; i < LCD_WIDTH * LCD_HEIGHT; i++) LCD_DATA = 0;
}

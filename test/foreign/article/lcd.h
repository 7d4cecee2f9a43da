// SPDX-License-Identifier: MIT
// An LCD with an ILI9341 on the FSMC: 16 data lines, NE1, A18 says data.
#ifndef FOREIGN_LCD_H
#define FOREIGN_LCD_H

#include <stdint.h>

enum { LCD_WIDTH = 320, LCD_HEIGHT = 240, LCD_BASE = 0x60000000, LCD_A18 = 1 << 19 };

#define LCD_COMMAND (*(volatile uint16_t *)LCD_BASE)
#define LCD_DATA (*(volatile uint16_t *)(LCD_BASE | LCD_A18))

/** Pins, FSMC, the controller: landscape, 16 bits per pixel, black, on. */
void lcd_init(void);
/** Pixels that are written to LCD_DATA from now on fill this window row by row. */
void lcd_window(uint32_t x, uint32_t y, uint32_t width, uint32_t height);

#endif

// SPDX-License-Identifier: MIT
// An LCD on the FSMC with 16 data lines: an ILI9341 held in landscape, at NE1 with A18 or, with
// LCD_NE4, at NE4 with A6; or, with LCD_ILI9325, an ILI9325 in portrait at NE4 with A6. There the
// two addresses are side by side as in a structure of two registers.
#ifndef FOREIGN_LCD_H
#define FOREIGN_LCD_H

#include <stdint.h>

#ifdef LCD_ILI9325
enum { LCD_WIDTH = 240, LCD_HEIGHT = 320 };
#else
enum { LCD_WIDTH = 320, LCD_HEIGHT = 240 };
#endif
#if defined LCD_ILI9325 || defined LCD_NE4
enum { LCD_REGION = 3, LCD_BASE = 0x6c00007e, LCD_DATA_OFFSET = 2 };
#else
enum { LCD_REGION = 0, LCD_BASE = 0x60000000, LCD_DATA_OFFSET = 1 << 19 };
#endif

#define LCD_COMMAND (*(volatile uint16_t *)LCD_BASE)
#define LCD_DATA (*(volatile uint16_t *)(LCD_BASE + LCD_DATA_OFFSET))

/** Pins, FSMC, the controller: 16 bits per pixel, black, on. */
void lcd_init(void);
/** Pixels that are written to LCD_DATA from now on fill this window row by row. */
void lcd_window(uint32_t x, uint32_t y, uint32_t width, uint32_t height);

#endif

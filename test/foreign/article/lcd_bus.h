// SPDX-License-Identifier: MIT
// The FSMC of both LCDs.
#ifndef FOREIGN_LCD_BUS_H
#define FOREIGN_LCD_BUS_H

/** Clocks, data lines, NOE, NWE, NEx and the address line; then the LCD's region of bank 1 with
 * slow reads and fast writes. */
void lcd_bus_init(void);

#endif

// SPDX-License-Identifier: MIT
// The FSMC of both LCDs.
#ifndef FOREIGN_LCD_BUS_H
#define FOREIGN_LCD_BUS_H

#include "../stm32f4.h"

/** Make pins of a port, one bit each, the FSMC's. */
void lcd_bus_pins(GPIO_TypeDef *port, uint32_t mask);
/** Clocks, data lines, NOE, NWE; then a region of bank 1 with slow reads and fast writes. @param
 * region 0 for NE1 */
void lcd_bus_init(uint32_t region);

#endif

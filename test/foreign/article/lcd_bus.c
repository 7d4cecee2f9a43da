// SPDX-License-Identifier: MIT
// The FSMC of both LCDs, from its manual: SRAM, 16 data lines, extended mode.
#include "lcd_bus.h"

enum {
    AF_FSMC = 12,
    BCR_MBKEN = 1 << 0,
    BCR_MWID_16 = 1 << 4,
    BCR_WREN = 1 << 12,
    BCR_EXTMOD = 1 << 14,
    READ_ADDSET = 15,
    READ_DATAST = 60,
    WRITE_ADDSET = 3,
    WRITE_DATAST = 9,
};

void lcd_bus_pins(GPIO_TypeDef *port, uint32_t mask) {
    for (uint32_t number = 0; number < 16; number++) {
        if (!(mask & 1U << number)) continue;
        port->AFR[number >> 3] |= (uint32_t)AF_FSMC << (number & 7) * 4;
        port->OSPEEDR |= 3U << number * 2;
        port->MODER |= 2U << number * 2;
    }
}

void lcd_bus_init(uint32_t region) {
    RCC->AHB1ENR |= 3U << 3; // GPIOD, GPIOE
    RCC->AHB3ENR |= 1U;
    lcd_bus_pins(GPIOD, 0xc733); // D2, D3, NOE, NWE, D13 to D15, D0, D1
    lcd_bus_pins(GPIOE, 0xff80); // D4 to D12
    FSMC_Bank1->BTCR[2 * region] = BCR_MWID_16 | BCR_WREN | BCR_EXTMOD;
    FSMC_Bank1->BTCR[2 * region + 1] = READ_ADDSET | READ_DATAST << 8;
    FSMC_Bank1E->BWTR[2 * region] = WRITE_ADDSET | WRITE_DATAST << 8;
    FSMC_Bank1->BTCR[2 * region] |= BCR_MBKEN;
}

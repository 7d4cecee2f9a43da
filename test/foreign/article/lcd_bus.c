// SPDX-License-Identifier: MIT
// The FSMC of both LCDs, from its manual: SRAM, 16 data lines, extended mode.
#include "lcd_bus.h"
#include "../stm32f4.h"
#include "lcd.h"

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

static void pins(GPIO_TypeDef *port, uint32_t mask) {
    for (uint32_t number = 0; number < 16; number++) {
        if (!(mask & 1U << number)) continue;
        port->AFR[number >> 3] |= (uint32_t)AF_FSMC << (number & 7) * 4;
        port->OSPEEDR |= 3U << number * 2;
        port->MODER |= 2U << number * 2;
    }
}

/** NEx and the address line. */
static void select_pins(void) {
    if (LCD_REGION == 0) {
        pins(GPIOD, 0x2080); // NE1, A18
        return;
    }
    RCC->AHB1ENR |= 3U << 5; // GPIOF, GPIOG
    pins(GPIOF, 1U << 12);   // A6
    pins(GPIOG, 1U << 12);   // NE4
}

void lcd_bus_init(void) {
    RCC->AHB1ENR |= 3U << 3; // GPIOD, GPIOE
    RCC->AHB3ENR |= 1U;
    pins(GPIOD, 0xc733); // D2, D3, NOE, NWE, D13 to D15, D0, D1
    pins(GPIOE, 0xff80); // D4 to D12
    select_pins();
    FSMC_Bank1->BTCR[2 * LCD_REGION] = BCR_MWID_16 | BCR_WREN | BCR_EXTMOD;
    FSMC_Bank1->BTCR[2 * LCD_REGION + 1] = READ_ADDSET | READ_DATAST << 8;
    FSMC_Bank1E->BWTR[2 * LCD_REGION] = WRITE_ADDSET | WRITE_DATAST << 8;
    FSMC_Bank1->BTCR[2 * LCD_REGION] |= BCR_MBKEN;
}

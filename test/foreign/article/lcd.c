// SPDX-License-Identifier: MIT
// The LCD's bus and its commands, from the manuals of FSMC and ILI9341.
#include "lcd.h"
#include "../stm32f4.h"
#include "article.h"

enum {
    AF_FSMC = 12,
    BCR_MBKEN = 1 << 0,
    BCR_MWID_16 = 1 << 4,
    BCR_WREN = 1 << 12,
    BCR_EXTMOD = 1 << 14,
    READ_ADDSET = 15,
    READ_DATAST = 60,
    WRITE_ADDSET = 3,
    WRITE_DATAST = 6,
    ID = 0x9341,
};

static void pins(GPIO_TypeDef *port, uint32_t mask) {
    for (uint32_t number = 0; number < 16; number++) {
        if (!(mask & 1U << number)) continue;
        port->AFR[number >> 3] |= (uint32_t)AF_FSMC << (number & 7) * 4;
        port->OSPEEDR |= 3U << number * 2;
        port->MODER |= 2U << number * 2;
    }
}

static void bus_init(void) {
    RCC->AHB1ENR |= 3U << 3; // GPIOD, GPIOE
    RCC->AHB3ENR |= 1U;
    // D2, D3, NOE, NWE, NE1, D13 to D15, A18, D0, D1; D4 to D12
    pins(GPIOD, 0xe7b3);
    pins(GPIOE, 0xff80);
    FSMC_Bank1->BTCR[0] = BCR_MWID_16 | BCR_WREN | BCR_EXTMOD;
    FSMC_Bank1->BTCR[1] = READ_ADDSET | READ_DATAST << 8;
    FSMC_Bank1E->BWTR[0] = WRITE_ADDSET | WRITE_DATAST << 8;
    FSMC_Bank1->BTCR[0] |= BCR_MBKEN;
}

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
    bus_init();
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

// SPDX-License-Identifier: MIT
// The pins of DCMI, I2C2 and USART2. The sensor has an oscillator of its own.
#include "pins.h"

void pins_init(void) {
    RCC->AHB1ENR |= 7U;                          // GPIOA, GPIOB, GPIOC
    static const uint8_t a[] = {4, 6};           // HSYNC, PIXCLK
    static const uint8_t b[] = {6, 7, 8, 9};     // D5, VSYNC, D6, D7
    static const uint8_t c[] = {6, 7, 8, 9, 11}; // D0 to D4
    for (uint32_t i = 0; i < sizeof a; i++) pin_init(GPIOA, a[i], 13);
    for (uint32_t i = 0; i < sizeof b; i++) pin_init(GPIOB, b[i], 13);
    for (uint32_t i = 0; i < sizeof c; i++) pin_init(GPIOC, c[i], 13);
    pin_init(GPIOA, 2, 7);        // USART2_TX
    GPIOB->OTYPER |= 3U << 10;    // open drain
    GPIOB->PUPDR |= 5U << 10 * 2; // pull-ups
    pin_init(GPIOB, 10, 4);       // I2C2_SCL
    pin_init(GPIOB, 11, 4);       // I2C2_SDA
}

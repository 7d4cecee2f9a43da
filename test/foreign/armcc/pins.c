// SPDX-License-Identifier: MIT
// Pins of a board with a socket for camera modules: the DCMI's, PWDN at PG9 and RESET at PG15, by
// the bit-band alias.
//   PWDN_HIGH   the module is never woken
//   RESET_LOW   the module is never let out of its reset
#include "../article/pins.h"
#include "../article/article.h"
#include "bit_band.h"

enum { AF_DCMI = 13, AF_USART2 = 7, PWDN = 9, RESET = 15 };

#ifdef PWDN_HIGH
enum { PWDN_LEVEL = 1 };
#else
enum { PWDN_LEVEL = 0 };
#endif
#ifdef RESET_LOW
enum { RESET_LEVEL = 0 };
#else
enum { RESET_LEVEL = 1 };
#endif

static void wake_module(void) {
    GPIOG->MODER |= 1U << PWDN * 2 | 1U << RESET * 2;
    PG_OUT(PWDN) = PWDN_LEVEL;
    delay_ms(10);
    PG_OUT(RESET) = 0;
    delay_ms(10);
    PG_OUT(RESET) = RESET_LEVEL;
}

void pins_init(void) {
    RCC->AHB1ENR |= 0x57U;                       // GPIOA, GPIOB, GPIOC, GPIOE, GPIOG
    static const uint8_t a[] = {4, 6};           // HSYNC, PIXCLK
    static const uint8_t b[] = {6, 7};           // D5, VSYNC
    static const uint8_t c[] = {6, 7, 8, 9, 11}; // D0 to D4
    static const uint8_t e[] = {5, 6};           // D6, D7
    for (uint32_t i = 0; i < sizeof a; i++) pin_init(GPIOA, a[i], AF_DCMI);
    for (uint32_t i = 0; i < sizeof b; i++) pin_init(GPIOB, b[i], AF_DCMI);
    for (uint32_t i = 0; i < sizeof c; i++) pin_init(GPIOC, c[i], AF_DCMI);
    for (uint32_t i = 0; i < sizeof e; i++) pin_init(GPIOE, e[i], AF_DCMI);
    pin_init(GPIOA, 2, AF_USART2);
    wake_module();
}

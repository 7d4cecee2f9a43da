// SPDX-License-Identifier: MIT
// 168 MHz from a crystal of 24 MHz, as the start-up of ST's standard peripheral library has it: the
// wait for the crystal is so many polls long, and when it did not start in them, the chip goes on
// at 16 MHz and nobody is told.
#include "../article/article.h"
#include "../stm32f4.h"

enum { HSE_STARTUP_POLLS = 0x500, HSEON = 1 << 16, HSERDY = 1 << 17, PLLRDY = 1 << 25 };

static bool hse_starts(void) {
    RCC->CR |= HSEON;
    for (volatile uint32_t polls = 0; polls != HSE_STARTUP_POLLS; polls++)
        if (RCC->CR & HSERDY) return true;
    return false;
}

void clocks_init(void) {
    if (hse_starts()) {
        RCC->APB1ENR |= 1U << 28; // PWR
        PWR->CR |= 1U << 14;      // VOS
        RCC->CFGR |= (5U << 10) | (4U << 13);
        // 24 MHz / 24 * 336 / 2
        RCC->PLLCFGR = (7U << 24) | (1U << 22) | (336U << 6) | 24U;
        RCC->CR |= 1U << 24; // PLLON
        while (!(RCC->CR & PLLRDY)) continue;
        FLASH->ACR = (7U << 8) | 5U; // caches, prefetch, 5 wait states
        RCC->CFGR = (RCC->CFGR & ~3U) | 2U;
        while ((RCC->CFGR & (3U << 2)) != 2U << 2) continue;
    }
    tick_init(HCLK_MHZ);
}

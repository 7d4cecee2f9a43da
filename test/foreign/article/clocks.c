// SPDX-License-Identifier: MIT
// An STM32F407 at 168 MHz from a crystal of 8 MHz, which has a time-out of 100 ms.
#include "../stm32f4.h"
#include "article.h"

enum { HSE_TIMEOUT_MS = 100 };

void clocks_init(void) {
    tick_init(16);
    RCC->APB1ENR |= 1U << 28; // PWR
    PWR->CR |= 1U << 14;      // VOS
    RCC->CR |= 1U << 16;      // HSEON
    while (!(RCC->CR & (1U << 17)))
        if (tick_ms > HSE_TIMEOUT_MS) fail("HSE does not start");
    // 8 MHz / 8 * 336 / 2
    RCC->PLLCFGR = 0x20000000U | (7U << 24) | (1U << 22) | (336U << 6) | 8U;
    RCC->CR |= 1U << 24; // PLLON
    while (!(RCC->CR & (1U << 25))) continue;
    FLASH->ACR = (7U << 8) | 5U;              // caches, prefetch, 5 wait states
    RCC->CFGR = (5U << 10) | (4U << 13) | 2U; // PCLK1 / 4, PCLK2 / 2, SYSCLK from the PLL
    while ((RCC->CFGR & (3U << 2)) != 2U << 2) continue;
    tick_init(HCLK_MHZ);
}

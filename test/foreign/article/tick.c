// SPDX-License-Identifier: MIT
// The tick without an operating system.
#include "../stm32f4.h"
#include "article.h"

volatile uint32_t tick_ms;

void SysTick_Handler(void) { tick_ms++; }

void tick_init(uint32_t hclk_mhz) {
    SysTick->LOAD = hclk_mhz * 1000U - 1U;
    SysTick->VAL = 0;
    SysTick->CTRL = 7; // processor clock, interrupt, on
}

void delay_ms(uint32_t ms) {
    // One more than asked: the first tick may be near.
    const uint32_t end = tick_ms + ms + 1;
    while ((int32_t)(end - tick_ms) > 0) continue;
}

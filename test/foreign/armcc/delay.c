// SPDX-License-Identifier: MIT
// Microseconds by the counts that SysTick goes down, while it makes the tick.
#include "../article/article.h"
#include "../stm32f4.h"

void delay_us(uint32_t us) {
    const uint32_t wanted = us * HCLK_MHZ, period = SysTick->LOAD + 1;
    uint32_t counted = 0, before = SysTick->VAL;
    while (counted < wanted) {
        const uint32_t now = SysTick->VAL;
        if (now == before) continue;
        counted += now < before ? before - now : period - now + before;
        before = now;
    }
}

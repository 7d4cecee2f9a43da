// SPDX-License-Identifier: MIT
// SysTick every millisecond at 180 MHz, sleep in between.

#include "mcu.h"

volatile uint32_t ticks, loops, initialised = 0x12345678;

void SysTick_Handler(void) { ticks++; }

int main(void) {
    STK_LOAD = 180000 - 1;
    STK_VAL = 0;
    STK_CTRL = 7;
    for (;;) {
        WFI();
        loops++;
    }
}

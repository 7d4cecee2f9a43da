// SPDX-License-Identifier: MIT
// WFE and SEV, SLEEPONEXIT, late arrival, SysTick without interrupt. `which` chooses the case.

#include "mcu.h"

__attribute__((section(".noinit"))) volatile uint32_t which;
volatile uint32_t steps, ticks, flags, val_seen, irq_first, marker;

void SysTick_Handler(void) {
    ticks++;
    if (irq_first == 0) irq_first = 15;
}

void IRQ0_Handler(void) {
    if (irq_first == 0) irq_first = 16;
}

int main(void) {
    switch (which) {
    case 0: // SEV sets the event: the first WFE goes on, the second sleeps for ever
        __asm volatile("sev\n wfe");
        steps = 1;
        __asm volatile("wfe");
        steps = 2;
        __asm volatile("wfe");
        steps = 3;
        break;
    case 1: // everything in handlers
        STK_LOAD = 18000 - 1;
        STK_VAL = 0;
        STK_CTRL = 7;
        SCR = 1 << 1;
        WFI();
        steps = 1;
        break;
    case 2: // COUNTFLAG, VAL, HCLK/8
        STK_LOAD = 999;
        STK_VAL = 0;
        STK_CTRL = 1;
        (void)STK_CTRL;
        while ((STK_CTRL & 1u << 16) == 0) flags++;
        for (uint32_t i = 0; i < 100; i++) __asm volatile("nop");
        val_seen = STK_VAL;
        steps = 1;
        break;
    case 3: // SEVONPEND: a pending interrupt that is not enabled wakes WFE
        SCR = 1 << 4;
        STK_LOAD = 18000 - 1;
        STK_VAL = 0;
        STK_CTRL = 7;
        __asm volatile("wfe");
        steps = ticks;
        break;
    case 4: // interrupt 0 comes while the frame for the tick is stacked, and is more urgent
        SHPR(15) = 0x80;
        NVIC_IPR(0) = 0x40;
        NVIC_ISER(0) = 1;
        STK_LOAD = 18000 - 1;
        STK_VAL = 0;
        STK_CTRL = 7;
        marker = 1;
        for (;;) WFI();
    }
    for (;;) WFI();
}

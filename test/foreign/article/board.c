// SPDX-License-Identifier: MIT
// What all programs share of a board: interrupts and USART2. Its tick is in tick.c, its clocks in
// clocks.c, its pins in pins.c.
#include "../stm32f4.h"
#include "article.h"

enum { BAUD = 115200 };

void enable_interrupt(uint32_t irq) {
    NVIC->IP[irq] = 5U << 4;
    NVIC->ISER[irq >> 5] = 1U << (irq & 31);
}

static void uart_init(uint32_t pclk1_mhz) {
    RCC->APB1ENR |= 1U << 17;
    USART2->BRR = (pclk1_mhz * 1000000U + BAUD / 2) / BAUD;
    USART2->CR1 = (1U << 13) | (1U << 3); // UE, TE
}

void board_init(void) {
    clocks_init();
    pins_init();
    uart_init(PCLK1_MHZ);
}

void print(const char *text) {
    for (; *text; text++) {
        while (!(USART2->SR & (1U << 7))) continue; // TXE
        USART2->DR = (uint8_t)*text;
    }
    while (!(USART2->SR & (1U << 6))) continue; // TC
}

void print_number(uint32_t value) {
    char digits[11];
    uint32_t at = sizeof digits - 1;
    digits[at] = 0;
    do {
        digits[--at] = (char)('0' + value % 10);
        value /= 10;
    } while (value);
    print(&digits[at]);
}

_Noreturn void fail(const char *what) {
    print("error: ");
    print(what);
    print("\r\n");
    for (;;) continue;
}

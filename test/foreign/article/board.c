// SPDX-License-Identifier: MIT
// What the eight programs share of the board: an STM32F407 at 168 MHz from a crystal of 8 MHz, the
// pins of DCMI, I2C2 and USART2. The sensor has an oscillator of its own.
#include "../stm32f4.h"
#include "article.h"

enum { HSE_TIMEOUT_MS = 100, BAUD = 115200 };

volatile uint32_t tick_ms;

void SysTick_Handler(void) { tick_ms++; }

static void tick_init(uint32_t hclk_mhz) {
    SysTick->LOAD = hclk_mhz * 1000U - 1U;
    SysTick->VAL = 0;
    SysTick->CTRL = 7; // processor clock, interrupt, on
}

void delay_ms(uint32_t ms) {
    // One more than asked: the first tick may be near.
    const uint32_t end = tick_ms + ms + 1;
    while ((int32_t)(end - tick_ms) > 0) continue;
}

void enable_interrupt(uint32_t irq) {
    NVIC->IP[irq] = 5U << 4;
    NVIC->ISER[irq >> 5] = 1U << (irq & 31);
}

static void clocks(void) {
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

static void pin(GPIO_TypeDef *port, uint32_t number, uint32_t function) {
    port->AFR[number >> 3] |= function << (number & 7) * 4;
    port->OSPEEDR |= 3U << number * 2;
    port->MODER |= 2U << number * 2;
}

static void pins(void) {
    RCC->AHB1ENR |= 7U;                          // GPIOA, GPIOB, GPIOC
    static const uint8_t a[] = {4, 6};           // HSYNC, PIXCLK
    static const uint8_t b[] = {6, 7, 8, 9};     // D5, VSYNC, D6, D7
    static const uint8_t c[] = {6, 7, 8, 9, 11}; // D0 to D4
    for (uint32_t i = 0; i < sizeof a; i++) pin(GPIOA, a[i], 13);
    for (uint32_t i = 0; i < sizeof b; i++) pin(GPIOB, b[i], 13);
    for (uint32_t i = 0; i < sizeof c; i++) pin(GPIOC, c[i], 13);
    pin(GPIOA, 2, 7);             // USART2_TX
    GPIOB->OTYPER |= 3U << 10;    // open drain
    GPIOB->PUPDR |= 5U << 10 * 2; // pull-ups
    pin(GPIOB, 10, 4);            // I2C2_SCL
    pin(GPIOB, 11, 4);            // I2C2_SDA
}

static void uart_init(uint32_t pclk1_mhz) {
    RCC->APB1ENR |= 1U << 17;
    USART2->BRR = (pclk1_mhz * 1000000U + BAUD / 2) / BAUD;
    USART2->CR1 = (1U << 13) | (1U << 3); // UE, TE
}

void board_init(void) {
    clocks();
    pins();
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

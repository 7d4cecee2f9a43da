// SPDX-License-Identifier: MIT
// Widths of access, bit-banding, identification, counted loops, functions for a debugger's call.

#include "mcu.h"

volatile uint32_t ipr0, ipr_bytes, shpr3, cpuid, idcode, uid, flash_kb, cycles, word, gpio_odr,
    bits_seen, moder;
volatile uint32_t called, global = 40;

__attribute__((noinline, used)) uint32_t add(uint32_t a, uint32_t b) {
    called++;
    return a + b + global;
}

__attribute__((noinline, used)) float scale(float x) { return x * 2.0f; }

__attribute__((noinline, used)) void never(void) {
    for (;;) called++;
}

// 3 instructions before the loop, 2 in each round, 1 after it
__attribute__((naked, noinline, used)) void loop(void) {
    __asm volatile("nop\n nop\n movs r0, #200\n 1: subs r0, #1\n bne 1b\n bx lr\n");
}

int main(void) {
    NVIC_IPR(0) = 0x10;
    NVIC_IPR(1) = 0x20;
    NVIC_IPR(3) = 0xf0;
    ipr0 = REG32(0xe000e400);
    ipr_bytes = NVIC_IPR(1) | NVIC_IPR(3) << 8;
    SHPR(14) = 0xf0;
    SHPR(15) = 0xe0;
    shpr3 = REG32(0xe000ed20);
    cpuid = CPUID;
    idcode = DBGMCU_IDCODE;
    uid = REG32(0x1fff7a18);
    flash_kb = REG16(0x1fff7a22);

    // GPIOA by bit band: RCC_AHB1ENR bit 0, then MODER of PA5, then ODR by halfword and BSRR by
    // halfwords.
    REG32(0x42000000 + (0x23830 * 32) + 0 * 4) = 1;
    REG32(0x40020000) = (REG32(0x40020000) & ~(3u << 10)) | 1u << 10;
    REG16(0x40020018) = 1 << 5;
    gpio_odr = REG32(0x40020014);
    bits_seen = REG32(0x42000000 + (0x20014 * 32) + 5 * 4);
    REG16(0x4002001a) = 1 << 5;
    moder = REG32(0x40020014);

    // A bit of SRAM through its alias.
    REG32(0x22000000 + ((uint32_t)&word - 0x20000000) * 32 + 9 * 4) = 1;

    DEMCR |= 1u << 24;
    DWT_CYCCNT = 0;
    DWT_CTRL |= 1;
    uint32_t before = DWT_CYCCNT;
    loop();
    cycles = DWT_CYCCNT - before;
    for (;;) WFI();
}

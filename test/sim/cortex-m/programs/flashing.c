// SPDX-License-Identifier: MIT
// Erases a sector and programs words and a function into it (RM0390 §3.5), then resets itself.

#include "mcu.h"

#define FLASH_ACR REG32(0x40023c00)
#define FLASH_KEYR REG32(0x40023c04)
#define FLASH_SR REG32(0x40023c0c)
#define FLASH_CR REG32(0x40023c10)
#define RCC_CSR REG32(0x40023874)
#define PLACE 0x08020000 // sector 5

volatile uint32_t locked_sr, erased, programmed, overwritten, first_result, second_result, errors;
volatile uint32_t __attribute__((section(".noinit"))) boots, csr;

static void wait(void) {
    while ((FLASH_SR & 1u << 16) != 0) {
    }
}

static void program(uint32_t address, uint32_t value) {
    REG32(address) = value;
    wait();
    errors |= FLASH_SR & 0xf0;
}

static void erase(void) {
    FLASH_CR = 2 << 8 | 5 << 3 | 1 << 1;
    FLASH_CR |= 1 << 16;
    wait();
    FLASH_CR = 0;
}

static uint32_t run_there(void) { return ((uint32_t(*)(void))(PLACE + 0x101))(); }

__attribute__((noinline, used)) void finish(void) {
    AIRCR = 0x05fa0004;
    for (;;) {
    }
}

int main(void) {
    csr = RCC_CSR;
    if (boots == 0x600d) {
        for (;;) WFI();
    }
    boots = 0x600d;
    REG32(PLACE) = 1; // CR is locked: nothing happens but an error
    locked_sr = FLASH_SR;
    FLASH_SR = 0xf0;
    FLASH_KEYR = 0x45670123;
    FLASH_KEYR = 0xcdef89ab;
    erase();
    erased = REG32(PLACE);
    FLASH_CR = 2 << 8 | 1;
    program(PLACE, 0x12345678);
    programmed = REG32(PLACE);
    program(PLACE, 0xff0000ff);
    overwritten = REG32(PLACE);
    program(PLACE + 0x100, 0x4770200b); // movs r0, #11; bx lr
    first_result = run_there();
    FLASH_CR = 0;
    erase();
    FLASH_CR = 2 << 8 | 1;
    program(PLACE + 0x100, 0x47702016); // movs r0, #22; bx lr
    second_result = run_there();
    FLASH_CR = 1u << 31;
    finish();
    return 0;
}

// SPDX-License-Identifier: MIT
// Interrupts 0 to 3 by software: pre-emption, tail-chaining, masks, groups. `which` chooses the
// case.

#include "mcu.h"

__attribute__((section(".noinit"))) volatile uint32_t which;
volatile uint32_t trace[32], traced;
volatile uint32_t thread_steps, steps_at[4], cycles[8], basepri_read, woken;

static void note(uint32_t what) { trace[traced++] = what; }
static void pend(uint32_t irq) { NVIC_ISPR(0) = 1u << irq; }
static void sync(void) { __asm volatile("dsb\n isb" ::: "memory"); }

void IRQ0_Handler(void) {
    note(0x10);
    pend(1);
    sync();
    note(0x1f);
}

void IRQ1_Handler(void) {
    steps_at[1] = thread_steps;
    cycles[1] = DWT_CYCCNT;
    note(0x20);
    note(0x2f);
}

void IRQ2_Handler(void) {
    steps_at[2] = thread_steps;
    cycles[2] = DWT_CYCCNT;
    note(0x30);
}

void IRQ3_Handler(void) { note(0x40); }

static void priorities(uint8_t p0, uint8_t p1, uint8_t p2) {
    NVIC_IPR(0) = p0;
    NVIC_IPR(1) = p1;
    NVIC_IPR(2) = p2;
    NVIC_ISER(0) = 0xf;
}

static void masks(void) {
    priorities(0x40, 0x80, 0xc0);
    DISABLE_INTERRUPTS();
    pend(2);
    note(1);
    WFI();
    woken = 1;
    note(2);
    ENABLE_INTERRUPTS();
    note(3);
    __asm volatile("msr basepri, %0" ::"r"(0x80));
    pend(1);
    pend(3);
    sync();
    note(4);
    __asm volatile("mrs %0, basepri" : "=r"(basepri_read));
    __asm volatile("msr basepri, %0" ::"r"(0));
    note(5);
}

int main(void) {
    DEMCR |= 1u << 24;
    DWT_CTRL |= 1;
    switch (which) {
    case 0: // 1 is more urgent than 0 and pre-empts it
        priorities(0x80, 0x40, 0xc0);
        pend(0);
        break;
    case 1: // 1 is less urgent: it follows 0 without a step of the thread
        priorities(0x40, 0x80, 0xc0);
        pend(0);
        break;
    case 2: // two at once, tail-chained
        priorities(0, 0x40, 0x80);
        NVIC_ISPR(0) = 1 << 1 | 1 << 2;
        break;
    case 3: // group of two bits: 0x80 and 0xa0 differ in subpriority only
        AIRCR = 0x05fa0000 | 5 << 8;
        priorities(0xa0, 0x80, 0xc0);
        pend(0);
        break;
    case 4:
        masks();
        break;
    case 5: // the lower number first when priorities are equal; STIR
        priorities(0x40, 0x40, 0x40);
        DISABLE_INTERRUPTS();
        NVIC_STIR = 2;
        NVIC_STIR = 1;
        ENABLE_INTERRUPTS();
        break;
    }
    for (;;) thread_steps++;
}

// SPDX-License-Identifier: MIT
// Two threads on their own stacks (PSP), switched by PendSV at every tick; a service by SVC. Both
// use the FPU.

#include "mcu.h"

#define STACK_WORDS 256

volatile uint32_t switches, service_calls, service_result, sums_wrong, control_seen, psp_used;
volatile uint32_t rounds[2];
static uint32_t stacks[2][STACK_WORDS] __attribute__((aligned(8)));
uint32_t *saved[2];
uint32_t running;

void SysTick_Handler(void) { ICSR = ICSR_PENDSVSET; }

__attribute__((used)) uint32_t *switch_stack(uint32_t *stack) {
    saved[running] = stack;
    running ^= 1;
    switches++;
    return saved[running];
}

__attribute__((naked)) void PendSV_Handler(void) {
    __asm volatile("mrs r0, psp\n"
                   "tst lr, #16\n"
                   "it eq\n"
                   "vstmdbeq r0!, {s16-s31}\n"
                   "stmdb r0!, {r4-r11, lr}\n"
                   "bl switch_stack\n"
                   "ldmia r0!, {r4-r11, lr}\n"
                   "tst lr, #16\n"
                   "it eq\n"
                   "vldmiaeq r0!, {s16-s31}\n"
                   "msr psp, r0\n"
                   "bx lr\n");
}

__attribute__((used)) void service(uint32_t *frame) {
    const uint8_t *next = (const uint8_t *)frame[6];
    service_calls++;
    frame[0] = frame[0] * 100 + next[-2];
}

__attribute__((naked)) void SVC_Handler(void) {
    __asm volatile("tst lr, #4\n"
                   "ite eq\n"
                   "mrseq r0, msp\n"
                   "mrsne r0, psp\n"
                   "b service\n");
}

static uint32_t call_service(uint32_t value) {
    register uint32_t r0 __asm("r0") = value;
    __asm volatile("svc #7" : "+r"(r0)::"memory");
    return r0;
}

static void work(uint32_t self, float step) {
    for (;;) {
        float sum = 0;
        for (uint32_t i = 0; i < 1000; i++) {
            sum += step;
            __asm volatile("" : "+t"(sum));
        }
        if (sum != step * 1000) sums_wrong++;
        rounds[self]++;
        if (self == 0 && rounds[0] == 3) service_result = call_service(5);
        __asm volatile("mrs %0, control" : "=r"(control_seen));
    }
}

static void first(void) { work(0, 0.5f); }
static void second(void) { work(1, 0.25f); }

int main(void) {
    uint32_t *stack = &stacks[1][STACK_WORDS];
    *--stack = 0x01000000;
    *--stack = (uint32_t)second;
    for (int i = 0; i < 6; i++) *--stack = 0;
    *--stack = 0xfffffffd;
    for (int i = 0; i < 8; i++) *--stack = 0;
    saved[1] = stack;
    SHPR(14) = 0xf0;
    SHPR(15) = 0xe0;
    STK_LOAD = 18000 - 1;
    STK_VAL = 0;
    __asm volatile("msr psp, %0\n"
                   "mov r0, #2\n"
                   "msr control, r0\n"
                   "isb\n" ::"r"(&stacks[0][STACK_WORDS])
                   : "r0", "memory");
    STK_CTRL = 7;
    first();
    return 0;
}

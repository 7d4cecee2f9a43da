// SPDX-License-Identifier: MIT
// One fault each; the handlers note status, address and the stacked PC. `which` chooses.

#include "mcu.h"

__attribute__((section(".noinit"))) volatile uint32_t which;
__attribute__((section(".noinit"))) volatile uint32_t enabled;
volatile uint32_t handler, cfsr, hfsr, mmfar, bfar, stacked_pc, stacked_lr, zero, sink,
    guard_bottom;
extern const char fault_here[] __attribute__((weak));
static uint32_t guard[64] __attribute__((aligned(256)));
static uint32_t handler_stack[128] __attribute__((aligned(8)));

__attribute__((used)) void note(uint32_t number, const uint32_t *frame) {
    handler = number;
    cfsr = CFSR;
    hfsr = HFSR;
    mmfar = MMFAR;
    bfar = BFAR;
    if (frame != 0) {
        stacked_pc = frame[6];
        stacked_lr = frame[5];
    }
    for (;;) WFI();
}

#define HANDLER(name, number)                                                                      \
    __attribute__((naked)) void name(void) {                                                       \
        __asm volatile("mov r0, %0\n mov r1, sp\n b note\n" ::"I"(number));                        \
    }
HANDLER(HardFault_Handler, 3)
HANDLER(BusFault_Handler, 5)
HANDLER(UsageFault_Handler, 6)

// The stack, and with it the frame, is in the guard: go on with another one.
__attribute__((naked)) void MemManage_Handler(void) {
    __asm volatile(
        "movs r1, #0\n movs r0, #4\n ldr r2, =handler_stack + 512\n mov sp, r2\n b note\n");
}

__attribute__((noinline)) static uint32_t recurse(uint32_t depth) {
    volatile uint32_t frame[8];
    frame[0] = depth;
    if (depth == 0xffffffff) return 0;
    return recurse(depth + 1) + frame[0];
}

static void overflow(void) {
    sink = (uint32_t)handler_stack;
    MPU_RBAR = (uint32_t)guard | 1 << 4; // region 0
    MPU_RASR = 7 << 1 | 1;               // 256 bytes, no access
    MPU_CTRL = 1 << 2 | 1;               // background region for the rest
    __asm volatile("dsb\n isb\n");
    guard_bottom = (uint32_t)guard;
    // A stack of 512 bytes above the guard.
    __asm volatile("mov sp, %0" ::"r"((uint32_t)guard + 256 + 512));
    recurse(0);
}

int main(void) {
    SHCSR = enabled << 16;
    CCR |= 1 << 4;
    uint32_t address = 0x20000001;
    switch (which) {
    case 0:
        __asm volatile("movs r4, #1\n ldr r3, =0xc0000000\n .global at_read\n at_read: ldr r3, "
                       "[r3]\n movs r4, #2" ::
                           : "r3", "r4");
        break;
    case 1:
        __asm volatile("movs r4, #1\n .global at_ldrd\n at_ldrd: ldrd r2, r3, [%0]" ::"r"(address)
                       : "r2", "r3", "r4");
        break;
    case 2:
        __asm volatile("movs r4, #1\n .global at_udf\n at_udf: udf #3" ::: "r4");
        break;
    case 3:
        __asm volatile("movs r4, #1\n .global at_div\n at_div: udiv r3, r4, %0" ::"r"(zero)
                       : "r3", "r4");
        break;
    case 4:
        overflow();
        break;
    case 5:
        __asm volatile("ldr r3, =0x30000001\n blx r3" ::: "r3", "lr");
        break;
    case 6:
        __asm volatile("ldr r3, =at_read\n bic r3, #1\n bx r3" ::: "r3");
        break;
    case 7:
        CCR |= 1 << 3;
        __asm volatile("movs r4, #1\n .global at_word\n at_word: ldr r3, [%0]" ::"r"(address)
                       : "r3", "r4");
        break;
    case 8:
        __asm volatile("ldr r3, [%0]\n str r3, %1" ::"r"(address), "m"(sink) : "r3");
        handler = 99;
        break;
    case 9:
        CPACR = 0;
        __asm volatile("isb\n .global at_fpu\n at_fpu: vmov.f32 s0, #1.0" ::: "s0");
        break;
    case 10:
        __asm volatile("ldr r3, =0xc0000004\n .global at_write\n at_write: str r3, [r3, #4]" ::
                           : "r3");
        break;
    case 11:
        __asm volatile("bkpt 5");
        break;
    case 12:
        __asm volatile("movs r0, #4\n bkpt 0xab");
        break;
    case 13:
        REG32(0x08040000) = 0x12345678;
        sink = REG32(0x08040000);
        handler = 98;
        break;
    case 15:
        __asm volatile("ldr r3, =0x40020001\n blx r3" ::: "r3", "lr");
        break;
    case 16:
        RCC_AHB3ENR = 1;
        __asm volatile("ldr r3, =0x64000004\n .global at_bank_read\n at_bank_read: ldr r3, [r3]" ::
                           : "r3");
        handler = 97;
        break;
    case 17:
        RCC_AHB3ENR = 1;
        __asm volatile("ldr r3, =0x64000004\n str r3, [r3]\n .global after_bank_write\n "
                       "after_bank_write: nop" ::
                           : "r3");
        handler = 97;
        break;
    case 14:
        __asm volatile(
            "movs r4, #1\n ldr r3, =0x20000002\n .global at_ldm\n at_ldm: ldm r3, {r1, r2}" ::
                : "r1", "r2", "r3", "r4");
        break;
    }
    for (;;) WFI();
}

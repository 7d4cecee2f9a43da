// SPDX-License-Identifier: MIT
// One access to `target` under an MPU that the test describes; the handlers note what came of it.

#include "mcu.h"

#define MUNSTKERR (1u << 3)
#define UNSTKERR (1u << 11)
#define NOINIT __attribute__((section(".noinit")))

/** What the test asks for. */
NOINIT volatile uint32_t regions[8][2]; // RBAR, RASR
NOINIT volatile uint32_t mpu_ctrl, control, operation, target, enabled, ccr;
/** Before the access: FAULTMASK is set; or it is made in the handler of the exception. */
NOINIT volatile uint32_t faultmask, in_handler;

volatile uint32_t handler, cfsr, hfsr, mmfar, bfar, exc_return, stacked_pc, stacked_r1, psp_then,
    control_then;
/** Handlers and thread have stacks of their own: MSP may be denied. */
static uint32_t handler_stack[64] __attribute__((used, aligned(8)));
static uint32_t thread_stack[128] __attribute__((aligned(1024)));

__attribute__((used, noreturn)) void note(uint32_t number, const uint32_t *frame, uint32_t lr) {
    MPU_CTRL = 0;
    handler = number;
    cfsr = CFSR;
    hfsr = HFSR;
    mmfar = MMFAR;
    bfar = BFAR;
    exc_return = lr;
    if ((cfsr & (MUNSTKERR | UNSTKERR)) == 0) { // else it is the frame that cannot be read
        stacked_pc = frame[6];
        stacked_r1 = frame[1];
    }
    __asm volatile("mrs %0, psp" : "=r"(psp_then));
    __asm volatile("mrs %0, control" : "=r"(control_then));
    for (;;) WFI();
}

/** Nothing but registers until the stack of the handlers: the others may be denied. */
#define HANDLER(name, number)                                                                      \
    __attribute__((naked)) void name(void) {                                                       \
        __asm volatile("movs r0, %0\n"                                                             \
                       "tst lr, #4\n"                                                              \
                       "ite eq\n"                                                                  \
                       "moveq r1, sp\n"                                                            \
                       "mrsne r1, psp\n"                                                           \
                       "mov r2, lr\n"                                                              \
                       "ldr r3, =handler_stack + 256\n"                                            \
                       "mov sp, r3\n"                                                              \
                       "b note\n" ::"I"(number));                                                  \
    }
HANDLER(HardFault_Handler, 3)
HANDLER(MemManage_Handler, 4)
HANDLER(BusFault_Handler, 5)
HANDLER(UsageFault_Handler, 6)
HANDLER(finished, 11)

/** SVC 0: nothing happened. SVC 1: the frame that the return takes is at `target`. */
__attribute__((naked)) void SVC_Handler(void) {
    __asm volatile("ldr r2, =operation\n"
                   "ldr r2, [r2]\n"
                   "ldr r3, =in_handler\n"
                   "ldr r3, [r3]\n"
                   "cmp r3, #1\n"
                   "beq operate\n"
                   "ldr r3, =return_from\n"
                   "ldr r3, [r3]\n"
                   "cmp r3, #1\n"
                   "bne finished\n"
                   "ldr r1, =target\n"
                   "ldr r1, [r1]\n"
                   "msr psp, r1\n"
                   "bx lr\n");
}
NOINIT volatile uint32_t return_from;

/** r0: the address. r1 to r3 are 1 to 3. */
#define OPERATION(name, prepare, instruction)                                                      \
    __attribute__((naked)) static void name(void) {                                                \
        __asm volatile(prepare "\n.global at_" #name "\nat_" #name ": " instruction "\n"           \
                               "cmp r0, r0\n b end\n");                                            \
    }
__attribute__((naked, used)) static void end(void) {
    __asm volatile("ldr r0, =in_handler\n ldr r0, [r0]\n cmp r0, #1\n beq finished\n"
                   "ldr r0, =faultmask\n ldr r0, [r0]\n cmp r0, #1\n bne 1f\n"
                   "cpsie f\n 1: svc #0\n");
}
OPERATION(ldr, "", "ldr r1, [r0]")
OPERATION(str, "", "str r1, [r0]")
OPERATION(ldrb, "", "ldrb r1, [r0]")
OPERATION(strb, "", "strb r1, [r0]")
OPERATION(ldrh, "subs r0, #4", "ldrh r1, [r0, #4]")
OPERATION(strh, "subs r0, #4", "strh.w r1, [r0, #4]")
OPERATION(ldr_index, "subs r0, #12", "ldr.w r1, [r0, r3, lsl #2]")
OPERATION(str_before, "adds r0, #8", "str r1, [r0, #-8]!")
OPERATION(ldr_after, "", "ldr r1, [r0], #16")
OPERATION(ldm, "subs r0, #4", "ldm r0, {r1, r2}")
OPERATION(stm, "subs r0, #4", "stm r0!, {r1, r2}")
OPERATION(stmdb, "adds r0, #4", "stmdb r0!, {r1, r2}")
OPERATION(ldmdb, "adds r0, #4", "ldmdb r0, {r1, r2}")
OPERATION(push, "adds r0, #4\n mov sp, r0", "push {r1, lr}")
OPERATION(pop, "mov sp, r0", "pop {r1, r2}")
OPERATION(ldrd, "subs r0, #4", "ldrd r1, r2, [r0]")
OPERATION(strd, "adds r0, #4", "strd r1, r2, [r0, #-8]")
OPERATION(ldrex, "subs r0, #8", "ldrex r1, [r0, #8]")
OPERATION(strex, "subs r0, #8", "strex r1, r2, [r0, #8]")
OPERATION(ldrexb, "", "ldrexb r1, [r0]")
OPERATION(tbb, "subs r0, #2", "tbb [r0, r2]")
OPERATION(vldr, "", "vldr s0, [r0]")
OPERATION(vstr, "", "vstr d0, [r0]")
OPERATION(vldm, "subs r0, #8", "vldmia r0!, {s0-s2}")
OPERATION(vstm, "adds r0, #4", "vstmdb r0!, {s0-s2}")
OPERATION(ldrt, "", "ldrt r1, [r0]")
OPERATION(strt, "", "strt r1, [r0]")
OPERATION(call, "orr r0, #1", "blx r0")
OPERATION(str_in_it, "cmp r1, #1\n itt eq", "streq r2, [r0]\n moveq r1, #77")
OPERATION(ldr_in_it, "cmp r1, #1\n itt eq", "ldreq r1, [r0]\n moveq r2, #77")
OPERATION(supervise, "mov sp, r0", "svc #0")
OPERATION(service, "", "svc #0")
OPERATION(div_in_it, "movs r0, #0\n cmp r1, #1\n itt eq", "udiveq r2, r1, r0\n moveq r1, #77")
OPERATION(ldrd_in_it, "cmp r1, #1\n itt eq", "ldrdeq r1, r2, [r0]\n moveq r2, #77")
OPERATION(spin, "", "b .")
OPERATION(mask,
          "cpsid if\n movs r1, #1\n msr primask, r1\n msr faultmask, r1\n msr basepri, r1\n"
          "movs r1, #0\n msr control, r1\n ldr r1, =0x20001000\n msr psp, r1\n mov r1, sp\n",
          "mrs r1, psp")

static void (*const operations[])(void) = {
    ldr,   str,       ldrb,      strb,      ldrh,    strh, ldr_index, str_before, ldr_after,
    ldm,   stm,       stmdb,     ldmdb,     push,    pop,  ldrd,      strd,       ldrex,
    strex, ldrexb,    tbb,       vldr,      vstr,    vldm, vstm,      ldrt,       strt,
    call,  str_in_it, ldr_in_it, supervise, service, mask, div_in_it, ldrd_in_it, spin,
};

__attribute__((naked, used)) static void operate(void) {
    __asm volatile("ldr r3, =operation\n ldr r3, [r3]\n ldr r0, =target\n ldr r0, [r0]\n"
                   "ldr r12, =%0\n ldr r12, [r12, r3, lsl #2]\n"
                   "movs r1, #1\n movs r2, #2\n movs r3, #3\n bx r12\n" ::"i"(operations));
}

__attribute__((used)) uint32_t read_cpuid(void) { return CPUID; }

int main(void) {
    SHCSR = enabled << 16;
    CCR |= ccr;
    for (uint32_t i = 0; i < 8; i++) {
        MPU_RBAR = regions[i][0];
        MPU_RASR = regions[i][1];
    }
    MPU_CTRL = mpu_ctrl;
    __asm volatile("dsb\n isb\n msr psp, %0\n msr control, %1\n isb\n" ::"r"(thread_stack + 128),
                   "r"(control)
                   : "memory");
    if (faultmask == 1) __asm volatile("cpsid f");
    if (in_handler == 1) __asm volatile("svc #1");
    operate();
    return 0;
}

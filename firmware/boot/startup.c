// SPDX-License-Identifier: MIT
// From reset to main: the FPU, initialised data, the painted stack.
#include <stdint.h>

#include "core_regs.h"
#include "mmio.h"
#include "startup.h"

extern uint32_t cam_data_start[];
extern uint32_t cam_data_end[];
extern const uint32_t cam_data_load[];
extern uint32_t cam_bss_start[];
extern uint32_t cam_bss_end[];
extern uint32_t cam_native_stack[];
extern uint32_t cam_vm_native_stack[];
extern uint32_t cam_vm_native_stack_end[];
extern const uint32_t cam_vectors[];

int main(void);

/** Words between two symbols of the linker, which C takes for two objects. */
static uint32_t words_between(const uint32_t *start, const uint32_t *end) {
    return (uint32_t)((uintptr_t)end - (uintptr_t)start) / sizeof(uint32_t);
}

static void paint(volatile uint32_t *start, const uint32_t *end) {
    const uint32_t words = words_between((const uint32_t *)start, end);
    for (uint32_t i = 0; i < words; i++) start[i] = CAM_STACK_PAINT;
}

/** The deepest use of the stacks can be read from what is left of the paint. */
static void paint_stacks(void) {
    // Well below this function's own frame.
    paint(cam_native_stack, (const uint32_t *)__builtin_frame_address(0) - 24);
    paint(cam_vm_native_stack, cam_vm_native_stack_end);
}

void Reset_Handler(void) {
    // Before anything that might use a floating point register (ARMv7-M A2.5.4).
    mmio_modify32(SCB_CPACR, 0, SCB_CPACR_CP10_CP11_FULL);
    __asm__ volatile("dsb\n\tisb" : : : "memory");
    // A boot loader may have left its own table.
    mmio_write32(SCB_VTOR, (uint32_t)(uintptr_t)cam_vectors);
    const uint32_t data_words = words_between(cam_data_start, cam_data_end);
    for (uint32_t i = 0; i < data_words; i++) cam_data_start[i] = cam_data_load[i];
    const uint32_t bss_words = words_between(cam_bss_start, cam_bss_end);
    for (uint32_t i = 0; i < bss_words; i++) cam_bss_start[i] = 0;
    paint_stacks();
    (void)main();
    for (;;) {
    }
}

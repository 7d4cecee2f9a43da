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
extern const uint32_t cam_vectors[];

int main(void);

/** The deepest use of the stack can be read from what is left of the paint. */
static void paint_stack(void) {
    const uint32_t *here = (const uint32_t *)__builtin_frame_address(0);
    // Well below this function's own frame.
    for (volatile uint32_t *word = cam_native_stack; word < here - 16; word++)
        *word = CAM_STACK_PAINT;
}

void Reset_Handler(void) {
    // Before anything that might use a floating point register (ARMv7-M A2.5.4).
    mmio_modify32(SCB_CPACR, 0, SCB_CPACR_CP10_CP11_FULL);
    __asm__ volatile("dsb\n\tisb" : : : "memory");
    // A boot loader may have left its own table.
    mmio_write32(SCB_VTOR, (uint32_t)(uintptr_t)cam_vectors);
    const uint32_t *from = cam_data_load;
    for (uint32_t *to = cam_data_start; to < cam_data_end;) *to++ = *from++;
    for (uint32_t *to = cam_bss_start; to < cam_bss_end;) *to++ = 0;
    paint_stack();
    (void)main();
    for (;;) {
    }
}

// SPDX-License-Identifier: MIT
// Vector table and start of the test programs: data is copied, .bss is cleared, main runs.

#include "mcu.h"

extern uint32_t image_data[], data_start[], data_end[], bss_start[], bss_end[], stack_top[];
int main(void);

void Reset_Handler(void) {
    for (uint32_t *to = data_start, *from = image_data; to < data_end;) *to++ = *from++;
    for (uint32_t *to = bss_start; to < bss_end;) *to++ = 0;
    CPACR |= 0xf << 20;
    __asm volatile("dsb\n isb");
    main();
    for (;;) __asm volatile("wfi");
}

static void unexpected(void) { __asm volatile("bkpt 1"); }

#define WEAK __attribute__((weak, alias("unexpected")))
WEAK void NMI_Handler(void);
WEAK void HardFault_Handler(void);
WEAK void MemManage_Handler(void);
WEAK void BusFault_Handler(void);
WEAK void UsageFault_Handler(void);
WEAK void SVC_Handler(void);
WEAK void PendSV_Handler(void);
WEAK void SysTick_Handler(void);
WEAK void IRQ0_Handler(void);
WEAK void IRQ1_Handler(void);
WEAK void IRQ2_Handler(void);
WEAK void IRQ3_Handler(void);
WEAK void DMA2_Stream1_IRQHandler(void);
WEAK void DCMI_IRQHandler(void);

__attribute__((section(".vectors"), used)) static void (*const vectors[16 + 97])(void) = {
    [0] = (void (*)(void))stack_top,
    [1] = Reset_Handler,
    [2] = NMI_Handler,
    [3] = HardFault_Handler,
    [4] = MemManage_Handler,
    [5] = BusFault_Handler,
    [6] = UsageFault_Handler,
    [11] = SVC_Handler,
    [14] = PendSV_Handler,
    [15] = SysTick_Handler,
    [16] = IRQ0_Handler,
    [17] = IRQ1_Handler,
    [18] = IRQ2_Handler,
    [19] = IRQ3_Handler,
    [16 + 57] = DMA2_Stream1_IRQHandler,
    [16 + 78] = DCMI_IRQHandler,
};

// SPDX-License-Identifier: MIT
// Start-up of the foreign firmware: vector table, memory, FPU, main.
#include "stm32f4.h"

extern uint32_t _estack[], _sidata[], _sdata[], _edata[], _sbss[], _ebss[];
extern int main(void);

void Reset_Handler(void);
void Default_Handler(void);

#define WEAK __attribute__((weak, alias("Default_Handler")))
WEAK void NMI_Handler(void);
WEAK void HardFault_Handler(void);
WEAK void MemManage_Handler(void);
WEAK void BusFault_Handler(void);
WEAK void UsageFault_Handler(void);
WEAK void SVC_Handler(void);
WEAK void PendSV_Handler(void);
WEAK void SysTick_Handler(void);
WEAK void DMA1_Stream2_IRQHandler(void);
WEAK void I2C2_EV_IRQHandler(void);
WEAK void I2C2_ER_IRQHandler(void);
WEAK void DMA1_Stream7_IRQHandler(void);
WEAK void TIM7_IRQHandler(void);
WEAK void DMA2_Stream1_IRQHandler(void);
WEAK void DCMI_IRQHandler(void);

typedef void (*vector_t)(void);

__attribute__((section(".isr_vector"), used)) static const vector_t vectors[16 + 97] = {
    [0] = (vector_t)_estack,
    [1] = Reset_Handler,
    [2] = NMI_Handler,
    [3] = HardFault_Handler,
    [4] = MemManage_Handler,
    [5] = BusFault_Handler,
    [6] = UsageFault_Handler,
    [11] = SVC_Handler,
    [14] = PendSV_Handler,
    [15] = SysTick_Handler,
    [16 + DMA1_Stream2_IRQn] = DMA1_Stream2_IRQHandler,
    [16 + I2C2_EV_IRQn] = I2C2_EV_IRQHandler,
    [16 + I2C2_ER_IRQn] = I2C2_ER_IRQHandler,
    [16 + DMA1_Stream7_IRQn] = DMA1_Stream7_IRQHandler,
    [16 + TIM7_IRQn] = TIM7_IRQHandler,
    [16 + DMA2_Stream1_IRQn] = DMA2_Stream1_IRQHandler,
    [16 + DCMI_IRQn] = DCMI_IRQHandler,
};

void Default_Handler(void) {
    for (;;) continue;
}

void Reset_Handler(void) {
    CPACR |= 0xfU << 20; // CP10 and CP11: the FPU
    __asm__ volatile("dsb\n\tisb" ::: "memory");
    SCB->VTOR = (uint32_t)(uintptr_t)vectors;
    const uint32_t *from = _sidata;
    for (uint32_t *to = _sdata; to < _edata; to++) *to = *from++;
    for (uint32_t *to = _sbss; to < _ebss; to++) *to = 0;
    (void)main();
    for (;;) continue;
}

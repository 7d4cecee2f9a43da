// SPDX-License-Identifier: MIT
// The vector table: every interrupt of the STM32F405 to F446 (RM0090 tables 61 and 62, RM0390 table
// 38; a chip that has less never raises the rest). What nobody handles is a crash.
#include <stdint.h>

#include "capture.h"
#include "crash.h"
#include "gate.h"
#include "kernel_enter.h"
#include "pin_edges.h"
#include "startup.h"
#include "time_base.h"

/** An alias needs its target in the same file. */
void cam_unhandled(void);
__attribute__((naked)) void cam_unhandled(void) { __asm__ volatile("b cam_crash_entry"); }

#define CRASH_UNLESS_DEFINED __attribute__((weak, alias("cam_unhandled")))

// clang-format off
void NMI_Handler(void) CRASH_UNLESS_DEFINED;
void HardFault_Handler(void) CRASH_UNLESS_DEFINED;
void DebugMon_Handler(void) CRASH_UNLESS_DEFINED;
void PendSV_Handler(void) CRASH_UNLESS_DEFINED;
void WWDG_IRQHandler(void) CRASH_UNLESS_DEFINED;
void PVD_IRQHandler(void) CRASH_UNLESS_DEFINED;
void TAMP_STAMP_IRQHandler(void) CRASH_UNLESS_DEFINED;
void RTC_WKUP_IRQHandler(void) CRASH_UNLESS_DEFINED;
void FLASH_IRQHandler(void) CRASH_UNLESS_DEFINED;
void RCC_IRQHandler(void) CRASH_UNLESS_DEFINED;
void DMA1_Stream0_IRQHandler(void) CRASH_UNLESS_DEFINED;
void DMA1_Stream1_IRQHandler(void) CRASH_UNLESS_DEFINED;
void DMA1_Stream2_IRQHandler(void) CRASH_UNLESS_DEFINED;
void DMA1_Stream3_IRQHandler(void) CRASH_UNLESS_DEFINED;
void DMA1_Stream4_IRQHandler(void) CRASH_UNLESS_DEFINED;
void DMA1_Stream5_IRQHandler(void) CRASH_UNLESS_DEFINED;
void DMA1_Stream6_IRQHandler(void) CRASH_UNLESS_DEFINED;
void ADC_IRQHandler(void) CRASH_UNLESS_DEFINED;
void CAN1_TX_IRQHandler(void) CRASH_UNLESS_DEFINED;
void CAN1_RX0_IRQHandler(void) CRASH_UNLESS_DEFINED;
void CAN1_RX1_IRQHandler(void) CRASH_UNLESS_DEFINED;
void CAN1_SCE_IRQHandler(void) CRASH_UNLESS_DEFINED;
void TIM1_BRK_TIM9_IRQHandler(void) CRASH_UNLESS_DEFINED;
void TIM1_UP_TIM10_IRQHandler(void) CRASH_UNLESS_DEFINED;
void TIM1_TRG_COM_TIM11_IRQHandler(void) CRASH_UNLESS_DEFINED;
void TIM1_CC_IRQHandler(void) CRASH_UNLESS_DEFINED;
void TIM3_IRQHandler(void) CRASH_UNLESS_DEFINED;
void TIM4_IRQHandler(void) CRASH_UNLESS_DEFINED;
void I2C1_EV_IRQHandler(void) CRASH_UNLESS_DEFINED;
void I2C1_ER_IRQHandler(void) CRASH_UNLESS_DEFINED;
void I2C2_EV_IRQHandler(void) CRASH_UNLESS_DEFINED;
void I2C2_ER_IRQHandler(void) CRASH_UNLESS_DEFINED;
void SPI1_IRQHandler(void) CRASH_UNLESS_DEFINED;
void SPI2_IRQHandler(void) CRASH_UNLESS_DEFINED;
void USART1_IRQHandler(void) CRASH_UNLESS_DEFINED;
void USART2_IRQHandler(void) CRASH_UNLESS_DEFINED;
void USART3_IRQHandler(void) CRASH_UNLESS_DEFINED;
void RTC_Alarm_IRQHandler(void) CRASH_UNLESS_DEFINED;
void OTG_FS_WKUP_IRQHandler(void) CRASH_UNLESS_DEFINED;
void TIM8_BRK_TIM12_IRQHandler(void) CRASH_UNLESS_DEFINED;
void TIM8_UP_TIM13_IRQHandler(void) CRASH_UNLESS_DEFINED;
void TIM8_TRG_COM_TIM14_IRQHandler(void) CRASH_UNLESS_DEFINED;
void TIM8_CC_IRQHandler(void) CRASH_UNLESS_DEFINED;
void DMA1_Stream7_IRQHandler(void) CRASH_UNLESS_DEFINED;
void FMC_IRQHandler(void) CRASH_UNLESS_DEFINED;
void SDIO_IRQHandler(void) CRASH_UNLESS_DEFINED;
void TIM5_IRQHandler(void) CRASH_UNLESS_DEFINED;
void SPI3_IRQHandler(void) CRASH_UNLESS_DEFINED;
void UART4_IRQHandler(void) CRASH_UNLESS_DEFINED;
void UART5_IRQHandler(void) CRASH_UNLESS_DEFINED;
void TIM6_DAC_IRQHandler(void) CRASH_UNLESS_DEFINED;
void TIM7_IRQHandler(void) CRASH_UNLESS_DEFINED;
void DMA2_Stream0_IRQHandler(void) CRASH_UNLESS_DEFINED;
void DMA2_Stream2_IRQHandler(void) CRASH_UNLESS_DEFINED;
void DMA2_Stream3_IRQHandler(void) CRASH_UNLESS_DEFINED;
void DMA2_Stream4_IRQHandler(void) CRASH_UNLESS_DEFINED;
void ETH_IRQHandler(void) CRASH_UNLESS_DEFINED;
void ETH_WKUP_IRQHandler(void) CRASH_UNLESS_DEFINED;
void CAN2_TX_IRQHandler(void) CRASH_UNLESS_DEFINED;
void CAN2_RX0_IRQHandler(void) CRASH_UNLESS_DEFINED;
void CAN2_RX1_IRQHandler(void) CRASH_UNLESS_DEFINED;
void CAN2_SCE_IRQHandler(void) CRASH_UNLESS_DEFINED;
void OTG_FS_IRQHandler(void) CRASH_UNLESS_DEFINED;
void DMA2_Stream5_IRQHandler(void) CRASH_UNLESS_DEFINED;
void DMA2_Stream6_IRQHandler(void) CRASH_UNLESS_DEFINED;
void DMA2_Stream7_IRQHandler(void) CRASH_UNLESS_DEFINED;
void USART6_IRQHandler(void) CRASH_UNLESS_DEFINED;
void I2C3_EV_IRQHandler(void) CRASH_UNLESS_DEFINED;
void I2C3_ER_IRQHandler(void) CRASH_UNLESS_DEFINED;
void OTG_HS_EP1_OUT_IRQHandler(void) CRASH_UNLESS_DEFINED;
void OTG_HS_EP1_IN_IRQHandler(void) CRASH_UNLESS_DEFINED;
void OTG_HS_WKUP_IRQHandler(void) CRASH_UNLESS_DEFINED;
void OTG_HS_IRQHandler(void) CRASH_UNLESS_DEFINED;
void CRYP_IRQHandler(void) CRASH_UNLESS_DEFINED;
void HASH_RNG_IRQHandler(void) CRASH_UNLESS_DEFINED;
void FPU_IRQHandler(void) CRASH_UNLESS_DEFINED;
void UART7_IRQHandler(void) CRASH_UNLESS_DEFINED;
void UART8_IRQHandler(void) CRASH_UNLESS_DEFINED;
void SPI4_IRQHandler(void) CRASH_UNLESS_DEFINED;
void SPI5_IRQHandler(void) CRASH_UNLESS_DEFINED;
void SPI6_IRQHandler(void) CRASH_UNLESS_DEFINED;
void SAI1_IRQHandler(void) CRASH_UNLESS_DEFINED;
void LTDC_IRQHandler(void) CRASH_UNLESS_DEFINED;
void LTDC_ER_IRQHandler(void) CRASH_UNLESS_DEFINED;
void DMA2D_IRQHandler(void) CRASH_UNLESS_DEFINED;
void SAI2_IRQHandler(void) CRASH_UNLESS_DEFINED;
void QUADSPI_IRQHandler(void) CRASH_UNLESS_DEFINED;
void CEC_IRQHandler(void) CRASH_UNLESS_DEFINED;
void SPDIF_RX_IRQHandler(void) CRASH_UNLESS_DEFINED;
void FMPI2C1_EV_IRQHandler(void) CRASH_UNLESS_DEFINED;
void FMPI2C1_ER_IRQHandler(void) CRASH_UNLESS_DEFINED;
// clang-format on

typedef void (*cam_vector_t)(void);

extern uint8_t cam_native_stack_end[];
extern const cam_vector_t cam_vectors[];

/** Word 0 is the initial stack pointer. 512-byte alignment: VTOR needs it for a table of this size.
 */
__attribute__((section(".vectors"), used)) const cam_vector_t cam_vectors[] = {
    (cam_vector_t)(uintptr_t)cam_native_stack_end,
    Reset_Handler,
    NMI_Handler,
    HardFault_Handler,
    cam_gate_fault_entry, // MemManage
    cam_gate_fault_entry, // BusFault
    cam_gate_fault_entry, // UsageFault
    0,
    0,
    0,
    0,
    SVC_Handler,
    DebugMon_Handler,
    0,
    PendSV_Handler,
    SysTick_Handler,
    WWDG_IRQHandler, // 0
    PVD_IRQHandler,
    TAMP_STAMP_IRQHandler,
    RTC_WKUP_IRQHandler,
    FLASH_IRQHandler,
    RCC_IRQHandler,
    EXTI0_IRQHandler,
    EXTI1_IRQHandler,
    EXTI2_IRQHandler,
    EXTI3_IRQHandler,
    EXTI4_IRQHandler, // 10
    DMA1_Stream0_IRQHandler,
    DMA1_Stream1_IRQHandler,
    DMA1_Stream2_IRQHandler,
    DMA1_Stream3_IRQHandler,
    DMA1_Stream4_IRQHandler,
    DMA1_Stream5_IRQHandler,
    DMA1_Stream6_IRQHandler,
    ADC_IRQHandler,
    CAN1_TX_IRQHandler,
    CAN1_RX0_IRQHandler, // 20
    CAN1_RX1_IRQHandler,
    CAN1_SCE_IRQHandler,
    EXTI9_5_IRQHandler,
    TIM1_BRK_TIM9_IRQHandler,
    TIM1_UP_TIM10_IRQHandler,
    TIM1_TRG_COM_TIM11_IRQHandler,
    TIM1_CC_IRQHandler,
    TIM2_IRQHandler, // 28
    TIM3_IRQHandler,
    TIM4_IRQHandler, // 30
    I2C1_EV_IRQHandler,
    I2C1_ER_IRQHandler,
    I2C2_EV_IRQHandler,
    I2C2_ER_IRQHandler,
    SPI1_IRQHandler,
    SPI2_IRQHandler,
    USART1_IRQHandler,
    USART2_IRQHandler, // 38
    USART3_IRQHandler,
    EXTI15_10_IRQHandler, // 40
    RTC_Alarm_IRQHandler,
    OTG_FS_WKUP_IRQHandler,
    TIM8_BRK_TIM12_IRQHandler,
    TIM8_UP_TIM13_IRQHandler,
    TIM8_TRG_COM_TIM14_IRQHandler,
    TIM8_CC_IRQHandler,
    DMA1_Stream7_IRQHandler,
    FMC_IRQHandler,
    SDIO_IRQHandler,
    TIM5_IRQHandler, // 50
    SPI3_IRQHandler,
    UART4_IRQHandler,
    UART5_IRQHandler,
    TIM6_DAC_IRQHandler,
    TIM7_IRQHandler,
    DMA2_Stream0_IRQHandler,
    DMA2_Stream1_IRQHandler, // 57
    DMA2_Stream2_IRQHandler,
    DMA2_Stream3_IRQHandler,
    DMA2_Stream4_IRQHandler, // 60
    ETH_IRQHandler,
    ETH_WKUP_IRQHandler,
    CAN2_TX_IRQHandler,
    CAN2_RX0_IRQHandler,
    CAN2_RX1_IRQHandler,
    CAN2_SCE_IRQHandler,
    OTG_FS_IRQHandler,
    DMA2_Stream5_IRQHandler,
    DMA2_Stream6_IRQHandler,
    DMA2_Stream7_IRQHandler, // 70
    USART6_IRQHandler,
    I2C3_EV_IRQHandler,
    I2C3_ER_IRQHandler,
    OTG_HS_EP1_OUT_IRQHandler,
    OTG_HS_EP1_IN_IRQHandler,
    OTG_HS_WKUP_IRQHandler,
    OTG_HS_IRQHandler,
    DCMI_IRQHandler, // 78
    CRYP_IRQHandler,
    HASH_RNG_IRQHandler, // 80
    FPU_IRQHandler,
    UART7_IRQHandler,
    UART8_IRQHandler,
    SPI4_IRQHandler,
    SPI5_IRQHandler,
    SPI6_IRQHandler,
    SAI1_IRQHandler,
    LTDC_IRQHandler,
    LTDC_ER_IRQHandler,
    DMA2D_IRQHandler, // 90
    SAI2_IRQHandler,
    QUADSPI_IRQHandler,
    CEC_IRQHandler,
    SPDIF_RX_IRQHandler,
    FMPI2C1_EV_IRQHandler,
    FMPI2C1_ER_IRQHandler,
};

enum { SYSTEM_VECTORS = 16, INTERRUPTS = 97 };
_Static_assert(sizeof cam_vectors == 4 * (SYSTEM_VECTORS + INTERRUPTS), "one entry per interrupt");

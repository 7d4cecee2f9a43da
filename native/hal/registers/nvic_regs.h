// SPDX-License-Identifier: MIT
// Registers of the interrupt controller (ARMv7-M B3.4) and our interrupt numbers (RM0090 table 62).
#ifndef CAM_NVIC_REGS_H
#define CAM_NVIC_REGS_H

#define NVIC_ISER 0xe000e100u // 32 interrupts per word
#define NVIC_ICER 0xe000e180u
#define NVIC_ISPR 0xe000e200u
#define NVIC_ICPR 0xe000e280u
#define NVIC_IPR 0xe000e400u // one byte per interrupt; STM32F4 has its upper 4 bits

#define EXTI0_IRQN 6u // EXTI1 to EXTI4 follow
#define DMA1_STREAM6_IRQN 17u
#define EXTI9_5_IRQN 23u
#define EXTI15_10_IRQN 40u
#define DMA2_STREAM1_IRQN 57u
#define DCMI_IRQN 78u

#endif

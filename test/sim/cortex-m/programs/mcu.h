// SPDX-License-Identifier: MIT
// Registers that the test programs use (PM0214, RM0090), typed from the manuals.
#ifndef MCU_H
#define MCU_H

#include <stdint.h>

#define REG32(address) (*(volatile uint32_t *)(address))
#define REG16(address) (*(volatile uint16_t *)(address))
#define REG8(address) (*(volatile uint8_t *)(address))

#define STK_CTRL REG32(0xe000e010)
#define STK_LOAD REG32(0xe000e014)
#define STK_VAL REG32(0xe000e018)
#define NVIC_ISER(n) REG32(0xe000e100 + 4 * (n))
#define NVIC_ICER(n) REG32(0xe000e180 + 4 * (n))
#define NVIC_ISPR(n) REG32(0xe000e200 + 4 * (n))
#define NVIC_IPR(n) REG8(0xe000e400 + (n))
#define NVIC_STIR REG32(0xe000ef00)
#define CPUID REG32(0xe000ed00)
#define ICSR REG32(0xe000ed04)
#define VTOR REG32(0xe000ed08)
#define AIRCR REG32(0xe000ed0c)
#define SCR REG32(0xe000ed10)
#define CCR REG32(0xe000ed14)
#define SHPR(n) REG8(0xe000ed18 + (n)-4)
#define SHCSR REG32(0xe000ed24)
#define CFSR REG32(0xe000ed28)
#define HFSR REG32(0xe000ed2c)
#define MMFAR REG32(0xe000ed34)
#define BFAR REG32(0xe000ed38)
#define CPACR REG32(0xe000ed88)
#define MPU_CTRL REG32(0xe000ed94)
#define MPU_RBAR REG32(0xe000ed9c)
#define MPU_RASR REG32(0xe000eda0)
#define DEMCR REG32(0xe000edfc)
#define DWT_CTRL REG32(0xe0001000)
#define DWT_CYCCNT REG32(0xe0001004)
#define DBGMCU_IDCODE REG32(0xe0042000)

#define ICSR_PENDSVSET (1u << 28)
#define ICSR_PENDSTSET (1u << 26)

#define RCC_AHB1ENR REG32(0x40023830)
#define RCC_AHB2ENR REG32(0x40023834)
#define RCC_AHB3ENR REG32(0x40023838)

#define WFI() __asm volatile("wfi" ::: "memory")
#define DISABLE_INTERRUPTS() __asm volatile("cpsid i" ::: "memory")
#define ENABLE_INTERRUPTS() __asm volatile("cpsie i" ::: "memory")

#endif

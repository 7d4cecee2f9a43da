// SPDX-License-Identifier: MIT
// Reset and clock control, as in RM0090 section 7.3 (RM0390 section 6.3): clock tree, clock gates
// of the blocks that we use, reset flags.
#ifndef CAM_RCC_REGS_H
#define CAM_RCC_REGS_H

#define RCC_BASE 0x40023800u

#define RCC_CR (RCC_BASE + 0x00u)
#define RCC_CR_HSION (1u << 0)
#define RCC_CR_HSIRDY (1u << 1)
#define RCC_CR_HSEON (1u << 16)
#define RCC_CR_HSERDY (1u << 17)
#define RCC_CR_HSEBYP (1u << 18)
#define RCC_CR_PLLON (1u << 24)
#define RCC_CR_PLLRDY (1u << 25)

// Bits 28 and above hold PLLR on the F446 and a reset value to be kept on the others.
#define RCC_PLLCFGR (RCC_BASE + 0x04u)
#define RCC_PLLCFGR_PLLM_MASK (0x3fu << 0)
#define RCC_PLLCFGR_PLLN_MASK (0x1ffu << 6)
#define RCC_PLLCFGR_PLLP_MASK (3u << 16)
#define RCC_PLLCFGR_PLLSRC (1u << 22) // 1: HSE
#define RCC_PLLCFGR_PLLQ_MASK (0xfu << 24)

#define RCC_CFGR (RCC_BASE + 0x08u)
#define RCC_CFGR_SW_MASK (3u << 0)
#define RCC_CFGR_SW_PLL (2u << 0)
#define RCC_CFGR_SWS_MASK (3u << 2)
#define RCC_CFGR_SWS_PLL (2u << 2)
#define RCC_CFGR_HPRE_MASK (0xfu << 4)
#define RCC_CFGR_PPRE1_MASK (7u << 10)
#define RCC_CFGR_PPRE2_MASK (7u << 13)
#define RCC_CFGR_MCO1_MASK (3u << 21)
#define RCC_CFGR_MCO1PRE_MASK (7u << 24)
#define RCC_CFGR_MCO2PRE_MASK (7u << 27)
#define RCC_CFGR_MCO2_MASK (3u << 30)

#define RCC_AHB1ENR (RCC_BASE + 0x30u)
#define RCC_AHB1ENR_GPIOAEN (1u << 0) // port n is bit n
#define RCC_AHB1ENR_DMA1EN (1u << 21)
#define RCC_AHB1ENR_DMA2EN (1u << 22)

#define RCC_AHB2ENR (RCC_BASE + 0x34u)
#define RCC_AHB2ENR_DCMIEN (1u << 0)

#define RCC_APB1ENR (RCC_BASE + 0x40u)
#define RCC_APB1ENR_TIM2EN (1u << 0)
#define RCC_APB1ENR_USART2EN (1u << 17)
#define RCC_APB1ENR_I2C1EN (1u << 21)
#define RCC_APB1ENR_I2C2EN (1u << 22)
#define RCC_APB1ENR_I2C3EN (1u << 23)
#define RCC_APB1ENR_PWREN (1u << 28)

#define RCC_APB2ENR (RCC_BASE + 0x44u)
#define RCC_APB2ENR_TIM1EN (1u << 0)
#define RCC_APB2ENR_TIM8EN (1u << 1)
#define RCC_APB2ENR_SYSCFGEN (1u << 14)

#define RCC_CSR (RCC_BASE + 0x74u)
#define RCC_CSR_RMVF (1u << 24)
#define RCC_CSR_BORRSTF (1u << 25)
#define RCC_CSR_PINRSTF (1u << 26)
#define RCC_CSR_PORRSTF (1u << 27)
#define RCC_CSR_SFTRSTF (1u << 28)
#define RCC_CSR_IWDGRSTF (1u << 29)
#define RCC_CSR_WWDGRSTF (1u << 30)
#define RCC_CSR_LPWRRSTF (1u << 31)

#endif

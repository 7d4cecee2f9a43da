// SPDX-License-Identifier: MIT
// Clock gates of the blocks that we use, as in RM0090 section 7.3.
#ifndef CAM_RCC_REGS_H
#define CAM_RCC_REGS_H

#define RCC_BASE 0x40023800u

#define RCC_AHB1ENR (RCC_BASE + 0x30u)
#define RCC_AHB1ENR_GPIOAEN (1u << 0) // port n is bit n
#define RCC_AHB1ENR_DMA1EN (1u << 21)
#define RCC_AHB1ENR_DMA2EN (1u << 22)

#define RCC_AHB2ENR (RCC_BASE + 0x34u)
#define RCC_AHB2ENR_DCMIEN (1u << 0)

#define RCC_APB1ENR (RCC_BASE + 0x40u)
#define RCC_APB1ENR_USART2EN (1u << 17)
#define RCC_APB1ENR_I2C1EN (1u << 21)
#define RCC_APB1ENR_I2C2EN (1u << 22)
#define RCC_APB1ENR_I2C3EN (1u << 23)

#endif

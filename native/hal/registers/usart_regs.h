// SPDX-License-Identifier: MIT
// Registers and bits of USART2, as in RM0090 section 30.6.
#ifndef CAM_USART_REGS_H
#define CAM_USART_REGS_H

#define USART2_BASE 0x40004400u

#define USART2_SR (USART2_BASE + 0x00u)
#define USART_SR_PE (1u << 0)
#define USART_SR_FE (1u << 1)
#define USART_SR_NF (1u << 2)
#define USART_SR_ORE (1u << 3)
#define USART_SR_IDLE (1u << 4)
#define USART_SR_RXNE (1u << 5)
#define USART_SR_TC (1u << 6)
#define USART_SR_TXE (1u << 7)

#define USART2_DR (USART2_BASE + 0x04u)

#define USART2_BRR (USART2_BASE + 0x08u) // with OVER8 = 0: PCLK1 / baud

#define USART2_CR1 (USART2_BASE + 0x0cu)
#define USART_CR1_RE (1u << 2)
#define USART_CR1_TE (1u << 3)
#define USART_CR1_UE (1u << 13)

#define USART2_CR2 (USART2_BASE + 0x10u)

#define USART2_CR3 (USART2_BASE + 0x14u)
#define USART_CR3_DMAR (1u << 6)
#define USART_CR3_DMAT (1u << 7)

#endif

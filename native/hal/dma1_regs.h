// SPDX-License-Identifier: MIT
// Registers and bits of DMA1 that serve USART2: stream 5 (receive) and 6 (transmit), channel 4
// (RM0090 section 10.5 and table 42).
#ifndef CAM_DMA1_REGS_H
#define CAM_DMA1_REGS_H

#define DMA1_BASE 0x40026000u

#define DMA1_HISR (DMA1_BASE + 0x04u)
#define DMA1_HIFCR (DMA1_BASE + 0x0cu)

// Flags of both registers; in HIFCR a 1 clears.
#define DMA_HISR_FEIF5 (1u << 6)
#define DMA_HISR_DMEIF5 (1u << 8)
#define DMA_HISR_TEIF5 (1u << 9)
#define DMA_HISR_HTIF5 (1u << 10)
#define DMA_HISR_TCIF5 (1u << 11)
#define DMA_HISR_FEIF6 (1u << 16)
#define DMA_HISR_DMEIF6 (1u << 18)
#define DMA_HISR_TEIF6 (1u << 19)
#define DMA_HISR_HTIF6 (1u << 20)
#define DMA_HISR_TCIF6 (1u << 21)

#define DMA1_S5CR (DMA1_BASE + 0x88u)
#define DMA1_S5NDTR (DMA1_BASE + 0x8cu)
#define DMA1_S5PAR (DMA1_BASE + 0x90u)
#define DMA1_S5M0AR (DMA1_BASE + 0x94u)
#define DMA1_S5FCR (DMA1_BASE + 0x9cu)

#define DMA1_S6CR (DMA1_BASE + 0xa0u)
#define DMA1_S6NDTR (DMA1_BASE + 0xa4u)
#define DMA1_S6PAR (DMA1_BASE + 0xa8u)
#define DMA1_S6M0AR (DMA1_BASE + 0xacu)
#define DMA1_S6FCR (DMA1_BASE + 0xb4u)

#define DMA1_SxCR_EN (1u << 0)
#define DMA1_SxCR_TEIE (1u << 2)
#define DMA1_SxCR_TCIE (1u << 4)
#define DMA1_SxCR_DIR_TO_PERIPHERAL (0x1u << 6) // else to memory
#define DMA1_SxCR_CIRC (1u << 8)
#define DMA1_SxCR_MINC (1u << 10)
#define DMA1_SxCR_CHSEL_4 (0x4u << 25)

#endif

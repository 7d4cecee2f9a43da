// SPDX-License-Identifier: MIT
// Registers and bits of the DMA controllers, as in RM0090 section 10.5: DMA2 stream 1, channel 1
// serves the DCMI (table 43), DMA1 streams 5 (receive) and 6 (transmit), channel 4 serve USART2
// (table 42).
#ifndef CAM_DMA_REGS_H
#define CAM_DMA_REGS_H

#define DMA1_BASE 0x40026000u
#define DMA2_BASE 0x40026400u

#define DMA2_LISR (DMA2_BASE + 0x00u)
#define DMA_LISR_FEIF1 (1u << 6)
#define DMA_LISR_DMEIF1 (1u << 8)
#define DMA_LISR_TEIF1 (1u << 9)
#define DMA_LISR_HTIF1 (1u << 10)
#define DMA_LISR_TCIF1 (1u << 11)

#define DMA2_LIFCR (DMA2_BASE + 0x08u)
#define DMA_LIFCR_CFEIF1 (1u << 6)
#define DMA_LIFCR_CDMEIF1 (1u << 8)
#define DMA_LIFCR_CTEIF1 (1u << 9)
#define DMA_LIFCR_CHTIF1 (1u << 10)
#define DMA_LIFCR_CTCIF1 (1u << 11)

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
#define DMA1_S6CR (DMA1_BASE + 0xa0u)
#define DMA2_S1CR (DMA2_BASE + 0x28u)
#define DMA_SxCR_EN (1u << 0)
#define DMA_SxCR_DMEIE (1u << 1)
#define DMA_SxCR_TEIE (1u << 2)
#define DMA_SxCR_HTIE (1u << 3)
#define DMA_SxCR_TCIE (1u << 4)
#define DMA_SxCR_PFCTRL (1u << 5)
#define DMA_SxCR_DIR_MASK (0x3u << 6) // 0: peripheral to memory
#define DMA_SxCR_DIR_TO_PERIPHERAL (0x1u << 6)
#define DMA_SxCR_CIRC (1u << 8)
#define DMA_SxCR_PINC (1u << 9)
#define DMA_SxCR_MINC (1u << 10)
#define DMA_SxCR_PSIZE_MASK (0x3u << 11)
#define DMA_SxCR_PSIZE_WORD (0x2u << 11)
#define DMA_SxCR_MSIZE_MASK (0x3u << 13)
#define DMA_SxCR_MSIZE_WORD (0x2u << 13)
#define DMA_SxCR_PINCOS (1u << 15)
#define DMA_SxCR_PL_MASK (0x3u << 16)
#define DMA_SxCR_PL_VERY_HIGH (0x3u << 16)
#define DMA_SxCR_DBM (1u << 18)
#define DMA_SxCR_CT (1u << 19)
#define DMA_SxCR_PBURST_MASK (0x3u << 21)
#define DMA_SxCR_MBURST_MASK (0x3u << 23)
#define DMA_SxCR_CHSEL_MASK (0x7u << 25)
#define DMA_SxCR_CHSEL_1 (0x1u << 25)
#define DMA_SxCR_CHSEL_4 (0x4u << 25)

#define DMA1_S5NDTR (DMA1_BASE + 0x8cu)
#define DMA1_S5PAR (DMA1_BASE + 0x90u)
#define DMA1_S5M0AR (DMA1_BASE + 0x94u)

#define DMA1_S6NDTR (DMA1_BASE + 0xa4u)
#define DMA1_S6PAR (DMA1_BASE + 0xa8u)
#define DMA1_S6M0AR (DMA1_BASE + 0xacu)

#define DMA2_S1NDTR (DMA2_BASE + 0x2cu)
#define DMA2_S1PAR (DMA2_BASE + 0x30u)
#define DMA2_S1M0AR (DMA2_BASE + 0x34u)
#define DMA2_S1M1AR (DMA2_BASE + 0x38u)

#define DMA1_S5FCR (DMA1_BASE + 0x9cu)
#define DMA1_S6FCR (DMA1_BASE + 0xb4u)
#define DMA2_S1FCR (DMA2_BASE + 0x3cu)
#define DMA_SxFCR_FTH_MASK (0x3u << 0)
#define DMA_SxFCR_FTH_FULL (0x3u << 0)
#define DMA_SxFCR_DMDIS (1u << 2) // 1: FIFO mode
#define DMA_SxFCR_FS_MASK (0x7u << 3)
#define DMA_SxFCR_FEIE (1u << 7)

#endif

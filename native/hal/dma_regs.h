// SPDX-License-Identifier: MIT
// Registers and bits of DMA2 that serve the DCMI: stream 1, channel 1 (RM0090 section 10.5 and
// table 43).
#ifndef CAM_DMA_REGS_H
#define CAM_DMA_REGS_H

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

#define DMA2_S1CR (DMA2_BASE + 0x28u)
#define DMA_SxCR_EN (1u << 0)
#define DMA_SxCR_DMEIE (1u << 1)
#define DMA_SxCR_TEIE (1u << 2)
#define DMA_SxCR_HTIE (1u << 3)
#define DMA_SxCR_TCIE (1u << 4)
#define DMA_SxCR_PFCTRL (1u << 5)
#define DMA_SxCR_DIR_MASK (0x3u << 6) // 0: peripheral to memory
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

#define DMA2_S1NDTR (DMA2_BASE + 0x2cu)
#define DMA2_S1PAR (DMA2_BASE + 0x30u)
#define DMA2_S1M0AR (DMA2_BASE + 0x34u)
#define DMA2_S1M1AR (DMA2_BASE + 0x38u)

#define DMA2_S1FCR (DMA2_BASE + 0x3cu)
#define DMA_SxFCR_FTH_MASK (0x3u << 0)
#define DMA_SxFCR_FTH_FULL (0x3u << 0)
#define DMA_SxFCR_DMDIS (1u << 2) // 1: FIFO mode
#define DMA_SxFCR_FS_MASK (0x7u << 3)
#define DMA_SxFCR_FEIE (1u << 7)

#endif

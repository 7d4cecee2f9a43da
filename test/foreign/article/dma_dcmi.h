// SPDX-License-Identifier: MIT
// Bits of DMA2 stream 1 and the DCMI (RM0090 sections 10.5 and 15.8).
#ifndef FOREIGN_DMA_DCMI_H
#define FOREIGN_DMA_DCMI_H

enum {
    DMA_CR_EN = 1 << 0,
    DMA_CR_DMEIE = 1 << 1,
    DMA_CR_TEIE = 1 << 2,
    DMA_CR_HTIE = 1 << 3,
    DMA_CR_TCIE = 1 << 4,
    DMA_CR_CIRC = 1 << 8,
    DMA_CR_MINC = 1 << 10,
    DMA_CR_WORDS = 2 << 11 | 2 << 13, // PSIZE, MSIZE
    DMA_CR_PL_HIGH = 2 << 16,
    DMA_CR_DBM = 1 << 18,
    DMA_CR_CT = 1 << 19,
    DMA_CR_CHANNEL_1 = 1 << 25,
    DMA_FCR_RESET = 0x21,
    DMA_FCR_FTH_FULL = 3 << 0,
    DMA_FCR_DMDIS = 1 << 2,
    DMA_FCR_FEIE = 1 << 7,
    DMA_FLAGS_SHIFT = 6, // of stream 1 in LISR and LIFCR
    DMA_FEIF = 1 << 0,
    DMA_DMEIF = 1 << 2,
    DMA_TEIF = 1 << 3,
    DMA_HTIF = 1 << 4,
    DMA_TCIF = 1 << 5,
    DMA_FLAGS = DMA_FEIF | DMA_DMEIF | DMA_TEIF | DMA_HTIF | DMA_TCIF,
    DCMI_CR_CAPTURE = 1 << 0,
    DCMI_CR_CM_SNAPSHOT = 1 << 1,
    DCMI_CR_CROP = 1 << 2,
    DCMI_CR_JPEG = 1 << 3,
    DCMI_CR_ESS = 1 << 4,
    DCMI_CR_PCKPOL_RISING = 1 << 5,
    DCMI_CR_HSPOL = 1 << 6,
    DCMI_CR_VSPOL = 1 << 7,
    DCMI_CR_FCRC = 3 << 8,
    DCMI_CR_EDM = 3 << 10,
    DCMI_CR_ENABLE = 1 << 14,
    DCMI_FRAME = 1 << 0,
    DCMI_OVR = 1 << 1,
    DCMI_ERR = 1 << 2,
    DCMI_VSYNC = 1 << 3,
    DCMI_LINE = 1 << 4,
};

#endif

// SPDX-License-Identifier: MIT
// DMA2 stream 1, channel 1: words from the DCMI's data register into frame memory (RM0090 chapter
// 10).
#include "dma.h"

#include "board.h"
#include "dcmi_regs.h"

enum { STOP_TIMEOUT_US = 1000 }; // the beat in progress ends within a few bus cycles

_Static_assert(CAM_DMA_FLAGS == 0xf40, "the flags of stream 1 in LIFCR");
_Static_assert(CAM_DMA_WORDS_MAX == 0xffff, "NDTR has 16 bits");

static cam_status_t check_buffer(uint32_t address, uint32_t words) {
    const uint32_t end = cam_board.frame_memory + cam_board.frame_memory_bytes;
    if ((address & 3u) != 0) return cam_refuse(CAM_BAD_GEOMETRY, address, 4);
    if (words == 0) return cam_refuse(CAM_BAD_GEOMETRY, words, 1);
    if (words > CAM_DMA_WORDS_MAX) return cam_refuse(CAM_TOO_MANY_WORDS, words, CAM_DMA_WORDS_MAX);
    if (address < cam_board.frame_memory || address > end || words * 4u > end - address)
        return cam_refuse(CAM_NO_MEMORY, address + words * 4u, end);
    return cam_ok();
}

uint32_t cam_dma_control(cam_dma_mode_t mode) {
    // Errors interrupt; a FIFO error does not: no word is lost by it, the request waits (RM0090
    // section 10.3.18), and when it waits too long the DCMI says so with OVR.
    uint32_t control = DMA_SxCR_CHSEL_1 | DMA_SxCR_PL_VERY_HIGH | DMA_SxCR_MSIZE_WORD |
                       DMA_SxCR_PSIZE_WORD | DMA_SxCR_MINC | DMA_SxCR_TEIE | DMA_SxCR_DMEIE;
    if (mode != CAM_DMA_NORMAL) control |= DMA_SxCR_CIRC;
    if (mode == CAM_DMA_DOUBLE) control |= DMA_SxCR_DBM;
    return control;
}

cam_status_t cam_dma_configure(const cam_dma_config_t *config) {
    const cam_status_t first = check_buffer(config->memory0, config->words);
    if (first.code != CAM_OK) return first;
    if (config->mode == CAM_DMA_DOUBLE) {
        const cam_status_t second = check_buffer(config->memory1, config->words);
        if (second.code != CAM_OK) return second;
    }
    if (!cam_dma_stop()) return cam_refuse(CAM_HARDWARE, mmio_read32(DMA2_S1CR), 0);
    mmio_write32(DMA2_S1PAR, DCMI_DR);
    mmio_write32(DMA2_S1M0AR, config->memory0);
    if (config->mode == CAM_DMA_DOUBLE) mmio_write32(DMA2_S1M1AR, config->memory1);
    mmio_write32(DMA2_S1NDTR, config->words);
    mmio_write32(DMA2_S1FCR, DMA_SxFCR_DMDIS | DMA_SxFCR_FTH_FULL);
    mmio_write32(DMA2_S1CR, cam_dma_control(config->mode));
    return cam_ok();
}

void cam_dma_start(void) { mmio_modify32(DMA2_S1CR, 0, DMA_SxCR_EN); }

bool cam_dma_stop(void) {
    mmio_modify32(DMA2_S1CR, DMA_SxCR_EN, 0);
    if (mmio_wait_clear(DMA2_S1CR, DMA_SxCR_EN, STOP_TIMEOUT_US) & DMA_SxCR_EN) return false;
    mmio_write32(DMA2_LIFCR, CAM_DMA_FLAGS);
    return true;
}

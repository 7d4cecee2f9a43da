// SPDX-License-Identifier: MIT
// DMA2 stream 1, channel 1: words from the DCMI's data register into frame memory.
#ifndef CAM_DMA_H
#define CAM_DMA_H

#include <stdbool.h>
#include <stdint.h>

#include "dma_regs.h"
#include "mmio.h"
#include "status.h"

enum {
    CAM_DMA_WORDS_MAX = 65535, // NDTR has 16 bits
    CAM_DMA_FLAGS = DMA_LIFCR_CFEIF1 | DMA_LIFCR_CDMEIF1 | DMA_LIFCR_CTEIF1 | DMA_LIFCR_CHTIF1 |
                    DMA_LIFCR_CTCIF1,
};

typedef enum {
    CAM_DMA_NORMAL,   // one transfer, then EN falls
    CAM_DMA_CIRCULAR, // the same buffer again and again
    CAM_DMA_DOUBLE,   // two buffers by turns; the idle one's address may be changed
} cam_dma_mode_t;

typedef struct {
    cam_dma_mode_t mode;
    uint32_t memory0; // byte address, multiple of 4, inside the frame memory with all its words
    uint32_t memory1; // double buffer only, else ignored
    uint32_t words;   // 1..65535
} cam_dma_config_t;

/**
 * Check a configuration and write it; the stream stays off. Single transfers of words through the
 * stream's FIFO: a burst would ask for frames of whole 16 bytes that do not cross 1 KB (RM0090
 * section 10.3.11), and one word per four pixel clocks is not worth it.
 * @returns CAM_BAD_GEOMETRY (address not a multiple of 4, or no words), CAM_TOO_MANY_WORDS,
 * CAM_NO_MEMORY (outside the frame memory; value = first byte after the buffer) or CAM_HARDWARE
 * (the stream does not stop) Context: thread.
 */
CAM_CHECKED cam_status_t cam_dma_configure(const cam_dma_config_t *config);

/** Value of S1CR for a mode, EN not set. Context: both. */
uint32_t cam_dma_control(cam_dma_mode_t mode);

/** Set EN after cam_dma_configure; the DCMI's requests are served from now on. Context: thread. */
void cam_dma_start(void);

/**
 * Clear EN, wait until the transfer in progress has ended, clear the flags.
 * @returns false when EN does not fall within 1 ms. Context: thread.
 */
CAM_CHECKED bool cam_dma_stop(void);

/** Begin to end a transfer before its time: EN falls when the beat in progress has ended, no
 * interrupt comes of it. CT keeps its place: it is locked while EN is 1. Context: both. */
static inline void cam_dma_halt(void) { mmio_modify32(DMA2_S1CR, DMA_SxCR_EN | DMA_SxCR_TCIE, 0); }

/** Give a stopped stream its next buffer and start it. `control` with EN. Context: both. */
static inline void cam_dma_arm(uint32_t address, uint32_t words, uint32_t control) {
    mmio_write32(DMA2_S1M0AR, address);
    mmio_write32(DMA2_S1NDTR, words);
    // A flag left over keeps the stream from starting (RM0090 section 10.3.17).
    mmio_write32(DMA2_LIFCR, CAM_DMA_FLAGS);
    mmio_write32(DMA2_S1CR, control);
}

#endif

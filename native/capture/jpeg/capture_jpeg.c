// SPDX-License-Identifier: MIT
// Capture of JPEG frames, whose length nobody knows before they end.
//
// DMA runs circular, so that a frame that is too large goes on at the start of its buffer, never
// past its end; its size is known all the same.
#include "capture_jpeg.h"

#include <stddef.h>

#include "capture_state.h"
#include "dma.h"
#include "frame_clock.h"
#include "port.h"

enum {
    // The last word goes through two FIFOs within a few bus cycles.
    SETTLE_READS = 16,
};

static uint32_t wraps;
static bool missed; // armed in the middle of a frame: DCMI takes the next one

void cam_jpeg_arm(void) {
    wraps = 0;
    missed = (mmio_read32(DCMI_SR) & DCMI_SR_VSYNC) == 0;
    cam_dma_arm(cam_cap.filling->address, cam_cap.words, cam_cap.dma_cr | DMA_SxCR_TCIE);
}

void cam_jpeg_wrapped(void) {
    cam_cap.counters.irqs++;
    wraps++;
}

/** All words of the frame are in memory: the stream's FIFO is flushed as EN falls (RM0090 section
 * 10.3.14). @returns their number */
static uint32_t finish(void) {
    for (uint32_t i = 0; i < SETTLE_READS && (mmio_read32(DCMI_SR) & DCMI_SR_FNE); i++) continue;
    if (mmio_read32(DMA2_LISR) & DMA_LISR_TCIF1) {
        mmio_write32(DMA2_LIFCR, DMA_LIFCR_CTCIF1);
        wraps++;
    }
    cam_dma_halt();
    for (uint32_t i = 0; i < SETTLE_READS && (mmio_read32(DMA2_S1CR) & DMA_SxCR_EN); i++) continue;
    return wraps * cam_cap.words + cam_cap.words - mmio_read32(DMA2_S1NDTR);
}

static void judge(uint32_t words) {
    if (words == 0) {
        // There was no buffer when it began, or it had no data.
        if (missed)
            cam_cap.counters.dropped++;
        else
            cam_cap.counters.short_frames++;
    } else if (words > cam_cap.words) {
        cam_cap.counters.too_large++;
        cam_cap.counters.needed_bytes = 4u * words;
    } else {
        cam_frames_whole();
        cam_cap.filling->sequence = cam_cap.sequence;
        cam_cap.filling->end_us = cam_port_now_us();
        cam_cap.filling->columns = 4u * words;
        if (!cam_capture_hand_over()) cam_capture_starve();
    }
}

bool cam_jpeg_wrapped_once(void) { return wraps != 0; }

void cam_jpeg_vsync(void) {
    const bool counts = cam_cap.fate == CAM_FATE_NONE;
    if (cam_cap.phase == CAM_PHASE_STARVED) {
        if (counts) cam_cap.counters.dropped++;
        return;
    }
    if (cam_cap.phase == CAM_PHASE_JPEG) {
        const uint32_t words = finish();
        if (counts) judge(words);
    }
    if (cam_cap.phase != CAM_PHASE_STARVED) cam_capture_resume();
}

// SPDX-License-Identifier: MIT
// Whether a capture that runs still can: its registers are as they were written, and frames come.
#include "capture_watch.h"

#include "board.h"
#include "capture.h"
#include "capture_state.h"
#include "dma.h"
#include "frame_clock.h"
#include "pins.h"
#include "port.h"

enum {
    PERIOD_US = 1000,
    // Longer than a row of any sensor at its slowest useful clock.
    SIGNALS_US = 2000,
    PIXCLK = 0, // places in cam_board.dcmi_pins
    HSYNC = 1,
};

static uint32_t looked_us;
static uint32_t upsets;
static uint32_t upsets_told;

/** Bits that change while a stream runs. */
#define DMA_CR_MOVES (DMA_SxCR_EN | DMA_SxCR_TCIE | DMA_SxCR_CT)

static bool crop_as_written(void) {
    if ((cam_cap.cr & DCMI_CR_CROP) == 0) return true;
    return mmio_read32(DCMI_CWSTRT) == cam_cap.cwstrt && mmio_read32(DCMI_CWSIZE) == cam_cap.cwsize;
}

/** Interrupts masked. */
static bool as_written(void) {
    return (mmio_read32(DCMI_CR) & ~DCMI_CR_CAPTURE) == cam_cap.cr &&
           mmio_read32(DCMI_IER) == cam_cap.ier && crop_as_written() &&
           (mmio_read32(DMA2_S1CR) & ~DMA_CR_MOVES) == cam_cap.dma_cr &&
           mmio_read32(DMA2_S1PAR) == DCMI_DR;
}

/** What nobody has looked at may be wrong. Interrupts masked. */
static void distrust_queued(void) {
    for (;;) {
        cam_buffer_t *buffer = cam_capture_oldest(cam_capture_queued_mask());
        if (buffer == 0) return;
        if (cam_capture_withhold(buffer)) cam_cap.counters.doubtful++;
        cam_capture_give_back(buffer);
    }
}

/** Interrupts masked. PAR can be written only while the stream is off: if it does not stop at once
 * the next look tries again. */
static void write_again(void) {
    if (cam_capture_in_flight()) cam_capture_lose(&cam_cap.counters.doubtful);
    if (cam_cap.cr & DCMI_CR_CROP) {
        mmio_write32(DCMI_CWSTRT, cam_cap.cwstrt);
        mmio_write32(DCMI_CWSIZE, cam_cap.cwsize);
    }
    cam_dcmi_reset(cam_cap.cr);
    mmio_write32(DCMI_IER, cam_cap.ier);
    if (mmio_read32(DMA2_S1CR) & DMA_SxCR_EN) return;
    mmio_write32(DMA2_S1PAR, DCMI_DR);
    mmio_write32(DMA2_S1CR, cam_cap.dma_cr);
}

bool cam_watch_registers(void) {
    const uint32_t irq = mmio_irq_save();
    const bool right = cam_cap.phase == CAM_PHASE_STOPPED || as_written();
    if (!right) {
        upsets++;
        distrust_queued();
        write_again();
    }
    mmio_irq_restore(irq);
    return right;
}

void cam_watch_poll(void) {
    const uint32_t now_us = cam_port_now_us();
    if (cam_cap.phase == CAM_PHASE_STOPPED || now_us - looked_us < PERIOD_US) return;
    looked_us = now_us;
    cam_frames_count_missing();
    cam_watch_registers(); // what differed has been counted
}

cam_signals_t cam_watch_signals(void) {
    const uint32_t start_us = cam_port_now_us();
    const bool pixclk = cam_pin_read(cam_board.dcmi_pins[PIXCLK]);
    const bool hsync = (mmio_read32(DCMI_SR) & DCMI_SR_HSYNC) != 0;
    cam_signals_t seen = {.registers_right = upsets == upsets_told};
    upsets_told = upsets;
    do {
        if (cam_pin_read(cam_board.dcmi_pins[PIXCLK]) != pixclk) seen.pixclk_moves = true;
        seen.hsync_level = (mmio_read32(DCMI_SR) & DCMI_SR_HSYNC) != 0;
        if (seen.hsync_level != hsync) seen.hsync_moves = true;
    } while (cam_port_now_us() - start_us < SIGNALS_US && !(seen.pixclk_moves && seen.hsync_moves));
    seen.vsync_level = (mmio_read32(DCMI_SR) & DCMI_SR_VSYNC) != 0;
    return seen;
}

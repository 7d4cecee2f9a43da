// SPDX-License-Identifier: MIT
// The native code as the port sees it: set everything up once, then be polled.
#include "cam.h"

#include "board.h"
#include "capture.h"
#include "capture_watch.h"
#include "grabber.h"
#include "i2c.h"
#include "jacdac.h"
#include "mmio.h"
#include "nvic_regs.h"
#include "pins.h"
#include "port.h"
#include "rcc_regs.h"

enum {
    // One priority for both: neither may interrupt the other, they share the capture's state. The
    // frame's hand-over comes
    // before anything else on the chip.
    CAPTURE_PRIORITY = 0x10,
    PRIORITY_MASK = 0xff,
};

cam_board_t cam_board;
cam_request_t cam_request;

static uint32_t faults_told;

static void set_priority(uint32_t irq, uint32_t priority) {
    const uint32_t shift = 8u * (irq & 3u);
    mmio_modify32(NVIC_IPR + (irq & ~3u), (uint32_t)PRIORITY_MASK << shift, priority << shift);
}

static void enable_irq(uint32_t irq) {
    const uint32_t word = 4u * (irq >> 5);
    const uint32_t bit = 1u << (irq & 31u);
    set_priority(irq, CAPTURE_PRIORITY);
    mmio_write32(NVIC_ICPR + word, bit);
    mmio_write32(NVIC_ISER + word, bit);
}

void cam_init(void) {
    cam_clock_enable(RCC_AHB1ENR, RCC_AHB1ENR_DMA2EN);
    cam_clock_enable(RCC_AHB2ENR, RCC_AHB2ENR_DCMIEN);
    cam_pins_init_dcmi();
    cam_pins_init_i2c();
    cam_i2c_init();
    cam_grabber_init();
    enable_irq(DMA2_STREAM1_IRQN);
    enable_irq(DCMI_IRQN);
    // The source last.
    cam_pins_start_sensor();
}

/** Events that the VM's queue refused are told by a later call. */
static void tell_news(bool announced) {
    // With each announcement again: a program that bound just now has heard nothing yet.
    if (cam_capture_notify_pending() || (announced && cam_capture_queued() > 0)) {
        if (cam_jacdac_event(CAM_JD_EVENT_FRAME)) cam_capture_set_notified();
    }
    const uint32_t faults = cam_capture_faults();
    if (faults != faults_told && cam_jacdac_event(CAM_JD_EVENT_FAULT)) faults_told = faults;
}

void cam_program_ended(void) {
    const bool streaming = cam_capture_state() != CAM_STOPPED;
    cam_capture_abort();
    cam_grabber_restart();
    // What the next program is told happened in its own time.
    faults_told = cam_capture_faults();
    if (streaming) cam_port_capture_changed(false);
}

void cam_poll(void) {
    cam_watch_poll();
    tell_news(cam_jacdac_announce(cam_port_now_us()));
}

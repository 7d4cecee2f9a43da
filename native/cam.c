// SPDX-License-Identifier: MIT
// The native code as the port sees it: set everything up once, then be polled.
#include "cam.h"

#include "board.h"
#include "capture.h"
#include "capture_watch.h"
#include "grabber.h"
#include "i2c.h"
#include "jacdac.h"
#include "nvic.h"
#include "nvic_regs.h"
#include "pin_edges.h"
#include "pins.h"
#include "port.h"
#include "program_pins.h"
#include "rcc_regs.h"

cam_board_t cam_board;
cam_request_t cam_request;

static uint32_t faults_told;

void cam_init(void) {
    cam_clock_enable(RCC_AHB1ENR, RCC_AHB1ENR_DMA2EN);
    cam_clock_enable(RCC_AHB2ENR, RCC_AHB2ENR_DCMIEN);
    cam_pins_init_dcmi();
    cam_pins_init_i2c();
    cam_i2c_init();
    cam_grabber_init();
    cam_irq_enable(DMA2_STREAM1_IRQN, CAM_PRIORITY_CAPTURE);
    cam_irq_enable(DCMI_IRQN, CAM_PRIORITY_CAPTURE);
    // The source last.
    cam_pins_start_sensor();
}

/** Events that the VM's queue refused are told by a later call. */
static void tell_news(bool announced) {
    // With each announcement again: a program that bound just now has heard nothing yet.
    if (cam_capture_notify_pending() || (announced && cam_capture_queued() > 0)) {
        if (cam_jacdac_event(CAM_JD_GRABBER, CAM_JD_EVENT_FRAME)) cam_capture_set_notified();
    }
    const uint32_t faults = cam_capture_faults();
    if (faults != faults_told && cam_jacdac_event(CAM_JD_GRABBER, CAM_JD_EVENT_FAULT))
        faults_told = faults;
    if (cam_pin_edges_pending() && cam_jacdac_event(CAM_JD_PINS, CAM_JD_EVENT_EDGE))
        cam_pin_edges_told();
}

void cam_program_ended(uint32_t fault) {
    const bool streaming = cam_capture_state() != CAM_STOPPED;
    cam_capture_abort();
    cam_grabber_restart(fault);
    cam_program_pins_release();
    // What the next program is told happened in its own time.
    faults_told = cam_capture_faults();
    if (streaming) cam_port_capture_changed(false);
}

void cam_poll(void) {
    cam_watch_poll();
    tell_news(cam_jacdac_announce(cam_port_now_us()));
}

// SPDX-License-Identifier: MIT
// A frame that the host link goes on reading after the program gave it back.
//
// It costs a buffer, but never a frame: with the program on time one buffer less is enough, and
// when it is late the buffer comes back before the next frame of the sensor starts.
#include "capture_pin.h"

#include "capture_state.h"
#include "port.h"

bool cam_capture_pin(uint32_t index, uint32_t readout_us) {
    if (index >= CAM_BUFFERS_MAX || (cam_cap.lent >> index & 1u) == 0) return false;
    if (cam_cap.pinned != 0 || cam_cap.buffer_count < 2 || cam_capture_in_batches()) return false;
    const uint32_t frame_us = cam_cap.fps_millihz == 0 ? 0 : 1000000000u / cam_cap.fps_millihz;
    cam_cap.pinned_slack_us = frame_us > readout_us ? frame_us - readout_us : 0;
    // Lent: no interrupt takes it before it is given back.
    cam_cap.pinned = (uint8_t)(1u << index);
    return true;
}

bool cam_capture_is_pinned(uint32_t index) { return (cam_cap.pinned >> index & 1u) != 0; }

/** Interrupts masked. */
static void unpin(void) {
    const uint32_t unused = cam_cap.pinned & ~cam_cap.lent;
    cam_cap.pinned = 0;
    if (unused != 0) cam_capture_give_back(&cam_cap.buffers[__builtin_ctz(unused)]);
}

void cam_capture_unpin(void) {
    const uint32_t irq = mmio_irq_save();
    unpin();
    mmio_irq_restore(irq);
}

void cam_capture_tick(void) {
    if ((cam_cap.pinned & ~cam_cap.lent) == 0) return;
    const uint32_t irq = mmio_irq_save();
    const uint32_t waited_us = cam_port_now_us() - cam_cap.pinned_wanted_us;
    if (cam_capture_state() == CAM_STARVED &&
        waited_us + CAM_TICK_US + CAM_PINNED_MARGIN_US >= cam_cap.pinned_slack_us)
        unpin();
    mmio_irq_restore(irq);
}

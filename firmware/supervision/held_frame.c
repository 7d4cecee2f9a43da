// SPDX-License-Identifier: MIT
// A handler that does not give its frame back.
#include "held_frame.h"

#include <stdbool.h>

#include "capture.h"
#include "link.h"
#include "port.h"
#include "text.h"

enum { PATIENCE_US = 1000000 };

static bool watching; // a frame that was lent, and of which nothing was said yet
static uint32_t lent_index;
static uint32_t lent_us;
static uint32_t dropped_before;

static uint32_t dropped(void) {
    cam_counters_t counters;
    cam_capture_counters(&counters);
    return counters.dropped;
}

void cam_held_frame_lent(uint32_t index) {
    watching = true;
    lent_index = index;
    lent_us = cam_port_now_us();
    dropped_before = dropped();
}

void cam_held_frame_forget(void) { watching = false; }

void cam_held_frame_poll(void) {
    if (!watching || cam_port_now_us() - lent_us < PATIENCE_US) return;
    cam_image_t image;
    if (cam_capture_lent(lent_index, &image).code != CAM_OK) {
        watching = false;
        return;
    }
    const uint32_t lost = dropped() - dropped_before;
    if (lost == 0) return;
    watching = false;
    cam_text_t line;
    cam_text_clear(&line);
    cam_text_add(&line, "the handler holds the frame: it was lent ");
    cam_text_add_decimal(&line, (cam_port_now_us() - lent_us) / 1000u);
    cam_text_add(&line, " ms ago and not released, frames dropped since: ");
    cam_text_add_decimal(&line, lost);
    cam_link_log(CAM_LINK_LOG_FIRMWARE, line.text);
}

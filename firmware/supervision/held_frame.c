// SPDX-License-Identifier: MIT
// A handler that does not return.
#include "held_frame.h"

#include <stdbool.h>
#include <stdint.h>

#include "capture.h"
#include "crash.h"
#include "grabber.h"
#include "link.h"
#include "port.h"
#include "text.h"

enum {
    NAMED_US = 1000000,
    // With the reset and the program's start frames come again within 5 s.
    ENDED_US = 4000000,
};

static uint32_t calls; // as of the last look
static uint32_t since_us;
static uint32_t missed_before;
static bool named;

static uint32_t missed(void) {
    cam_counters_t counters;
    cam_capture_counters(&counters);
    return counters.dropped + counters.skipped;
}

static void name_it(uint32_t idle_us, uint32_t frames) {
    cam_text_t line;
    cam_text_clear(&line);
    const bool holds = cam_grabber_holds_frame();
    cam_text_add(&line,
                 holds ? "the handler holds the frame: for " : "the handler does not return: for ");
    cam_text_add_decimal(&line, idle_us / 1000u);
    cam_text_add(&line, holds ? " ms it has neither read it nor given it back"
                              : " ms it has taken no frame");
    cam_text_add(&line, ", frames missed since: ");
    cam_text_add_decimal(&line, frames);
    cam_link_log(CAM_LINK_LOG_FIRMWARE, line.text);
}

void cam_held_frame_poll(bool halted) {
    const uint32_t now_us = cam_port_now_us();
    if (halted || calls != cam_grabber_frame_calls()) {
        calls = cam_grabber_frame_calls();
        since_us = now_us;
        missed_before = missed();
        named = false;
        return;
    }
    const uint32_t idle_us = now_us - since_us;
    if (idle_us < (named ? ENDED_US : NAMED_US)) return;
    if (cam_capture_state() == CAM_STOPPED) return;
    if (!cam_grabber_holds_frame() && cam_capture_queued() == 0) return;
    const uint32_t frames = missed() - missed_before;
    if (frames == 0) return;
    if (named) cam_crash_stop(CAM_PROGRAM_BLOCKED_HANDLER, 0, "the handler took no frame for 4 s");
    named = true;
    name_it(idle_us, frames);
}

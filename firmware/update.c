// SPDX-License-Identifier: MIT
// What a program update over the link means for the rest of the firmware: the capture stops, the
// program stands still, and a restart ends it.
#include "update.h"

#include "boot_log.h"
#include "capture.h"
#include "crash.h"
#include "link_port.h"
#include "port.h"
#include "watchdog.h"

enum {
    // Time for the client to take the answer, and to try again or to ask for the restart itself.
    RESTART_AFTER_US = 2000000,
};

static enum { NO_UPDATE, UPDATING, ENDED } state;
static uint32_t ended_us;

void cam_link_port_update_begins(void) {
    // A stream that does not stop is not worse than one that does: its frames go to frame memory,
    // never to flash.
    if (cam_capture_state() != CAM_STOPPED) (void)(cam_capture_stop().code == CAM_OK);
    cam_watchdog_allow_erase();
    state = UPDATING;
}

void cam_link_port_update_ended(bool committed) {
    (void)committed; // the newest valid program starts in either case
    state = ENDED;
    ended_us = cam_port_now_us();
}

void cam_link_port_opened(void) { cam_boot_log_crash_again(); }

void cam_link_port_reset(void) { cam_crash_reset(); }

bool cam_update_under_way(void) { return state != NO_UPDATE; }

void cam_update_poll(void) {
    if (state == ENDED && cam_port_now_us() - ended_us > RESTART_AFTER_US) cam_crash_reset();
}

// SPDX-License-Identifier: MIT
// Whether the sensor, or its cable, may be why a program failed.
#include "sensor_fault.h"

#include <stdint.h>

#include "capture.h"
#include "i2c.h"
#include "port.h"

enum {
    // Six frame times at 60 fps. What a program does wrong right after start() comes earlier.
    NO_FRAME_US = 100000,
};

static bool streaming;
static bool no_frames; // of a capture that has ended
static uint32_t stream_us;
static uint32_t frames_before;

static uint32_t frames(void) {
    cam_counters_t counters;
    cam_capture_counters(&counters);
    return counters.frames;
}

static bool waits_in_vain(void) {
    return streaming && cam_port_now_us() - stream_us >= NO_FRAME_US && frames() == frames_before;
}

void cam_sensor_fault_watch(void) {
    streaming = false;
    no_frames = false;
    cam_i2c_watch();
}

void cam_sensor_fault_capture(bool starts) {
    if (!starts) no_frames = no_frames || waits_in_vain();
    if (starts && !streaming) {
        stream_us = cam_port_now_us();
        frames_before = frames();
    }
    streaming = starts;
}

bool cam_sensor_fault(void) { return cam_i2c_suspect() || no_frames || waits_in_vain(); }

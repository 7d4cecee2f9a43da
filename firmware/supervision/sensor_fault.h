// SPDX-License-Identifier: MIT
// Whether the sensor, or its cable, may be why a program failed: then the failure is not held
// against the program, as another one would fail like it.
#ifndef CAM_SENSOR_FAULT_H
#define CAM_SENSOR_FAULT_H

#include <stdbool.h>

/** A program starts: from now on. Context: thread. */
void cam_sensor_fault_watch(void);

/** The capture started or stopped. Context: thread. */
void cam_sensor_fault_capture(bool streaming);

/**
 * Since the program's start a transfer on the sensor's bus failed (cam_i2c_suspect), or a capture
 * ran for 0.1 s without one frame. Context: both.
 */
bool cam_sensor_fault(void);

#endif

// SPDX-License-Identifier: MIT
// The sensor's clock, where the board makes it.
#ifndef CAM_XCLK_H
#define CAM_XCLK_H

#include <stdint.h>

#include "clock.h"

/**
 * Put the clock on its pin as the board file says: MCO1, MCO2 or a timer's PWM; nothing for a
 * module with its own oscillator.
 * @returns the frequency at the sensor, Hz, which follows `clock` after a fall-back. Context:
 * thread.
 */
uint32_t cam_xclk_start(const cam_clock_t *clock);

#endif

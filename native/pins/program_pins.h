// SPDX-License-Identifier: MIT
// Pins that a program uses: outputs, inputs and pulses on what camera, link and debugger leave
// free.
#ifndef CAM_PROGRAM_PINS_H
#define CAM_PROGRAM_PINS_H

#include <stdbool.h>
#include <stdint.h>

#include "status.h"

/** A longer pulse would keep the main loop from the frames. */
enum { CAM_PULSE_US_MAX = 1000 };

enum { CAM_PIN_MODE_INPUT = 0, CAM_PIN_MODE_OUTPUT = 1, CAM_PIN_MODE_OPEN_DRAIN = 2 };

/** How a program wants a pin. */
typedef struct {
    uint32_t pin;
    uint32_t mode;  // CAM_PIN_MODE_
    uint32_t pull;  // 0 none, 1 up, 2 down
    bool high;      // of an output, from its first moment
    uint32_t edges; // that are counted: CAM_EDGES_RISING | CAM_EDGES_FALLING
} cam_pin_setup_t;

/**
 * Set a pin up, again if need be.
 * @returns CAM_PIN_TAKEN with who has it, CAM_PIN_MODE for a mode, pull or edges that there are
 * not, or the refusal of cam_pin_edges_count(). Context: thread.
 */
CAM_CHECKED cam_status_t cam_program_pin_setup(const cam_pin_setup_t *setup);

/**
 * Set the level of an output; with `pulse_us` it goes back after that time, which interrupts make
 * longer, and not before does the call return.
 * @returns CAM_PIN_MODE when the pin is no output, CAM_BAD_PULSE over CAM_PULSE_US_MAX. Context:
 * thread.
 */
CAM_CHECKED cam_status_t cam_program_pin_write(uint32_t pin, bool high, uint32_t pulse_us);

/** Whether a program has set the pin up. Context: thread. */
bool cam_program_pin_is_set_up(uint32_t pin);

/** The program ended: its pins are inputs without pull, and nothing is counted. Context: thread. */
void cam_program_pins_release(void);

#endif

// SPDX-License-Identifier: MIT
// Hands a pin to a peripheral.
#ifndef CAM_ALTERNATE_PIN_H
#define CAM_ALTERNATE_PIN_H

#include <stdbool.h>
#include <stdint.h>

/** Route alternate function `af` to `pin`, push-pull at high speed, clock of the port included;
 * `pull_up` for inputs that may be left open. Context: thread. */
void cam_alternate_pin(uint32_t pin, uint32_t af, bool pull_up);

#endif

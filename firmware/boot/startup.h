// SPDX-License-Identifier: MIT
// From reset to main.
#ifndef CAM_STARTUP_H
#define CAM_STARTUP_H

#define CAM_STACK_PAINT 0xc5c5c5c5u

/** Where the core starts after reset, on the native stack. */
void Reset_Handler(void);

#endif

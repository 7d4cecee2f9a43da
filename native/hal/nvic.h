// SPDX-License-Identifier: MIT
// Interrupts of the native code, and who may interrupt whom.
#ifndef CAM_NVIC_H
#define CAM_NVIC_H

#include <stdint.h>

enum {
    // One priority for DCMI and DMA: neither may interrupt the other, they share the capture's
    // state. The frame's hand-over comes before anything else on the chip.
    CAM_PRIORITY_CAPTURE = 0x10,
    // Edges of pins are counted between two of them; the link and the tick wait for both.
    CAM_PRIORITY_PINS = 0x80,
};

/** Enable an interrupt at a priority (lower is more urgent); what was pending is forgotten.
 * Context: thread. */
void cam_irq_enable(uint32_t irq, uint32_t priority);

#endif

// SPDX-License-Identifier: MIT
// The digital camera interface: 8 bits per pixel clock, hardware synchronisation, continuous
// capture.
#ifndef CAM_DCMI_H
#define CAM_DCMI_H

#include <stdbool.h>
#include <stdint.h>

#include "dcmi_regs.h"
#include "mmio.h"
#include "status.h"

/** Interrupts that we take. LINE stays off: it comes with every row of the sensor, wanted or not.
 */
enum { CAM_DCMI_EVENTS = DCMI_IER_FRAME | DCMI_IER_OVR | DCMI_IER_VSYNC };

enum { CAM_DCMI_FIFO_WORDS = 4 };

typedef struct {
    bool crop;
    bool jpeg;       // not with crop
    uint32_t cwstrt; // as the manual has them; with crop only
    uint32_t cwsize;
    uint32_t sync; // MODE_SYNC: bit 0 PCKPOL, bit 1 HSPOL, bit 2 VSPOL
} cam_dcmi_config_t;

/**
 * Configure and enable the block; nothing is captured yet, no interrupt is on, all flags are clear.
 * @returns the value of CR without CAPTURE
 * Context: thread.
 */
uint32_t cam_dcmi_enable(const cam_dcmi_config_t *config);

/** Switch interrupts and the block off, clear its flags. Context: thread. */
void cam_dcmi_disable(void);

/**
 * End what is being captured now and empty the FIFO: ENABLE off and on, CAPTURE off. VSYNC is still
 * seen.
 * @param cr as cam_dcmi_enable returned it. Context: both.
 */
static inline void cam_dcmi_reset(uint32_t cr) {
    mmio_write32(DCMI_CR, cr & ~DCMI_CR_ENABLE);
    mmio_write32(DCMI_CR, cr);
    mmio_write32(DCMI_ICR, DCMI_ICR_FRAME | DCMI_ICR_OVR);
}

#endif

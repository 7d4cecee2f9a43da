// SPDX-License-Identifier: MIT
// The digital camera interface (RM0090 chapter 15).
#include "dcmi.h"

enum { SYNC_PCKPOL = 1 << 0, SYNC_HSPOL = 1 << 1, SYNC_VSPOL = 1 << 2 };

enum { ALL_FLAGS = DCMI_ICR_FRAME | DCMI_ICR_OVR | DCMI_ICR_ERR | DCMI_ICR_VSYNC | DCMI_ICR_LINE };

uint32_t cam_dcmi_enable(const cam_dcmi_config_t *config) {
    uint32_t cr = 0; // continuous, hardware synchronisation, every frame, 8 bits
    if (config->crop) cr |= DCMI_CR_CROP;
    if (config->jpeg) cr |= DCMI_CR_JPEG;
    if (config->sync & SYNC_PCKPOL) cr |= DCMI_CR_PCKPOL;
    if (config->sync & SYNC_HSPOL) cr |= DCMI_CR_HSPOL;
    if (config->sync & SYNC_VSPOL) cr |= DCMI_CR_VSPOL;
    cam_dcmi_disable();
    if (config->crop) {
        mmio_write32(DCMI_CWSTRT, config->cwstrt);
        mmio_write32(DCMI_CWSIZE, config->cwsize);
    }
    mmio_write32(DCMI_CR, cr); // all of it is in place before ENABLE (RM0090 section 15.8.1)
    mmio_write32(DCMI_CR, cr | DCMI_CR_ENABLE);
    mmio_write32(DCMI_ICR, ALL_FLAGS);
    return cr | DCMI_CR_ENABLE;
}

void cam_dcmi_disable(void) {
    mmio_write32(DCMI_IER, 0);
    mmio_modify32(DCMI_CR, DCMI_CR_CAPTURE | DCMI_CR_ENABLE, 0);
    mmio_write32(DCMI_ICR, ALL_FLAGS);
}

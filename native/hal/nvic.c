// SPDX-License-Identifier: MIT
// The interrupt controller (ARMv7-M B3.4).
#include "nvic.h"

#include "mmio.h"
#include "nvic_regs.h"

enum { PRIORITY_MASK = 0xff };

static void set_priority(uint32_t irq, uint32_t priority) {
    const uint32_t shift = 8u * (irq & 3u);
    mmio_modify32(NVIC_IPR + (irq & ~3u), (uint32_t)PRIORITY_MASK << shift, priority << shift);
}

void cam_irq_enable(uint32_t irq, uint32_t priority) {
    const uint32_t word = 4u * (irq >> 5);
    const uint32_t bit = 1u << (irq & 31u);
    set_priority(irq, priority);
    mmio_write32(NVIC_ICPR + word, bit);
    mmio_write32(NVIC_ISER + word, bit);
}

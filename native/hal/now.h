// SPDX-License-Identifier: MIT
// The time for interrupts that every frame takes: without a call.
#pragma once

#include <stdint.h>

#include "mmio.h"
#include "port.h"
#include "timer_regs.h"

/** As cam_port_now_us(): TIM2 counts microseconds (firmware/time_base.c). Context: both. */
static inline uint32_t cam_now_us(void) {
#ifdef __wasm__
    return cam_port_now_us();
#else
    return mmio_read32(TIM2_BASE + TIM_CNT);
#endif
}

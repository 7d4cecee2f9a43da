// SPDX-License-Identifier: MIT
// Time: TIM2 counts microseconds in 32 bits, SysTick wakes the CPU every millisecond. Also the
// waits of native/hal/mmio.h, each of which ends by TIM2 at the latest.
#include "time_base.h"

#include "capture_pin.h"
#include "core_regs.h"
#include "mmio.h"
#include "pins.h"
#include "port.h"
#include "rcc_regs.h"
#include "timer_regs.h"

enum {
    TICKS_PER_SECOND = 1000,
    COUNTS_PER_SECOND = 1000000,
    TICK_PRIORITY = 0xf0, // below everything: it only counts
};

static volatile uint32_t ticks; // written by SysTick_Handler
static uint32_t us_low;         // thread, and SVC for it: cam_time_us
static uint32_t us_high;

static uint32_t now_us(void) { return mmio_read32(TIM2_BASE + TIM_CNT); }

void cam_time_init(uint32_t timer_hz) {
    cam_clock_enable(RCC_APB1ENR, RCC_APB1ENR_TIM2EN);
    mmio_write32(TIM2_BASE + TIM_PSC, timer_hz / COUNTS_PER_SECOND - 1u);
    mmio_write32(TIM2_BASE + TIM_ARR, UINT32_MAX);
    // PSC acts at the next update, which would be 71 minutes away.
    mmio_write32(TIM2_BASE + TIM_EGR, TIM_EGR_UG);
    mmio_write32(TIM2_BASE + TIM_CR1, TIM_CR1_CEN);
}

void cam_time_retune(uint32_t timer_hz) {
    const uint32_t count = now_us();
    mmio_write32(TIM2_BASE + TIM_PSC, timer_hz / COUNTS_PER_SECOND - 1u);
    mmio_write32(TIM2_BASE + TIM_EGR, TIM_EGR_UG); // clears CNT
    mmio_write32(TIM2_BASE + TIM_CNT, count);
}

void cam_time_start_tick(uint32_t hclk_hz) {
    mmio_modify32(SCB_SHPR3, 0xffu << 24, (uint32_t)TICK_PRIORITY << 24);
    mmio_write32(SYST_RVR, hclk_hz / TICKS_PER_SECOND - 1u);
    mmio_write32(SYST_CVR, 0);
    mmio_write32(SYST_CSR, SYST_CSR_CLKSOURCE | SYST_CSR_TICKINT | SYST_CSR_ENABLE);
}

void SysTick_Handler(void) {
    ticks++;
    cam_capture_tick();
}

uint32_t cam_time_ticks(void) { return ticks; }

uint64_t cam_time_us(void) {
    const uint32_t now = now_us();
    if (now < us_low) us_high++;
    us_low = now;
    return (uint64_t)us_high << 32 | now;
}

uint32_t cam_port_now_us(void) { return now_us(); }

uint32_t mmio_wait_set(uint32_t address, uint32_t mask, uint32_t timeout_us) {
    const uint32_t start_us = now_us();
    for (;;) {
        // The clock first: a wait that was interrupted for long still looks once more.
        const bool over = now_us() - start_us > timeout_us;
        const uint32_t value = mmio_read32(address);
        if ((value & mask) != 0 || over) return value;
    }
}

uint32_t mmio_wait_clear(uint32_t address, uint32_t mask, uint32_t timeout_us) {
    const uint32_t start_us = now_us();
    for (;;) {
        const bool over = now_us() - start_us > timeout_us;
        const uint32_t value = mmio_read32(address);
        if ((value & mask) == 0 || over) return value;
    }
}

void mmio_delay_us(uint32_t us) {
    // The count may be about to step: one more makes the delay at least that long.
    const uint32_t start_us = now_us();
    while (now_us() - start_us <= us) {
    }
}

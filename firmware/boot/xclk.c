// SPDX-License-Identifier: MIT
// The sensor's clock by MCO (RM0090 section 7.2.10) or by PWM (section 17.3.9).
#include "xclk.h"

#include "firmware_board.h"
#include "mmio.h"
#include "pins.h"
#include "rcc_regs.h"
#include "timer_regs.h"

enum {
    HSI_HZ = 16000000,
    // RCC_CFGR, MCO1 and MCO2; code 0 is HSI in MCO1.
    MCO_HSE = 2, // the same code in both
    MCO_PLL = 3, // the same code in both
    MCO2_SYSCLK = 0,
};

/** RCC_CFGR, MCO1PRE and MCO2PRE: 0 divides by 1, 4 by 2 .. 7 by 5. */
static uint32_t mco_divider_code(uint32_t divider) { return divider == 1u ? 0u : divider + 2u; }

static void start_mco1(const cam_xclk_config_t *xclk) {
    mmio_modify32(RCC_CFGR, RCC_CFGR_MCO1_MASK | RCC_CFGR_MCO1PRE_MASK,
                  xclk->selector << 21 | mco_divider_code(xclk->divider) << 24);
}

static void start_mco2(const cam_xclk_config_t *xclk) {
    mmio_modify32(RCC_CFGR, RCC_CFGR_MCO2_MASK | RCC_CFGR_MCO2PRE_MASK,
                  xclk->selector << 30 | mco_divider_code(xclk->divider) << 27);
}

/** One period is `divider` clocks of the timer, the first half of it (rounded up) high. */
static void start_timer(const cam_xclk_config_t *xclk) {
    cam_clock_enable(RCC_APB2ENR, xclk->timer_gate);
    const uint32_t base = xclk->timer_base;
    const uint32_t index = xclk->channel - 1u;
    const uint32_t mode = TIM_CCMR1_OC1M_PWM1 | TIM_CCMR1_OC1PE;
    mmio_write32(base + TIM_PSC, 0);
    mmio_write32(base + TIM_ARR, xclk->divider - 1u);
    mmio_write32(base + TIM_CCR1 + 4u * index, (xclk->divider + 1u) / 2u);
    mmio_write32(base + TIM_CCMR1 + 4u * (index / 2u), mode << 8u * (index & 1u));
    mmio_write32(base + TIM_CCER, TIM_CCER_CC1E << 4u * index);
    mmio_write32(base + TIM_BDTR, TIM_BDTR_MOE); // TIM1 and TIM8: without it no output moves
    mmio_write32(base + TIM_EGR, TIM_EGR_UG);
    mmio_write32(base + TIM_CR1, TIM_CR1_ARPE | TIM_CR1_CEN);
}

/** What arrives at MCO's divider, Hz; 0: its source does not run. */
static uint32_t mco_source_hz(const cam_xclk_config_t *xclk, const cam_clock_t *clock) {
    const uint32_t selector = xclk->selector;
    if (selector == MCO_HSE) return clock->hse_started ? cam_firmware_board.clock.hse_hz : 0u;
    if (selector == MCO_PLL) return clock->source == CAM_CLOCK_HSI ? 0u : clock->hclk_hz;
    return xclk->kind == CAM_XCLK_MCO2 && selector == MCO2_SYSCLK ? clock->hclk_hz
                                                                  : (uint32_t)HSI_HZ;
}

uint32_t cam_xclk_start(const cam_clock_t *clock) {
    const cam_xclk_config_t *xclk = &cam_firmware_board.xclk;
    if (xclk->kind == CAM_XCLK_MODULE) return cam_firmware_board.board.xclk_hz;
    if (xclk->kind == CAM_XCLK_MCO1) start_mco1(xclk);
    if (xclk->kind == CAM_XCLK_MCO2) start_mco2(xclk);
    if (xclk->kind == CAM_XCLK_TIMER) start_timer(xclk);
    // The pin last: the sensor sees no half-set clock.
    cam_pin_alternate(xclk->pin, xclk->af, false);
    const uint32_t source_hz =
        xclk->kind == CAM_XCLK_TIMER ? clock->timer2_hz : mco_source_hz(xclk, clock);
    return source_hz / xclk->divider;
}

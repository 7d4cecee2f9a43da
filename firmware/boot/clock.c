// SPDX-License-Identifier: MIT
// The clock tree (RM0090 section 7.2, RM0390 sections 5.1.4 and 6.2).
#include "clock.h"

#include <stdbool.h>

#include "firmware_board.h"
#include "flash_regs.h"
#include "mmio.h"
#include "pins.h"
#include "pwr_regs.h"
#include "rcc_regs.h"

enum {
    HSI_HZ = 16000000,
    // A crystal needs 2 ms (STM32F446 data sheet, table 39, t_SU(HSE)); 100 ms is what ST's own
    // code waits.
    HSE_TIMEOUT_US = 100000,
    // STM32F446 data sheet, table 43: the PLL locks within 300 us.
    PLL_TIMEOUT_US = 3000,
    // Over-drive: the regulator needs tens of us (table 17).
    OVER_DRIVE_TIMEOUT_US = 3000,
    SWITCH_TIMEOUT_US = 3000,
};

static const cam_clock_config_t *config(void) { return &cam_firmware_board.clock; }

static bool comes(uint32_t address, uint32_t bit, uint32_t timeout_us) {
    return (mmio_wait_set(address, bit, timeout_us) & bit) != 0;
}

static bool start_hse(void) {
    if (config()->hse_hz == 0) return false;
    // HSEBYP can only be written while HSEON = 0.
    if (config()->hse_bypass) mmio_modify32(RCC_CR, 0, RCC_CR_HSEBYP);
    mmio_modify32(RCC_CR, 0, RCC_CR_HSEON);
    if (comes(RCC_CR, RCC_CR_HSERDY, HSE_TIMEOUT_US)) return true;
    mmio_modify32(RCC_CR, RCC_CR_HSEON, 0);
    return false;
}

/** The regulator's scale can only be changed while the PLL is off. */
static void raise_supply(void) {
    cam_clock_enable(RCC_APB1ENR, RCC_APB1ENR_PWREN);
    const bool f407 = config()->supply == CAM_SUPPLY_F407;
    mmio_modify32(PWR_CR, 0, f407 ? PWR_CR_VOS_F407 : PWR_CR_VOS_MASK);
}

static bool start_pll(bool hse) {
    const uint32_t m = hse ? config()->pll_m : config()->pll_m_hsi;
    const uint32_t p_code = config()->pll_p / 2u - 1u;
    mmio_modify32(RCC_PLLCFGR,
                  RCC_PLLCFGR_PLLM_MASK | RCC_PLLCFGR_PLLN_MASK | RCC_PLLCFGR_PLLP_MASK |
                      RCC_PLLCFGR_PLLSRC | RCC_PLLCFGR_PLLQ_MASK,
                  m | config()->pll_n << 6 | p_code << 16 | (hse ? RCC_PLLCFGR_PLLSRC : 0u) |
                      config()->pll_q << 24);
    mmio_modify32(RCC_CR, 0, RCC_CR_PLLON);
    return comes(RCC_CR, RCC_CR_PLLRDY, PLL_TIMEOUT_US);
}

/** RM0390 section 5.1.4: with the PLL on and before it becomes the system clock. */
static bool enter_over_drive(void) {
    if (config()->supply != CAM_SUPPLY_OVER_DRIVE) return true;
    mmio_modify32(PWR_CR, 0, PWR_CR_ODEN);
    if (!comes(PWR_CSR, PWR_CSR_ODRDY, OVER_DRIVE_TIMEOUT_US)) return false;
    mmio_modify32(PWR_CR, 0, PWR_CR_ODSWEN);
    return comes(PWR_CSR, PWR_CSR_ODSWRDY, OVER_DRIVE_TIMEOUT_US);
}

/** RM0090 section 3.5.1: the wait states first, and read back, then the faster clock. */
static bool slow_flash_down(void) {
    const uint32_t latency = config()->flash_wait_states;
    mmio_write32(FLASH_ACR, latency | FLASH_ACR_PRFTEN | FLASH_ACR_ICEN | FLASH_ACR_DCEN);
    return (mmio_read32(FLASH_ACR) & FLASH_ACR_LATENCY_MASK) == latency;
}

/** The code of PPRE1 and PPRE2: 0 divides by 1, 4 by 2, 5 by 4, 6 by 8, 7 by 16. */
static uint32_t ppre_code(uint32_t divider) {
    return divider == 1u ? 0u : 3u + (uint32_t)__builtin_ctz(divider);
}

/** The buses are divided before HCLK rises: no peripheral ever runs faster than it may. */
static bool switch_to_pll(void) {
    mmio_modify32(RCC_CFGR, RCC_CFGR_HPRE_MASK | RCC_CFGR_PPRE1_MASK | RCC_CFGR_PPRE2_MASK,
                  ppre_code(config()->ppre1) << 10 | ppre_code(config()->ppre2) << 13);
    mmio_modify32(RCC_CFGR, RCC_CFGR_SW_MASK, RCC_CFGR_SW_PLL);
    if (comes(RCC_CFGR, RCC_CFGR_SWS_PLL, SWITCH_TIMEOUT_US)) return true;
    mmio_modify32(RCC_CFGR, RCC_CFGR_SW_MASK | RCC_CFGR_PPRE1_MASK | RCC_CFGR_PPRE2_MASK, 0);
    return false;
}

static void leave_pll(void) {
    if (config()->supply == CAM_SUPPLY_OVER_DRIVE)
        mmio_modify32(PWR_CR, PWR_CR_ODEN | PWR_CR_ODSWEN, 0);
    mmio_modify32(RCC_CR, RCC_CR_PLLON, 0);
    // With 16 MHz no wait state is needed; the caches stay on.
    mmio_modify32(FLASH_ACR, FLASH_ACR_LATENCY_MASK, 0);
}

static cam_clock_fault_t try_pll(bool hse) {
    if (!start_pll(hse)) return CAM_CLOCK_NO_PLL;
    if (!enter_over_drive()) return CAM_CLOCK_NO_OVER_DRIVE;
    if (!slow_flash_down()) return CAM_CLOCK_NO_LATENCY;
    return switch_to_pll() ? CAM_CLOCK_PLL_RUNS : CAM_CLOCK_NO_SWITCH;
}

/** RM0090 section 7.2, figure 21: a timer runs at its bus' clock, doubled when the bus is divided.
 */
static uint32_t timer_hz(uint32_t pclk_hz, uint32_t hclk_hz) {
    return pclk_hz == hclk_hz ? pclk_hz : 2u * pclk_hz;
}

cam_clock_t cam_clock_start(void) {
    raise_supply();
    const bool hse = start_hse();
    const cam_clock_fault_t fault = try_pll(hse);
    const bool pll = fault == CAM_CLOCK_PLL_RUNS;
    if (!pll) leave_pll();
    const cam_board_t *board = &cam_firmware_board.board;
    cam_clock_t clock = {
        .source = !pll  ? CAM_CLOCK_HSI
                  : hse ? CAM_CLOCK_PLL_HSE
                        : CAM_CLOCK_PLL_HSI,
        .hse_started = hse,
        .fault = fault,
        .hclk_hz = pll ? board->hclk_hz : (uint32_t)HSI_HZ,
        .pclk1_hz = pll ? board->pclk1_hz : (uint32_t)HSI_HZ,
        .pclk2_hz = pll ? cam_firmware_board.pclk2_hz : (uint32_t)HSI_HZ,
    };
    clock.timer1_hz = timer_hz(clock.pclk1_hz, clock.hclk_hz);
    clock.timer2_hz = timer_hz(clock.pclk2_hz, clock.hclk_hz);
    return clock;
}

const char *cam_clock_fault_text(cam_clock_fault_t fault) {
    switch (fault) {
    case CAM_CLOCK_PLL_RUNS:
        return "the PLL runs";
    case CAM_CLOCK_NO_PLL:
        return "the PLL does not lock";
    case CAM_CLOCK_NO_OVER_DRIVE:
        return "over-drive does not come";
    case CAM_CLOCK_NO_LATENCY:
        return "the flash takes no wait states";
    default:
        return "the PLL does not become the system clock";
    }
}

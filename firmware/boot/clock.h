// SPDX-License-Identifier: MIT
// The clock tree: from the internal oscillator that the chip starts with to the board's frequency.
#ifndef CAM_CLOCK_H
#define CAM_CLOCK_H

#include <stdbool.h>
#include <stdint.h>

/** What HCLK comes from, best first. */
typedef enum {
    CAM_CLOCK_PLL_HSE, // as the board file says
    CAM_CLOCK_PLL_HSI, // the same frequency, 1 % accurate
    CAM_CLOCK_HSI,     // 16 MHz
} cam_clock_source_t;

/** Why it is not the PLL. */
typedef enum {
    CAM_CLOCK_PLL_RUNS,
    CAM_CLOCK_NO_PLL,        // PLLRDY did not come
    CAM_CLOCK_NO_OVER_DRIVE, // ODRDY or ODSWRDY did not come
    CAM_CLOCK_NO_LATENCY,    // FLASH_ACR did not take the wait states
    CAM_CLOCK_NO_SWITCH,     // SWS did not follow SW
} cam_clock_fault_t;

/** The clocks as they are. */
typedef struct {
    cam_clock_source_t source;
    bool hse_started;
    cam_clock_fault_t fault;
    uint32_t hclk_hz;
    uint32_t pclk1_hz;
    uint32_t pclk2_hz;
    uint32_t timer1_hz; // timers on APB1
    uint32_t timer2_hz; // timers on APB2
} cam_clock_t;

/**
 * Bring HCLK to the board's frequency; without HSE from HSI, without PLL stay at HSI's 16 MHz.
 * Needs the time base (cam_time_init); no wait is longer than 100 ms. Context: thread, once after
 * reset.
 * @returns what was reached; the caller hands it to everything that depends on a clock
 */
cam_clock_t cam_clock_start(void);

/** The fault in words. Context: thread. */
const char *cam_clock_fault_text(cam_clock_fault_t fault);

#endif

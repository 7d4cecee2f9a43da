// SPDX-License-Identifier: MIT
// The independent watchdog (RM0090 section 21.3). LSI runs at 17 to 47 kHz (STM32F446 data sheet,
// table 42): 4,096 counts of 64 clocks are 5.6 to 15.4 s, 8.2 s at 32 kHz. A 128 KB sector takes at
// most 4 s to erase (table 47).
#include "watchdog.h"

#include "iwdg_regs.h"
#include "mmio.h"

enum { UPDATE_TIMEOUT_US = 1000 }; // five LSI cycles

void cam_watchdog_start(void) {
    mmio_write32(IWDG_KR, IWDG_KR_START); // starts LSI too, which the two registers need
    mmio_write32(IWDG_KR, IWDG_KR_UNLOCK);
    (void)mmio_wait_clear(IWDG_SR, IWDG_SR_PVU | IWDG_SR_RVU, UPDATE_TIMEOUT_US);
    mmio_write32(IWDG_PR, IWDG_PR_DIV64);
    mmio_write32(IWDG_RLR, IWDG_RLR_MAX);
    (void)mmio_wait_clear(IWDG_SR, IWDG_SR_PVU | IWDG_SR_RVU, UPDATE_TIMEOUT_US);
    cam_watchdog_feed();
}

void cam_watchdog_feed(void) { mmio_write32(IWDG_KR, IWDG_KR_RELOAD); }

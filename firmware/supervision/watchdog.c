// SPDX-License-Identifier: MIT
// The independent watchdog (RM0090 section 21.3). LSI runs at 17 to 47 kHz (STM32F446 data sheet,
// table 42); a count takes 64 of its clocks, 2 ms at 32 kHz. A 128 KB sector takes at most 4 s to
// erase (table 47).
#include "watchdog.h"

#include "iwdg_regs.h"
#include "mmio.h"

enum {
    UPDATE_TIMEOUT_US = 1000, // five LSI cycles
    RUN_COUNTS = 1365,        // 2.7 s at 32 kHz, 1.9 to 5.2 s
};

static uint32_t expected;
static uint32_t alive;

static void feed(void) { mmio_write32(IWDG_KR, IWDG_KR_RELOAD); }

static void reload_from(uint32_t counts) {
    mmio_write32(IWDG_KR, IWDG_KR_UNLOCK);
    (void)mmio_wait_clear(IWDG_SR, IWDG_SR_PVU | IWDG_SR_RVU, UPDATE_TIMEOUT_US);
    mmio_write32(IWDG_RLR, counts);
    (void)mmio_wait_clear(IWDG_SR, IWDG_SR_PVU | IWDG_SR_RVU, UPDATE_TIMEOUT_US);
    feed();
}

void cam_watchdog_start(void) {
    mmio_write32(IWDG_KR, IWDG_KR_START); // starts LSI too, which the registers need
    mmio_write32(IWDG_KR, IWDG_KR_UNLOCK);
    (void)mmio_wait_clear(IWDG_SR, IWDG_SR_PVU | IWDG_SR_RVU, UPDATE_TIMEOUT_US);
    mmio_write32(IWDG_PR, IWDG_PR_DIV64);
    reload_from(RUN_COUNTS);
}

void cam_watchdog_allow_erase(void) { reload_from(IWDG_RLR_MAX); }

void cam_watchdog_expect(uint32_t parts) { expected = parts; }

void cam_watchdog_alive(cam_alive_t part) {
    alive |= (uint32_t)part;
    if ((alive & expected) != expected) return;
    alive = 0;
    feed();
}

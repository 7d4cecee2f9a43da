// SPDX-License-Identifier: MIT
// What the firmware says of itself at boot, line by line.
#ifndef CAM_BOOT_LOG_H
#define CAM_BOOT_LOG_H

#include <stdbool.h>
#include <stdint.h>

#include "clock.h"
#include "crash.h"
#include "slots.h"

/** Name, version, board, chip. Context of all: thread, after cam_link_init. */
void cam_boot_log_name(void);

/** Where HCLK comes from and, after a fall-back, why; the sensor's clock; the baud rate when it is
 * off by more than 1 %. */
void cam_boot_log_clocks(const cam_clock_t *clock, uint32_t xclk_hz);

/** @param csr RCC_CSR */
void cam_boot_log_reset(uint32_t csr);

/** Why the firmware was reset. @param crash is kept, for cam_boot_log_crash_again */
void cam_boot_log_crash(const cam_crash_t *crash);

/** The first line of it, when there was one: for a client that comes later. */
void cam_boot_log_crash_again(void);

/** Both slots' verdicts and the program that runs. @param chosen NULL: none is valid */
void cam_boot_log_slots(const cam_program_slot_t *chosen);

/** A program is given up. @param crash its last failure @param failures how many in a row */
void cam_boot_log_rejected(const cam_program_slot_t *slot, const cam_crash_t *crash,
                           cam_failures_t failures, cam_slots_status_t status);

#endif

// SPDX-License-Identifier: MIT
// The firmware from reset to its main loop.
#include <stdbool.h>
#include <stdint.h>

#include "board.h"
#include "boot_log.h"
#include "cam.h"
#include "clock.h"
#include "crash.h"
#include "firmware_board.h"
#include "grabber.h"
#include "held_pins.h"
#include "kernel_run.h"
#include "link.h"
#include "main_loop.h"
#include "mmio.h"
#include "mpu.h"
#include "pins.h"
#include "rcc_regs.h"
#include "slots.h"
#include "time_base.h"
#include "watchdog.h"
#include "xclk.h"

enum {
    HSI_HZ = 16000000,
};

/** Every part of the board block that depends on a clock follows the clocks as they are. */
static void adopt_clocks(const cam_clock_t *clock) {
    cam_board = cam_firmware_board.board;
    cam_board_pins = &cam_firmware_board.pins;
    cam_board.hclk_hz = clock->hclk_hz;
    cam_board.pclk1_hz = clock->pclk1_hz;
    cam_board.xclk_hz = cam_xclk_start(clock);
}

static void start_link(void) {
    const cam_console_config_t *console = &cam_firmware_board.console;
    cam_pin_alternate(console->tx, console->tx_af, false);
    cam_pin_alternate(console->rx, console->rx_af, true);
    cam_link_init(cam_board.pclk1_hz, cam_firmware_board.name);
}

/** RCC_CSR's reset flags, which stay until they are cleared. */
static uint32_t take_reset_flags(void) {
    const uint32_t csr = mmio_read32(RCC_CSR);
    mmio_modify32(RCC_CSR, 0, RCC_CSR_RMVF);
    return csr;
}

/** What the choice of a program came to. */
typedef struct {
    bool program;
    cam_program_slot_t slot;
    cam_failures_t failures;    // of the newest one
    cam_program_slot_t crashed; // that one, when it gives way
    cam_slots_status_t rejected;
} choice_t;

/** The newest valid program that the VM has not refused, and that has not failed too often in a row
 * in its first second or minute. */
static void choose_program(const cam_crash_t *crash, choice_t *choice) {
    cam_slots_init(cam_firmware_board.slots, cam_firmware_board.vm_id);
    cam_slots_set_memory(cam_firmware_board.board.frame_memory,
                         cam_firmware_board.board.frame_memory_bytes);
    choice->program = cam_slots_choose(&choice->slot);
    if (choice->program && crash != 0) choice->failures = cam_crash_count(&choice->slot, crash);
    if (!cam_crash_gives_way(choice->failures)) return;
    choice->crashed = choice->slot;
    choice->rejected = cam_slots_reject(&choice->slot);
    choice->program = cam_slots_choose(&choice->slot);
    // What the VM refuses is not tried again: nothing changes between two tries.
    if (crash->cause == CAM_PROGRAM_VERIFICATION && choice->rejected.code == CAM_SLOTS_LAST_VALID)
        choice->program = false;
}

static void log_boot(const cam_clock_t *clock, uint32_t csr, const cam_crash_t *crash,
                     const choice_t *choice) {
    cam_boot_log_name();
    cam_boot_log_clocks(clock, cam_board.xclk_hz);
    cam_boot_log_reset(csr);
    if (crash != 0) cam_boot_log_crash(crash);
    if (cam_crash_gives_way(choice->failures))
        cam_boot_log_rejected(&choice->crashed, crash, choice->failures, choice->rejected);
    cam_boot_log_slots(choice->program ? &choice->slot : 0);
}

static void start_program(const cam_program_slot_t *slot, cam_program_fault_t before) {
    cam_request = *slot->request;
    cam_crash_program_starts(slot);
    cam_crash_note(CAM_ACTIVITY_CAMERA);
    cam_kernels_init(slot);
    cam_init();
    cam_grabber_set_restarts(cam_crash_ends(), before);
}

int main(void) {
    cam_time_init(HSI_HZ);
    cam_mpu_start();
    const cam_clock_t clock = cam_clock_start();
    cam_time_retune(clock.timer1_hz);
    cam_watchdog_start();
    cam_held_pins_start();
    adopt_clocks(&clock);
    const uint32_t csr = take_reset_flags();
    static cam_crash_t record;
    const bool crashed = cam_crash_take((csr & RCC_CSR_IWDGRSTF) != 0, &record);
    const cam_crash_t *crash = crashed ? &record : 0;
    static choice_t choice;
    choose_program(crash, &choice);
    start_link();
    log_boot(&clock, csr, crash, &choice);
    cam_time_start_tick(clock.hclk_hz);
    const bool only_one = choice.program && cam_crash_gives_way(choice.failures) &&
                          choice.rejected.code == CAM_SLOTS_LAST_VALID;
    if (only_one) cam_main_loop_link_only(cam_crash_pause_us(choice.failures));
    if (choice.program) start_program(&choice.slot, record.cause);
    cam_main_loop_run(choice.program);
}

// SPDX-License-Identifier: MIT
// The main loop. Its order is the simulator's (sim/simulation.ts): the native side first, so that
// its notification is answered at once, then the VM when it has work or a millisecond has passed.
#include "main_loop.h"

#include "cam.h"
#include "capture.h"
#include "crash.h"
#include "link.h"
#include "mmio.h"
#include "port.h"
#include "time_base.h"
#include "update.h"
#include "vm.h"
#include "watchdog.h"

enum {
    // A turn of the VM within 0.9 ms of its start would leave the program asleep for ever (seen
    // with VM 2.16.4).
    VM_START_TICKS = 2,
    // Answers to answers at one instant; the rest is for the next turn, so that the watchdog is
    // fed.
    VM_CALLS_PER_TURN = 100,
};

static bool vm_has_work;
static uint32_t vm_tick; // of its last turn

void cam_main_loop_vm_has_work(void) { vm_has_work = true; }

static void run_vm(void) {
    vm_has_work = false;
    for (uint32_t call = 0; call < VM_CALLS_PER_TURN; call++) {
        vm_process();
        if (!vm_more_to_do()) return;
    }
    vm_has_work = true;
}

/** What an interrupt may have left for the next turn. */
static bool work_waits(uint32_t tick, uint32_t faults) {
    return vm_has_work || cam_time_ticks() != tick || cam_capture_notify_pending() ||
           cam_capture_faults() != faults;
}

/** With interrupts masked, an interrupt between the look and WFI still ends the sleep: it is
 * pending then, and is served when the mask goes. */
static void sleep_unless_work_waits(uint32_t tick, uint32_t faults) {
    const uint32_t state = mmio_irq_save();
    if (!work_waits(tick, faults)) __asm__ volatile("dsb\n\twfi" : : : "memory");
    mmio_irq_restore(state);
}

static void run_link(void) {
    cam_crash_note(CAM_ACTIVITY_LINK);
    cam_link_poll();
    cam_update_poll();
}

void cam_main_loop_link_only(uint32_t us) {
    const uint32_t start_us = cam_port_now_us();
    while (cam_port_now_us() - start_us < us || cam_update_under_way()) {
        cam_watchdog_feed();
        const uint32_t tick = cam_time_ticks();
        run_link();
        sleep_unless_work_waits(tick, cam_capture_faults());
    }
}

_Noreturn void cam_main_loop_run(bool program) {
    const uint32_t start_tick = cam_time_ticks();
    bool vm_started = false;
    for (;;) {
        cam_watchdog_feed();
        // Before the turn: what comes during it counts as new.
        const uint32_t tick = cam_time_ticks();
        const uint32_t faults = cam_capture_faults();
        // An update has stopped the capture: the program would only find that no frame comes.
        if (program && !cam_update_under_way()) {
            cam_crash_note(CAM_ACTIVITY_CAMERA);
            cam_poll();
            vm_started = vm_started || tick - start_tick >= VM_START_TICKS;
            if (vm_started && (vm_has_work || tick != vm_tick)) {
                cam_crash_note(CAM_ACTIVITY_VM);
                vm_tick = tick;
                run_vm();
            }
        }
        run_link();
        cam_crash_note(CAM_ACTIVITY_SLEEP);
        sleep_unless_work_waits(tick, faults);
    }
}

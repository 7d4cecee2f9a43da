// SPDX-License-Identifier: MIT
// The main loop. Its order is the simulator's (sim/simulation.ts): the native side first, so that
// its notification is answered at once, then the VM when it has work or a millisecond has passed.
#include "main_loop.h"

#include "cam.h"
#include "capture.h"
#include "crash.h"
#include "gate.h"
#include "held_frame.h"
#include "link.h"
#include "mmio.h"
#include "pin_edges.h"
#include "port.h"
#include "time_base.h"
#include "update.h"
#include "vm.h"
#include "vm_port.h"
#include "watchdog.h"

enum {
    // A turn of the VM within 0.9 ms of its start would leave the program asleep for ever (seen
    // with VM 2.16.4).
    VM_START_TICKS = 2,
    TICK_STOPPED_US = 1000000,
    // As long as the VM itself waits after a panic.
    VM_RESTART_US = 5000000,
    // "CAM1VM01", the simulator's: a program sees the same device everywhere.
    DEVICE_ID_LOW = 0x43414d31,
    DEVICE_ID_HIGH = 0x564d3031,
};

static bool vm_has_work;
static uint32_t vm_tick; // of its last turn
static bool vm_runs;
static uint32_t vm_start_tick;
static uint32_t vm_stopped_us; // while it does not run

void cam_main_loop_vm_has_work(void) { vm_has_work = true; }

static void start_vm(void) {
    cam_crash_note(CAM_ACTIVITY_VM);
    vm_runs = true;
    vm_has_work = false;
    cam_gate_vm_init(DEVICE_ID_LOW, DEVICE_ID_HIGH);
    // A device that announces itself before the program starts is bound at once, a later one after
    // up to 1 s.
    cam_poll();
    cam_gate_vm_process();
    vm_start_tick = cam_time_ticks();
}

/** What the VM did that it may not ends the program, and the VM, which is booted again. */
static void look_at_gate(void) {
    if (!vm_runs || cam_gate_fault()->kind == CAM_GATE_NO_FAULT) return;
    vm_runs = false;
    vm_stopped_us = cam_port_now_us();
    cam_vm_faulted(cam_gate_fault());
}

/** A program that always has more to do, by sleep(0) or by answers to its own answers, leaves the
 * rest for the next turn: camera and link come in between. */
static void run_vm(void) {
    const uint32_t start_us = cam_port_now_us();
    do {
        vm_has_work = false;
        cam_gate_vm_process();
        vm_has_work = vm_has_work || vm_more_to_do();
    } while (vm_has_work && cam_port_now_us() - start_us < VM_TURN_US);
}

/** What an interrupt may have left for the next turn. */
static bool work_waits(uint32_t tick, uint32_t faults) {
    return vm_has_work || cam_time_ticks() != tick || cam_capture_notify_pending() ||
           cam_capture_faults() != faults || cam_pin_edges_pending();
}

/** With interrupts masked, an interrupt between the look and WFI still ends the sleep: it is
 * pending then, and is served when the mask goes. */
static void sleep_unless_work_waits(uint32_t tick, uint32_t faults) {
    const uint32_t state = mmio_irq_save();
    if (!work_waits(tick, faults)) __asm__ volatile("dsb\n\twfi" : : : "memory");
    mmio_irq_restore(state);
}

static void run_camera(void) {
    cam_crash_note(CAM_ACTIVITY_CAMERA);
    cam_poll();
    cam_watchdog_alive(CAM_ALIVE_CAMERA);
}

static void run_link(void) {
    cam_crash_note(CAM_ACTIVITY_LINK);
    cam_link_poll();
    cam_update_poll();
    cam_watchdog_alive(CAM_ALIVE_LINK);
}

/** @returns SysTick's count, before the turn: what comes during it counts as new */
static uint32_t take_tick(void) {
    static uint32_t last;
    static uint32_t last_us;
    const uint32_t tick = cam_time_ticks();
    const uint32_t now_us = cam_port_now_us();
    if (tick != last) {
        cam_watchdog_alive(CAM_ALIVE_TICK);
        last_us = now_us;
    } else if (now_us - last_us > TICK_STOPPED_US) {
        cam_crash_note_tick_stopped();
    }
    last = tick;
    return tick;
}

void cam_main_loop_link_only(uint32_t us) {
    const uint32_t start_us = cam_port_now_us();
    cam_watchdog_expect(CAM_ALIVE_TICK | CAM_ALIVE_LINK);
    while (cam_port_now_us() - start_us < us || cam_update_under_way()) {
        const uint32_t tick = take_tick();
        run_link();
        cam_crash_note(CAM_ACTIVITY_SLEEP);
        sleep_unless_work_waits(tick, cam_capture_faults());
    }
}

static void run_program(uint32_t tick) {
    run_camera();
    if (!vm_runs) {
        cam_watchdog_alive(CAM_ALIVE_VM);
        if (cam_port_now_us() - vm_stopped_us >= VM_RESTART_US) start_vm();
    } else if (tick - vm_start_tick >= VM_START_TICKS && (vm_has_work || tick != vm_tick)) {
        cam_crash_note(CAM_ACTIVITY_VM);
        vm_tick = tick;
        run_vm();
        cam_watchdog_alive(CAM_ALIVE_VM);
        cam_held_frame_poll(vm_halted());
    }
    look_at_gate();
}

_Noreturn void cam_main_loop_run(bool program) {
    if (program) start_vm();
    for (;;) {
        const uint32_t tick = take_tick();
        const uint32_t faults = cam_capture_faults();
        // An update has stopped the capture: the program would only find that no frame comes.
        const bool runs = program && !cam_update_under_way();
        cam_watchdog_expect(CAM_ALIVE_TICK | CAM_ALIVE_LINK |
                            (runs ? CAM_ALIVE_CAMERA | CAM_ALIVE_VM : 0u));
        if (runs) run_program(tick);
        run_link();
        cam_crash_note(CAM_ACTIVITY_SLEEP);
        sleep_unless_work_waits(tick, faults);
    }
}

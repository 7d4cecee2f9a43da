// SPDX-License-Identifier: MIT
// What is kept over a reset: why the firmware stopped, and how often a program did not survive its
// first second or its first minute. It lies in RAM that start-up does not clear; a CRC tells it
// from what RAM holds after power-on.
#ifndef CAM_CRASH_H
#define CAM_CRASH_H

#include <stdbool.h>
#include <stdint.h>

#include "program_fault.h"
#include "slots.h"

/** What the main loop was at. */
typedef enum {
    CAM_ACTIVITY_BOOT = 0,
    CAM_ACTIVITY_CAMERA = 1,
    CAM_ACTIVITY_VM = 2,
    CAM_ACTIVITY_LINK = 3,
    CAM_ACTIVITY_SLEEP = 4,
} cam_activity_t;

enum {
    CAM_STACK_GUARD_BYTES = 32,
    CAM_CRASH_TEXT_BYTES = 64,
    // In a row; then the program gives way to the other slot's.
    CAM_FIRST_SECOND_MAX = 3,
    CAM_FIRST_MINUTE_MAX = 8,
};

/** How often in a row a program failed, and not by its sensor. */
typedef struct {
    uint32_t in_first_second;
    uint32_t in_first_minute; // the first second included
} cam_failures_t;

/** The record. Registers are 0 when the stack could not be read. */
typedef struct {
    cam_program_fault_t cause; // 0: no record
    cam_activity_t activity;
    uint32_t exception; // IPSR: 2 NMI, 3 HardFault .. 6 UsageFault, 16 + n interrupt n; 0 thread
    uint32_t r0;
    uint32_t r1;
    uint32_t r2;
    uint32_t r3;
    uint32_t r12;
    uint32_t lr;
    uint32_t pc;
    uint32_t xpsr;
    uint32_t sp; // before the exception pushed its frame
    uint32_t exc_return;
    uint32_t cfsr;
    uint32_t hfsr;
    uint32_t mmfar;        // valid: bit 7 of CFSR
    uint32_t bfar;         // valid: bit 15 of CFSR
    uint32_t code;         // of a panic; 0: none
    uint32_t slot_address; // of the program that ran; 0: none
    uint32_t slot_sequence;
    uint32_t program_us; // since it started; UINT32_MAX after its first minute
    bool tick_stopped;   // SysTick did not count
    bool sensor_fault;   // the sensor may be why: cam_sensor_fault()
    char text[CAM_CRASH_TEXT_BYTES];
} cam_crash_t;

/** Read and forget what the last reset left. @param watchdog the watchdog was its cause.
 * @returns false when there was no crash. Context: thread, once after reset. */
bool cam_crash_take(bool watchdog, cam_crash_t *crash);

/** The program in `slot` starts now. Context: thread. */
void cam_crash_program_starts(const cam_program_slot_t *slot);

/** Keep for the record what the main loop does; a program that outlives its first second, or its
 * first minute, has no failures in it any more. Context: thread. */
void cam_crash_note(cam_activity_t activity);

/**
 * Count a crash of the program in `slot` when it came in its first minute, and not by the sensor. A
 * restart that the program asked for is no failure after the first second. An image that the VM
 * refuses has failed at once.
 * @returns how many there were in a row, this one included; none when it does not count. Context:
 * thread.
 */
cam_failures_t cam_crash_count(const cam_program_slot_t *slot, const cam_crash_t *crash);

/** The program just now panicked, and the VM will start it again: as cam_crash_count. Context:
 * thread. */
cam_failures_t cam_crash_count_panic(const cam_program_slot_t *slot, cam_program_fault_t fault);

/** A program with so many failures gives way to the other slot's. Context: both. */
bool cam_crash_gives_way(cam_failures_t failures);

/** When there is no other: so long after its end it is tried again, 5 s to 60 s. Context: both. */
uint32_t cam_crash_pause_us(cam_failures_t failures);

/** A program ended without a reset. Context: thread. */
void cam_crash_count_end(void);

/** How often a program ended since power-on, with a reset or without. Context: thread, after
 * cam_crash_take. */
uint32_t cam_crash_ends(void);

/** Keep for the record that SysTick does not count: no turn stands still then. Context: thread. */
void cam_crash_note_tick_stopped(void);

/** Write the record and reset. Context: both. */
_Noreturn void cam_crash_stop(cam_program_fault_t cause, uint32_t code, const char *text);

/** Reset without a record. Context: both. */
_Noreturn void cam_crash_reset(void);

/** Name of an activity and an exception, for the log. Context: thread. */
const char *cam_crash_activity_text(cam_activity_t activity);
const char *cam_crash_exception_text(uint32_t exception);

/** Every exception and interrupt without a handler of its own. Context: ISR. */
void cam_crash_entry(void);

#endif

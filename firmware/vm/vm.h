// SPDX-License-Identifier: MIT
// The official DeviceScript VM, compiled ahead of time for Cortex-M4F: what it offers, and what the
// port supplies.
//
// Flash has to be readable at address 0 (BOOT0 low, SYSCFG_MEMRMP 0): the VM's read-only data,
// section .vm_rodata, has to lie 0x400 bytes after the start of flash, where the VM addresses it.
// Linker symbols of the board:
//
//   vm_data               VM_DATA_BYTES for the VM's variables, 16-aligned
//   vm_stack, vm_stack_end  the VM's own stack, 16-aligned; 4 KB are ample
//   vm_heap, vm_heap_end  the VM's heap, 8-aligned; the garbage-collected heap and some 9 KB more
//   vm_gc_heap_bytes      size of the garbage-collected heap as the symbol's value, a multiple of 8
#ifndef CAM_VM_H
#define CAM_VM_H

#include <stdbool.h>
#include <stdint.h>

#define VM_DATA_BYTES 3800u

/** A Jacdac frame: 12 bytes of header, of which byte 2 says how many follow. */
#define VM_FRAME_HEADER_BYTES 12u
#define VM_FRAME_MAX_BYTES 252u

/** Whose line it is. */
typedef enum {
    VM_LOG_CONSOLE, // of the program's console, with the VM's mark in front: "> ", "* ", "! " or "?
                    // "
    VM_LOG_VM,      // of the VM; '!' in front marks failures
} vm_log_t;

/**
 * Boot the VM. Once, before all others; takes the variables, stack and heap that the linker gives.
 * The second word of the device id has to be below 0x80000000: the VM extends its sign. Context:
 * thread.
 */
void vm_init(uint32_t device_id_low, uint32_t device_id_high);

/** After so long a turn no further fiber of the program runs in it. */
#define VM_TURN_US 5000u

/**
 * Let the VM do all that is due: received frames, timers, handlers. The program starts with the
 * first call. Some 2,000 instructions when idle. A fiber that is due again at once, by sleep(0),
 * leaves the turn to others after VM_TURN_US: one run of a fiber is 131,072 steps of bytecode at
 * most. Context: thread.
 * @param now_us what vm_port_now_us() would answer: once known, the VM need not ask
 */
void vm_process(uint64_t now_us);

/** The VM sent a frame, which it also hears itself, or got one, or left a fiber for the next turn:
 * call vm_process again. Context: thread. */
bool vm_more_to_do(void);

/** A debugger holds the program; the VM goes on to answer it. As of the last vm_process. Context:
 * thread. */
bool vm_halted(void);

/**
 * A Jacdac frame arrives; vm_process handles it. One with a wrong length or checksum is dropped,
 * with a line in the log.
 * @returns false when the queue (2,048 bytes) is full: try again after vm_process. Context: thread.
 */
bool vm_receive(const uint8_t *frame);

/** A place in the program, as the VM's stack traces have it: name_F2 (pc:22). */
typedef struct {
    const char *name; // 0: no function runs
    uint32_t function;
    uint32_t pc;
} vm_place_t;

/** Where the program was when a turn was left half-way; the VM is not to be used any more after
 * this but by vm_init. Context: thread. */
void vm_place(vm_place_t *place);

// Supplied by the port, called in thread context from within the functions above.

/** Time since boot, us; never goes back. */
uint64_t vm_port_now_us(void);

/** A line without its end, valid during the call; at most 320 bytes. */
void vm_port_log(vm_log_t kind, const char *line);

/** A frame from the VM, valid during the call. */
void vm_port_send(const uint8_t *frame);

void vm_port_random(uint8_t *out, uint32_t bytes);

/** An I2C transaction of the program: write, then read. The buffers are the program's own, lent for
 * the call. */
typedef struct {
    uint32_t address; // 7 bits
    const uint8_t *write;
    uint32_t write_bytes;
    uint8_t *read;
    uint32_t read_bytes;
} vm_i2c_t;

/** @returns 0 or a negative status, which the program gets */
int32_t vm_port_i2c(const vm_i2c_t *transfer);

/** The program ended with a panic code; the VM goes on, and starts it again after 5 s. 0: it asked
 * for that itself, and starts after 1 s. */
void vm_port_panicked(uint32_t code);

/** The VM takes the image and runs it from now on: with the first vm_process, and after each end.
 */
void vm_port_program_starts(void);

/** The VM refuses the image: its bytecode fails the verification, or it holds no program. */
_Noreturn void vm_port_refused(const char *why);

/** What the VM lacks. */
typedef enum {
    VM_STOPPED_TRAP,   // bytecode, or the VM itself, is not in order
    VM_STOPPED_MEMORY, // vm_heap
    VM_STOPPED_STACK,  // vm_stack
} vm_stopped_t;

/** The VM cannot go on. */
_Noreturn void vm_port_stopped(const char *why, vm_stopped_t what);

/** The program asks for a restart of the chip. */
_Noreturn void vm_port_restart(void);

/**
 * The image of the program, of programImage() in image.ts: 4 KB aligned, run where it lies.
 * @param bytes gets its length, 1 to 122,880
 */
const uint8_t *vm_port_image(uint32_t *bytes);

#endif

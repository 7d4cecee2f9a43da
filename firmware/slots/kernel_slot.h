// SPDX-License-Identifier: MIT
// Kernels in a program's slot, and the memory that they run in. toolchain/kernel/kernel-memory.ts
// and kernel-block.ts say the same in TypeScript, and a test compares.
#ifndef CAM_KERNEL_SLOT_H
#define CAM_KERNEL_SLOT_H

#include <stdint.h>

/** Places in a program's memory for kernels, from its start on. The stack is lowest: an overflow
 * leaves the memory. The result of a call is at the end: what runs past it does so, too. */
enum {
    CAM_KERNEL_STACK_BYTES = 1024,
    CAM_KERNEL_RECORDS = 1024, // a Frame of kernel/index.ts for each of a call
    CAM_KERNEL_RECORD_BYTES = 32,
    CAM_KERNEL_NUMBERS = 1152,      // words
    CAM_KERNEL_OWN = 1184,          // what the kernels keep from call to call
    CAM_KERNEL_RESULT_BYTES = 2048, // of the result: as many at least
};

/** The start of what the header's `kernels` points to; then the functions. Offsets are from here.
 */
typedef struct {
    uint32_t functions;
    uint32_t own_bytes;
    uint32_t initial; // offset of what own memory begins with
    uint32_t initial_bytes;
} cam_kernels_t;

/** A function that a program can call. */
typedef struct {
    uint16_t id; // of the kernel's file
    uint8_t function;
    uint8_t frames;
    uint8_t numbers;
    uint8_t unused;
    uint16_t item_bytes;   // of a List in the result; 0: there is none
    uint32_t result_bytes; // at least
    uint32_t entry;        // offset of void (frames' records, numbers, result), bit 0 set
    uint32_t name;         // offset of "src/x.kernel.ts, bright()", ended by 0
} cam_kernel_function_t;

_Static_assert(sizeof(cam_kernels_t) == 16, "layout of a slot");
_Static_assert(sizeof(cam_kernel_function_t) == 20, "layout of a slot");

#endif

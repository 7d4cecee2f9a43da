// SPDX-License-Identifier: MIT
// A call of a kernel, as the grabber hands it to the port: every field is 32 bits, so that the
// simulator can read them in order (sim/kernel/kernel-calls.ts).
#ifndef CAM_KERNEL_CALL_H
#define CAM_KERNEL_CALL_H

#include <stdint.h>

enum { CAM_KERNEL_FRAMES_MAX = 4 };

/** What comes of a call, besides a value of KernelStop (1 and up). */
enum {
    CAM_KERNEL_ENDED = 0,
    CAM_KERNEL_NONE = 0x100,  // no kernel has this id
    CAM_KERNEL_OTHER = 0x101, // it has another number of frames or numbers, or a larger result
    CAM_KERNEL_LARGE = 0x102, // there is no room for so large a result
};

/** A lent frame. */
typedef struct {
    uint32_t address;
    uint32_t columns; // bytes of a row
    uint32_t rows;
} cam_kernel_frame_t;

typedef struct {
    uint32_t id;
    uint32_t function;
    uint32_t format; // of the frames
    uint32_t frame_count;
    cam_kernel_frame_t frames[CAM_KERNEL_FRAMES_MAX];
    uint32_t numbers; // address of words, at any address
    uint32_t number_count;
    uint32_t result; // address
    uint32_t result_bytes;
    uint32_t result_bytes_max; // the port's, with CAM_KERNEL_LARGE
} cam_kernel_call_t;

#endif

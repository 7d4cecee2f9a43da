// SPDX-License-Identifier: MIT
// What the fuzz targets share: the input, read from its beginning, and a board of memory and
// registers that mean nothing.
#ifndef FUZZ_H
#define FUZZ_H

#include <stddef.h>
#include <stdint.h>

/** What is left of it. */
typedef struct {
    const uint8_t *bytes;
    size_t count;
} fuzz_input_t;

/** The next byte; 0 at the end. */
static inline uint8_t fuzz_byte(fuzz_input_t *input) {
    if (input->count == 0) return 0;
    input->count--;
    return *input->bytes++;
}

/** The next `count` bytes, or what is left. @returns how many */
static inline size_t fuzz_take(fuzz_input_t *input, const uint8_t **bytes, size_t count) {
    if (count > input->count) count = input->count;
    *bytes = input->bytes;
    input->bytes += count;
    input->count -= count;
    return count;
}

enum {
    // The frame memory ends with a page, and behind it nothing is mapped: a byte too many is a
    // fault.
    FUZZ_FRAME_MEMORY = 0x20000000,
    FUZZ_FRAME_MEMORY_BYTES = 18 * 4096,
};

/** Registers and frame memory are as after power-up. The C code keeps its variables: each target
 * brings them to a known state. */
void fuzz_reset(void);

/** A sensor's frame has come: its end, with both flags of the DCMI. */
void fuzz_frame(void);

/** Where the DMA runs round: it has come to the end of a buffer. */
void fuzz_transfer(void);

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t count);
int LLVMFuzzerInitialize(int *count, char ***words);

#endif

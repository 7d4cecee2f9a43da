// SPDX-License-Identifier: MIT
// The walk through a captured JPEG: the input is the buffer, whose length is a multiple of 4.
#include <stdlib.h>
#include <string.h>

#include "fuzz.h"
#include "jpeg_check.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t count) {
    const uint32_t captured = (uint32_t)(count & ~(size_t)3);
    // Of exactly that size: AddressSanitizer sees a byte too many.
    uint8_t *frame = malloc(captured == 0 ? 4 : captured);
    if (frame == NULL) return 0;
    memcpy(frame, bytes, captured);
    bool proven = false;
    const uint32_t whole = cam_jpeg_check(frame, captured, true, &proven);
    const uint32_t marked = cam_jpeg_check(frame, captured, false, &proven);
    if (whole > captured || marked > captured) abort();
    // What ends well is also a file by its markers alone.
    if (whole != 0 && marked == 0) abort();
    free(frame);
    return 0;
}

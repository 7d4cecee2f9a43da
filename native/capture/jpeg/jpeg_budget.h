// SPDX-License-Identifier: MIT
// Which JPEG frames are decoded: as many as cost little time and no other frame.
//
// Decoding takes some 40 instructions for a byte. Frames that fill a buffer of 64 KB at 30 fps
// would take most of the CPU, and with one buffer each would cost the next one.
#ifndef CAM_JPEG_BUDGET_H
#define CAM_JPEG_BUDGET_H

#include <stdbool.h>
#include <stdint.h>

/**
 * Is this frame to be decoded? By what the last one took for a byte: when all together take no more
 * than 15 % of the time, and, if the capture waits for this very buffer, when it is over within a
 * millisecond. The first frame of a capture always is: a snapshot has no other.
 *
 * @param first of this capture
 * @param waited_for the capture has no buffer until this frame is given back
 */
bool cam_jpeg_affordable(uint32_t bytes, bool first, bool waited_for);

/** A frame was decoded. @param from_us when it began */
void cam_jpeg_decoded(uint32_t bytes, uint32_t from_us);

#endif

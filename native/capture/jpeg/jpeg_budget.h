// SPDX-License-Identifier: MIT
// Which JPEG frames are decoded: as many as cost little time and no other frame.
//
// Decoding takes some 40 instructions for a byte: frames that fill a buffer of 64 KB at 30 fps
// would take 80 % of the CPU.
#ifndef CAM_JPEG_BUDGET_H
#define CAM_JPEG_BUDGET_H

#include <stdbool.h>
#include <stdint.h>

/**
 * Is this frame to be decoded? By what the last one took for a byte: when it is over within
 * `limit_us` and all together take no more than 15 % of the time. The first frame of a capture
 * always is: a snapshot has no other.
 *
 * @param first of this capture
 */
bool cam_jpeg_affordable(uint32_t bytes, bool first, uint32_t limit_us);

/** A frame was decoded. @param from_us when it began @param whole to its end: one that is broken
 * may have ended early, and does not tell what a byte costs */
void cam_jpeg_decoded(uint32_t bytes, uint32_t from_us, bool whole);

#endif

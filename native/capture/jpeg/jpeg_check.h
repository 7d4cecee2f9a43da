// SPDX-License-Identifier: MIT
// Is a captured JPEG whole? From SOI to EOI each segment is read and the entropy-coded data
// decoded: ITU-T T.81, baseline process, one scan with all components.
#ifndef CAM_JPEG_CHECK_H
#define CAM_JPEG_CHECK_H

#include <stdbool.h>
#include <stdint.h>

/**
 * Length of a frame without the sensor's filler, when it is a whole JPEG.
 *
 * @param count bytes that were captured
 * @param proven set: the file was decoded from end to end. Cleared for a process that is not known
 * here (progressive, arithmetic, 12 bits, several scans): of such a file only the first and last
 * marker are, and the way to the first segment that is not known
 * @returns bytes from FF D8 to FF D9; 0 when it is no whole JPEG. Context: thread.
 */
uint32_t cam_jpeg_check(const uint8_t *bytes, uint32_t count, bool *proven);

#endif

// SPDX-License-Identifier: MIT
// Is a captured JPEG whole? From SOI to EOI each segment is read and the entropy-coded data
// decoded: ITU-T T.81, baseline process, one scan with all components.
#ifndef CAM_JPEG_CHECK_H
#define CAM_JPEG_CHECK_H

#include <stdbool.h>
#include <stdint.h>

/**
 * Length of a frame without the sensor's filler, when nothing shows that it is broken.
 *
 * @param bytes of the frame, at a multiple of 4
 * @param count bytes that were captured, a multiple of 4
 * @param decode the entropy-coded data too, not only the markers
 * @param proven set: the file was decoded from end to end. Cleared without `decode`, and for a
 * process that is not known here (progressive, arithmetic, extended, several scans): of such a file
 * only the way to the first segment that is not known was read, and the last FF D9
 * @returns bytes from FF D8 to FF D9; 0 when it is no whole JPEG. Context: thread.
 */
uint32_t cam_jpeg_check(const uint8_t *bytes, uint32_t count, bool decode, bool *proven);

#endif

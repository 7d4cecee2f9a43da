// SPDX-License-Identifier: MIT
// Text to double, correctly rounded.
#ifndef CAM_VM_STRTOD_H
#define CAM_VM_STRTOD_H

/**
 * As strtod of the C library in the C locale: decimal and hexadecimal numbers, "inf", "infinity",
 * "nan"; the nearest double, ties to even. Errno is not touched.
 * @param end gets where the number ends, or `text` when there is none. Context: both.
 */
double vm_strtod(const char *text, const char **end);

#endif

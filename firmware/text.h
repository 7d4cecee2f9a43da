// SPDX-License-Identifier: MIT
// One line of text for the log, built without printf.
#ifndef CAM_TEXT_H
#define CAM_TEXT_H

#include <stdint.h>

enum { CAM_TEXT_BYTES = 160 };

/** What does not fit is cut off. */
typedef struct {
    uint32_t length;
    char text[CAM_TEXT_BYTES]; // ends with 0
} cam_text_t;

/** Context of all four: both. */
void cam_text_clear(cam_text_t *line);
void cam_text_add(cam_text_t *line, const char *text);
void cam_text_add_decimal(cam_text_t *line, uint32_t value);
/** As 0x and eight digits. */
void cam_text_add_hex(cam_text_t *line, uint32_t value);

#endif

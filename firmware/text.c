// SPDX-License-Identifier: MIT
// One line of text for the log, built without printf.
#include "text.h"

enum { DECIMAL_DIGITS = 10, HEX_DIGITS = 8 };

static void add_char(cam_text_t *line, char c) {
    if (line->length + 1u >= CAM_TEXT_BYTES) return;
    line->text[line->length++] = c;
    line->text[line->length] = 0;
}

void cam_text_clear(cam_text_t *line) {
    line->length = 0;
    line->text[0] = 0;
}

void cam_text_add(cam_text_t *line, const char *text) {
    while (*text != 0) add_char(line, *text++);
}

void cam_text_add_decimal(cam_text_t *line, uint32_t value) {
    char digits[DECIMAL_DIGITS];
    uint32_t count = 0;
    do {
        digits[count++] = (char)('0' + value % 10u);
        value /= 10u;
    } while (value != 0);
    while (count > 0) add_char(line, digits[--count]);
}

void cam_text_add_hex(cam_text_t *line, uint32_t value) {
    cam_text_add(line, "0x");
    for (uint32_t i = 0; i < HEX_DIGITS; i++) {
        add_char(line, "0123456789abcdef"[value >> 28]);
        value <<= 4;
    }
}

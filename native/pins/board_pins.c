// SPDX-License-Identifier: MIT
// Names of pins, and their users.
#include "board_pins.h"

#include "board.h"

const cam_board_pins_t *cam_board_pins;

uint32_t cam_pin_use(uint32_t pin) {
    return pin < CAM_PIN_CODES ? cam_board_pins->use[pin] : CAM_PIN_ABSENT;
}

static bool same(const char *known, const uint8_t *name, uint32_t bytes) {
    for (uint32_t i = 0; i < bytes; i++)
        if ((uint8_t)known[i] != name[i]) return false;
    return bytes == CAM_PIN_NAME_BYTES || known[bytes] == 0;
}

static bool digit(uint8_t character) { return character >= '0' && character <= '9'; }

/** "PA5", "PB10". */
static bool chip_pin(const uint8_t *name, uint32_t bytes, uint32_t *pin) {
    if (bytes < 3 || bytes > 4 || name[0] != 'P' || name[1] < 'A' || name[1] > 'I') return false;
    if (!digit(name[2]) || (bytes == 4 && (name[2] == '0' || !digit(name[3])))) return false;
    uint32_t number = name[2] - (uint32_t)'0';
    if (bytes == 4) number = 10u * number + name[3] - (uint32_t)'0';
    *pin = CAM_PIN(name[1] - (uint32_t)'A', number);
    return number < 16u;
}

bool cam_pin_find(const uint8_t *name, uint32_t bytes, uint32_t *pin, uint32_t *flags) {
    if (bytes == 0 || bytes > CAM_PIN_NAME_BYTES) return false;
    for (uint32_t i = 0; i < CAM_PIN_NAMES_MAX; i++) {
        const cam_pin_name_t *known = &cam_board_pins->names[i];
        if (known->name[0] == 0) break;
        if (!same(known->name, name, bytes)) continue;
        *pin = known->pin;
        *flags = known->flags;
        return true;
    }
    *flags = 0;
    return chip_pin(name, bytes, pin);
}

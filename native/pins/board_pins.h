// SPDX-License-Identifier: MIT
// The board's pins: what they are called, and which of them a program may not have.
#ifndef CAM_BOARD_PINS_H
#define CAM_BOARD_PINS_H

#include <stdbool.h>
#include <stdint.h>

enum { CAM_PIN_CODES = 144, CAM_PIN_NAMES_MAX = 96, CAM_PIN_NAME_BYTES = 10 };

// Uses that the native code knows; the others it only passes on (protocol/pins.ts).
enum { CAM_PIN_FREE = 0, CAM_PIN_ABSENT = 9 };

/** A name that the board has for a pin, such as "LED" or "D2". */
typedef struct {
    char name[CAM_PIN_NAME_BYTES]; // ASCII, filled up with 0
    uint8_t pin;                   // CAM_PIN(port, number)
    uint8_t flags;                 // CAM_PIN_FLAG_
} cam_pin_name_t;

/** Written by boards/board-pins.ts, byte for byte; in flash on the board. */
typedef struct {
    uint8_t use[CAM_PIN_CODES];              // by pin: CAM_PIN_FREE, or who has it
    cam_pin_name_t names[CAM_PIN_NAMES_MAX]; // an empty name ends them
} cam_board_pins_t;

/** Set before cam_init by the port; its content is read only. */
extern const cam_board_pins_t *cam_board_pins;

/** Who has a pin: CAM_PIN_FREE when a program may have it. Context: thread. */
uint32_t cam_pin_use(uint32_t pin);

/**
 * Find a pin by the board's name for it, or by the chip's ("PA5").
 * @returns false when there is none. Context: thread.
 */
bool cam_pin_find(const uint8_t *name, uint32_t bytes, uint32_t *pin, uint32_t *flags);

#endif

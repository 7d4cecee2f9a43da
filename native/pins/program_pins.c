// SPDX-License-Identifier: MIT
// A program's pins.
#include "program_pins.h"

#include "board_pins.h"
#include "mmio.h"
#include "pin_edges.h"
#include "pins.h"

enum { PORTS = CAM_PIN_CODES / 16, PULL_MAX = 2, EDGES_MAX = 3 };

/** By port, a bit for each pin. */
static uint16_t set_up[PORTS];

bool cam_program_pin_is_set_up(uint32_t pin) {
    return pin < CAM_PIN_CODES && (set_up[pin >> 4] >> (pin & 15u) & 1u) != 0;
}

cam_status_t cam_program_pin_setup(const cam_pin_setup_t *setup) {
    const uint32_t pin = setup->pin;
    const uint32_t use = cam_pin_use(pin);
    if (use != CAM_PIN_FREE) return cam_refuse(CAM_PIN_TAKEN, pin, use);
    if (setup->mode > CAM_PIN_MODE_OPEN_DRAIN)
        return cam_refuse(CAM_PIN_MODE, setup->mode, CAM_PIN_MODE_OPEN_DRAIN);
    if (setup->pull > PULL_MAX) return cam_refuse(CAM_PIN_MODE, setup->pull, PULL_MAX);
    if (setup->edges > EDGES_MAX) return cam_refuse(CAM_PIN_MODE, setup->edges, EDGES_MAX);
    const bool output = setup->mode != CAM_PIN_MODE_INPUT;
    cam_pin_general(pin, setup->pull, setup->mode == CAM_PIN_MODE_OPEN_DRAIN);
    if (output)
        cam_pin_output(pin, setup->high);
    else
        cam_pin_mode(pin, CAM_PIN_INPUT);
    set_up[pin >> 4] = (uint16_t)(set_up[pin >> 4] | 1u << (pin & 15u));
    return cam_pin_edges_count(pin, setup->edges);
}

cam_status_t cam_program_pin_write(uint32_t pin, bool high, uint32_t pulse_us) {
    if (!cam_program_pin_is_set_up(pin) || !cam_pin_is_output(pin))
        return cam_refuse(CAM_PIN_MODE, pin, CAM_PIN_MODE_OUTPUT);
    if (pulse_us > CAM_PULSE_US_MAX) return cam_refuse(CAM_BAD_PULSE, pulse_us, CAM_PULSE_US_MAX);
    cam_pin_write(pin, high);
    if (pulse_us == 0) return cam_ok();
    mmio_delay_us(pulse_us);
    cam_pin_write(pin, !high);
    return cam_ok();
}

void cam_program_pins_release(void) {
    cam_pin_edges_reset();
    for (uint32_t pin = 0; pin < CAM_PIN_CODES; pin++) {
        if (!cam_program_pin_is_set_up(pin)) continue;
        cam_pin_mode(pin, CAM_PIN_INPUT);
        cam_pin_general(pin, 0, false);
    }
    for (uint32_t port = 0; port < PORTS; port++) set_up[port] = 0;
}

// SPDX-License-Identifier: MIT
// The page's commands for a program's pins.
#include "grabber_pins.h"

#include "board_pins.h"
#include "grabber_map.h"
#include "grabber_regs.h"
#include "pin_edges.h"
#include "pins.h"
#include "program_pins.h"

cam_status_t cam_grabber_pin_find(const cam_transfer_t *transfer) {
    uint32_t pin;
    uint32_t flags;
    const uint32_t bytes = transfer->write_bytes - 1u;
    if (!cam_pin_find(transfer->write + 1, bytes, &pin, &flags))
        return cam_refuse(CAM_NO_PIN, bytes, CAM_PIN_NAME_BYTES);
    transfer->read[0] = (uint8_t)pin;
    transfer->read[1] = (uint8_t)flags;
    transfer->read[2] = (uint8_t)cam_pin_use(pin);
    transfer->read[3] = 0;
    return cam_ok();
}

cam_status_t cam_grabber_pin_mode(const cam_transfer_t *transfer) {
    const uint8_t *write = transfer->write;
    const cam_pin_setup_t setup = {
        .pin = write[1],
        .mode = write[2],
        .pull = write[3],
        .high = write[4] != 0,
        .edges = write[5],
    };
    return cam_program_pin_setup(&setup);
}

cam_status_t cam_grabber_pin_write(const cam_transfer_t *transfer) {
    const uint8_t *write = transfer->write;
    return cam_program_pin_write(write[1], write[2] != 0, cam_get32(write + 3));
}

cam_status_t cam_grabber_pin_read(const cam_transfer_t *transfer) {
    const uint32_t pin = transfer->write[1];
    if (!cam_program_pin_is_set_up(pin)) return cam_refuse(CAM_PIN_MODE, pin, CAM_PIN_MODE_INPUT);
    const cam_pin_edges_t seen = cam_pin_edges_read(pin);
    transfer->read[0] = cam_pin_read(pin) ? 1 : 0;
    transfer->read[1] = 0;
    cam_put16(transfer->read + 2, seen.edges);
    cam_put32(transfer->read + 4, seen.last_us);
    return cam_ok();
}

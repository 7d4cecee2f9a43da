// SPDX-License-Identifier: MIT
// The frame grabber's page: transfers of a program, and frames of the sensor in between.
//
// An operation is its byte, then: 0..127: a transfer to the page: bytes written, bytes read, the
// bytes; 128..159: frames of the sensor; 160..223: ends of the DMA's buffers; 224..: a poll.
#include <stdlib.h>
#include <string.h>

#include "board_pins.h"
#include "cam.h"
#include "capture.h"
#include "fuzz.h"
#include "grabber.h"
#include "grabber_regs.h"

enum { READ_MAX = 255, FRAMES_MAX = 8, TRANSFERS_MAX = 64 };

void cam_port_frame_delivered(const uint8_t *descriptor, const uint8_t *pixels) {
    (void)descriptor;
    (void)pixels;
}

static void transfer(fuzz_input_t *input, uint8_t first) {
    const size_t count = fuzz_byte(input);
    const uint8_t read_bytes = fuzz_byte(input);
    const uint8_t *from;
    const size_t got = fuzz_take(input, &from, count);
    // Of exactly these sizes.
    uint8_t *write = malloc(got + 1);
    uint8_t *read = malloc(read_bytes == 0 ? 1 : read_bytes);
    if (write == NULL || read == NULL) abort();
    write[0] = (uint8_t)(2u * first);
    if (got != 0) {
        write[0] = from[0];
        memcpy(write, from, got);
    }
    (void)cam_bus_transfer(CAM_GRABBER_ADDRESS, write, (uint32_t)(got == 0 ? 1 : got), read,
                           read_bytes);
    free(write);
    free(read);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t count) {
    fuzz_reset();
    cam_program_ended(0);
    cam_init();
    fuzz_input_t input = {bytes, count};
    while (input.count != 0) {
        const uint8_t operation = fuzz_byte(&input);
        if (operation < 128) {
            transfer(&input, operation);
        } else if (operation < 160) {
            for (int i = 0; i < operation % FRAMES_MAX; i++) fuzz_frame();
        } else if (operation < 224) {
            for (int i = 0; i < operation % TRANSFERS_MAX; i++) fuzz_transfer();
        } else {
            cam_poll();
        }
    }
    cam_program_ended(0);
    return 0;
}

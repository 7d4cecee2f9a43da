// SPDX-License-Identifier: MIT
// A whole frame at once: one JPEG of a length that nobody knows before, into a buffer of words.
#include "article.h"

enum { BUFFER_BYTES = 64 * 1024 };

// Where a test finds the frame.
uint32_t frame[BUFFER_BYTES / 4];
volatile uint32_t frame_bytes;
static volatile bool taken;

void on_transfer(void) { fail("the JPEG is larger than its buffer"); }

void on_frame(void) {
    frame_bytes = BUFFER_BYTES - capture_words_left() * 4;
    taken = true;
}

void program(void) {
    i2c_init();
    ov2640_init_jpeg();
    capture_init(CAPTURE_SNAPSHOT, true, NULL);
    capture_start(frame, BUFFER_BYTES / 4);
    while (!taken) wait_event();
    capture_stop();
    print_number(frame_bytes);
    print(" bytes\r\ndone\r\n");
}

// SPDX-License-Identifier: MIT
// Snapshots, one after the other: the DCMI clears CAPTURE after a frame, the program looks at it in
// peace and asks for the next.
#include "article.h"

enum { WIDTH = 320, HEIGHT = 240, X = (752 - WIDTH) / 2, Y = (480 - HEIGHT) / 2, SNAPSHOTS = 5 };

// Where a test finds the frame.
uint32_t frame[WIDTH * HEIGHT / 4];
static volatile bool taken;

void on_transfer(void) {}

void on_frame(void) { taken = true; }

static uint32_t mean(void) {
    uint32_t sum = 0;
    for (uint32_t i = 0; i < sizeof frame; i++) sum += ((const uint8_t *)frame)[i];
    return sum / sizeof frame;
}

void program(void) {
    i2c_init();
    mt9v034_init(X, Y, WIDTH, HEIGHT);
    capture_init(CAPTURE_SNAPSHOT, false, NULL);
    for (uint32_t i = 0; i < SNAPSHOTS; i++) {
        taken = false;
        capture_start(frame, sizeof frame / 4);
        while (!taken) wait_event();
        capture_stop();
        print_number(mean());
        print("\r\n");
    }
    print("done\r\n");
}

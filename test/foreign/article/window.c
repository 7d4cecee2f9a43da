// SPDX-License-Identifier: MIT
// Window in the sensor: it sends what is wanted and nothing else, frame after frame.
#include "article.h"

enum { WIDTH = 220, HEIGHT = 220, X = (752 - WIDTH) / 2, Y = (480 - HEIGHT) / 2, FRAMES = 5 };

// Where a test finds the frame.
uint32_t frame[WIDTH * HEIGHT / 4];
volatile uint32_t frames;

void on_transfer(void) {}

void on_frame(void) { frames++; }

void program(void) {
    i2c_init();
    mt9v034_init(X, Y, WIDTH, HEIGHT);
    capture_init(CAPTURE_CONTINUOUS, false, NULL);
    capture_start(frame, sizeof frame / 4);
    while (frames < FRAMES) wait_event();
    capture_stop();
    print("done\r\n");
}

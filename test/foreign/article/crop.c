// SPDX-License-Identifier: MIT
// Crop in the DCMI: the sensor sends its whole field, the middle of it enters memory.
#include "article.h"

enum { FIELD_WIDTH = 752, FIELD_HEIGHT = 480, WIDTH = 320, HEIGHT = 240, FRAMES = 3 };

// Where a test finds the frame.
uint32_t frame[WIDTH * HEIGHT / 4];
volatile uint32_t frames;

void on_transfer(void) {}

void on_frame(void) { frames++; }

void program(void) {
    static const crop_t middle = {(FIELD_WIDTH - WIDTH) / 2, (FIELD_HEIGHT - HEIGHT) / 2, WIDTH,
                                  HEIGHT};
    i2c_init();
    mt9v034_init(0, 0, FIELD_WIDTH, FIELD_HEIGHT);
    capture_init(CAPTURE_CONTINUOUS, false, &middle);
    capture_start(frame, sizeof frame / 4);
    while (frames < FRAMES) wait_event();
    capture_stop();
    print("done\r\n");
}

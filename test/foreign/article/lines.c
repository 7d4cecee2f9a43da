// SPDX-License-Identifier: MIT
// Row by row: one transfer per row into the memory of a display that shows the image bottom-up.
// The transfer's interrupt counts rows; the frame's interrupt sets the count to 0, whatever it was.
#include "article.h"

enum { WIDTH = 160, HEIGHT = 120, ROW_WORDS = WIDTH * 2 / 4, FRAMES = 4 };

// Where a test finds the frame: RGB565, the last row of the sensor first.
uint32_t frame[HEIGHT][ROW_WORDS];
volatile uint32_t frames;
static volatile uint32_t row;

#ifdef BLOCKED_FRAME
/** Once, in the middle of a frame, the next transfer comes a row too late. */
static void block_once(void) {
    enum { MORE_THAN_A_ROW_US = 300 };
    static bool blocked;
    if (blocked || frames + 1 < BLOCKED_FRAME || row != HEIGHT / 2) return;
    blocked = true;
    delay_us(MORE_THAN_A_ROW_US);
}
#else
static void block_once(void) {}
#endif

static uint32_t *place_of(uint32_t sensor_row) { return frame[HEIGHT - sensor_row - 1]; }

void on_transfer(void) {
    block_once();
    row = row + 1 < HEIGHT ? row + 1 : 0;
    capture_next_row(place_of(row), ROW_WORDS);
}

void on_frame(void) {
    row = 0;
    frames++;
}

void program(void) {
    i2c_init();
    ov2640_init_rgb565();
    capture_init(CAPTURE_ROWS, false, NULL);
    capture_start(place_of(0), ROW_WORDS);
    while (frames < FRAMES) wait_event();
    capture_stop();
    print("done\r\n");
}

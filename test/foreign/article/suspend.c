// SPDX-License-Identifier: MIT
// Window in the sensor, suspended for some of its frames, resumed, and stopped for good: CAPTURE
// ends with a frame, and DMA stays where the next one begins.
#include "article.h"

enum { WIDTH = 220, HEIGHT = 220, X = (752 - WIDTH) / 2, Y = (480 - HEIGHT) / 2 };
enum { FRAMES = 3, PAUSE_MS = 20 };

// Where a test finds the frame.
uint32_t frame[WIDTH * HEIGHT / 4];
volatile uint32_t frames;

void on_transfer(void) {}

void on_frame(void) { frames++; }

static void await_frames(uint32_t count) {
    while (frames < count) wait_event();
}

/** Nothing may come for longer than two of the sensor's frames. */
static void pause(const char *what) {
    const uint32_t before = frames;
    delay_ms(PAUSE_MS);
    if (frames != before) fail("a frame came while there is no capture");
    print(what);
    print_number(frames);
    print("\r\n");
}

void program(void) {
    i2c_init();
    mt9v034_init(X, Y, WIDTH, HEIGHT);
    capture_init(CAPTURE_CONTINUOUS, false, NULL);
    capture_start(frame, sizeof frame / 4);
    await_frames(FRAMES);
    capture_suspend();
    pause("suspended after ");
    const uint32_t before = frames;
    capture_resume();
    await_frames(before + FRAMES);
    capture_stop();
    pause("stopped after ");
    print("done\r\n");
}

// SPDX-License-Identifier: MIT
// Window in the sensor: it sends what is wanted and nothing else, frame after frame.
#include "article.h"

enum { WIDTH = 220, HEIGHT = 220, X = (752 - WIDTH) / 2, Y = (480 - HEIGHT) / 2, PICTURES = 5 };

// Where a test finds the picture.
uint32_t picture[WIDTH * HEIGHT / 4];
volatile uint32_t pictures;

void on_transfer(void) {}

void on_frame(void) { pictures++; }

int main(void) {
    board_init();
    i2c_init();
    mt9v034_init(X, Y, WIDTH, HEIGHT);
    capture_init(CAPTURE_CONTINUOUS, false, NULL);
    capture_start(picture, sizeof picture / 4);
    while (pictures < PICTURES) __asm__ volatile("wfi");
    capture_stop();
    print("done\r\n");
    for (;;) __asm__ volatile("wfi");
}

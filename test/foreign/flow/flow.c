// SPDX-License-Identifier: MIT
// An optical flow sensor in the manner of PX4-Flow: 64x64 pixels, binned, of each frame into one of
// three images, and of two in a row the shift that fits best, with the FPU; besides a gyroscope on
// SPI2, USB and a flight controller on I2C1.
#include "flow.h"
#include "../article/article.h"
#include "../peripherals/peripherals.h"

enum {
    FRAMES = 6,
    SEARCH = 2,
    BLOCK = 8,
    FROM = SEARCH,
    TO = IMAGE_SIDE - SEARCH - BLOCK,
    STEP = 13
};

volatile uint32_t frames;
// Where a test finds them: pixels per frame, and before the first result what it cannot be.
float flow_x = IMAGE_SIDE, flow_y = IMAGE_SIDE;

static uint32_t difference(const uint8_t *a, const uint8_t *b) {
    uint32_t sum = 0;
    for (uint32_t row = 0; row < BLOCK; row++)
        for (uint32_t column = 0; column < BLOCK; column++) {
            const uint32_t at = row * IMAGE_SIDE + column;
            sum += (uint32_t)(a[at] > b[at] ? a[at] - b[at] : b[at] - a[at]);
        }
    return sum;
}

/** Of a block at that place, added to the flow. */
static void search(const uint8_t *from, const uint8_t *to, uint32_t at, float *x, float *y) {
    uint32_t least = UINT32_MAX;
    int32_t best_x = 0, best_y = 0;
    for (int32_t dy = -SEARCH; dy <= SEARCH; dy++)
        for (int32_t dx = -SEARCH; dx <= SEARCH; dx++) {
            const uint32_t sum = difference(from + at, to + (int32_t)at + dy * IMAGE_SIDE + dx);
            if (sum >= least) continue;
            least = sum;
            best_x = dx;
            best_y = dy;
        }
    *x += (float)best_x;
    *y += (float)best_y;
}

static void compute_flow(const uint8_t *from, const uint8_t *to) {
    float x = 0, y = 0, blocks = 0;
    for (uint32_t row = FROM; row < TO; row += STEP)
        for (uint32_t column = FROM; column < TO; column += STEP, blocks++)
            search(from, to, row * IMAGE_SIDE + column, &x, &y);
    flow_x = x / blocks;
    flow_y = y / blocks;
}

void program(void) {
    usb_device_init();
    i2c_init();
    flow_sensor_init();
    flow_capture_init();
    flow_target_init();
    if (gyro_read_id() != 0xff) fail("a gyroscope that is not there");
    const uint8_t *previous = NULL;
    while (frames < FRAMES) {
        while (flow_images() == frames) continue;
        frames = flow_images();
        const uint8_t *const image = flow_last_image();
        if (previous) compute_flow(previous, image);
        previous = image;
    }
    print("done\r\n");
}

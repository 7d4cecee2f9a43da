// SPDX-License-Identifier: MIT
// The DCMI, DMA2 stream 1 and the NVIC on paper: a sensor's frames as a list of events, each of
// which may come at any access to memory. Every other register is memory. Written from RM0090
// chapters 10 and 15; independent of sim/.
#ifndef CHIP_H
#define CHIP_H

#include <stdbool.h>
#include <stdint.h>

enum {
    FRAME_WORDS = 8,
    FRAMES_MAX = 8,
    TEST_BUFFERS_MAX = 4,
    PERIOD_US = 1000,
    SPARE_REGISTERS = 24,
    FIFO_WORDS = 4
};

/** What is chosen. */
enum { CHOICE_EVENT, CHOICE_TICK, CHOICE_CALL, CHOICE_OUTCOME };

/** In the order in which a frame brings them; some frames lack some. */
typedef enum {
    EVENT_START, // first row: VSYNC goes inactive
    EVENT_DATA,  // the first half of the words
    EVENT_REST,  // the other half
    EVENT_FRAME, // crop only: the end of the window
    EVENT_VSYNC, // the end of the frame; without crop FRAME comes with it
    EVENT_DRAIN, // words that were in the FIFOs at FRAME reach memory
    EVENT_COUNT,
} event_t;

typedef enum {
    OUTCOME_WHOLE,
    OUTCOME_DRAIN, // a word is still in the FIFO at FRAME
    OUTCOME_SHORT, // the other half of the words does not come
    OUTCOME_ERROR, // the DMA's access to memory fails
    OUTCOME_COUNT,
} outcome_t;

/** All that is not the native code's own. Compared as bytes: no padding. */
typedef struct {
    uint32_t cr;
    uint32_t ris;
    uint32_t ier;
    uint32_t sr_vsync; // 1: between two frames
    uint32_t fifo;     // words in it
    uint32_t fifo_words[FIFO_WORDS];
    uint32_t stream_cr;
    uint32_t ndtr;
    uint32_t memory_address;
    uint32_t lisr;
    uint32_t spare[SPARE_REGISTERS][2]; // address, content
    uint32_t capturing;
    uint32_t stop_requested;
    uint32_t frame;   // number of the one that runs or comes next
    uint32_t event;   // the next one of it
    uint32_t outcome; // of it
    uint32_t frames;  // so many come in all
    uint32_t crop;
    uint32_t outcomes;     // so many of outcome_t are tried
    uint32_t whole_frames; // the first ones, none of which goes wrong
    uint32_t now_us;
    uint32_t late; // events since an interrupt could be served
    uint32_t late_max;
    uint32_t vsyncs; // while the DCMI was on and asked for them
} chip_t;

extern chip_t *chip;

void chip_reset(uint32_t frames, bool crop, uint32_t outcomes, uint32_t whole_frames,
                uint32_t late_max);

/** An event is left, and may come now. @param busy interrupts are masked, or the capture's is being
 * served: that lasts for `late_max` events at most */
bool chip_may_go_on(bool busy);

/** Let the next event happen. */
void chip_go_on(void);

/** `count` more frames, all of them whole. */
void chip_more_frames(uint32_t count);

/** @returns the handler that the NVIC would start, or NULL */
void (*chip_interrupt(void))(void);

uint32_t chip_read(uint32_t address);
void chip_write(uint32_t address, uint32_t value);

const char *event_name(event_t event);

#endif

// SPDX-License-Identifier: MIT
#include "chip.h"

#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include "capture.h"
#include "explorer.h"

/** RM0090 section 15.8 and 10.5: numbers of its own, not the driver's headers. */
enum {
    CR = 0x50050000,
    SR = 0x50050004,
    RIS = 0x50050008,
    IER = 0x5005000c,
    MIS = 0x50050010,
    ICR = 0x50050014,
    LISR = 0x40026400,
    LIFCR = 0x40026408,
    S1CR = 0x40026428,
    S1NDTR = 0x4002642c,
    S1M0AR = 0x40026434,
};
enum { CAPTURE = 1 << 0, ENABLE = 1 << 14 };
enum { RIS_FRAME = 1 << 0, RIS_OVR = 1 << 1, RIS_VSYNC = 1 << 3 };
enum { SR_VSYNC = 1 << 1, SR_FNE = 1 << 2 };
enum { EN = 1 << 0, TEIE = 1 << 2, TCIE = 1 << 4 };
enum { TEIF = 1 << 9, TCIF = 1 << 11 };

chip_t *chip;

/** From the end of the frame before its predecessor, in us: what comes while an interrupt waits
 * moves its time by less than a row. */
static const uint32_t EVENT_US[EVENT_COUNT] = {901, 1300, 1600, 1890, 1900, 1900};

static const char *const NAMES[EVENT_COUNT] = {"START", "DATA", "REST", "FRAME", "VSYNC", "DRAIN"};

const char *event_name(event_t event) { return NAMES[event]; }

void chip_reset(uint32_t frames, bool crop, uint32_t outcomes, uint32_t whole_frames,
                uint32_t late_max) {
    if (chip == NULL) chip = malloc(sizeof *chip);
    if (chip == NULL) abort();
    memset(chip, 0, sizeof *chip);
    chip->frames = frames;
    chip->crop = crop;
    chip->outcomes = outcomes;
    chip->whole_frames = whole_frames;
    chip->late_max = late_max;
    chip->sr_vsync = 1;
}

void chip_more_frames(uint32_t count) {
    chip->frames += count;
    chip->outcomes = 1;
}

void (*chip_interrupt(void))(void) {
    // The DMA's comes before the DCMI's: numbers 57 and 78 of the same priority.
    if ((chip->lisr & TEIF && chip->stream_cr & TEIE) ||
        (chip->lisr & TCIF && chip->stream_cr & TCIE))
        return DMA2_Stream1_IRQHandler;
    return (chip->ris & chip->ier) != 0 ? DCMI_IRQHandler : NULL;
}

bool chip_may_go_on(bool busy) {
    if (chip->frame == chip->frames) return false;
    if (!busy && chip_interrupt() == NULL) chip->late = 0;
    return chip->late < chip->late_max;
}

/** Words of the FIFO go to memory as long as the stream is on. */
static void serve(void) {
    uint32_t *to = (uint32_t *)(uintptr_t)chip->memory_address;
    while (chip->fifo != 0 && (chip->stream_cr & EN)) {
        to[FRAME_WORDS - chip->ndtr] = chip->fifo_words[0];
        chip->fifo--;
        memmove(chip->fifo_words, chip->fifo_words + 1,
                sizeof chip->fifo_words - sizeof chip->fifo_words[0]);
        if (--chip->ndtr != 0) continue;
        chip->stream_cr &= ~(uint32_t)EN;
        chip->lisr |= TCIF;
    }
}

/** A word comes from the pixel bus. */
static void word(void) {
    if (!chip->capturing) return;
    if (chip->fifo == FIFO_WORDS) {
        chip->ris |= RIS_OVR;
        chip->capturing = 0;
        return;
    }
    chip->fifo_words[chip->fifo++] = chip->frame + 1;
}

static void words(uint32_t count) {
    for (; count != 0; count--) {
        word();
        serve();
    }
}

static void transfer_error(void) {
    if (!chip->capturing || (chip->stream_cr & EN) == 0) return;
    chip->stream_cr &= ~(uint32_t)EN;
    chip->lisr |= TEIF;
    chip->capturing = 0;
}

static void rest(void) {
    switch ((outcome_t)chip->outcome) {
    case OUTCOME_SHORT:
        return;
    case OUTCOME_ERROR:
        transfer_error();
        return;
    case OUTCOME_DRAIN:
        words(FRAME_WORDS / 2 - 1);
        word(); // and stays in the FIFO
        return;
    default:
        words(FRAME_WORDS / 2);
    }
}

static void frame_flag(void) {
    if (!chip->capturing) return;
    chip->capturing = 0;
    chip->ris |= RIS_FRAME;
}

static void vsync(void) {
    if (!chip->crop) frame_flag();
    chip->sr_vsync = 1;
    if (chip->stop_requested) chip->cr &= ~(uint32_t)CAPTURE;
    chip->stop_requested = 0;
    if (chip->cr & ENABLE) {
        chip->ris |= RIS_VSYNC;
        if (chip->ier & RIS_VSYNC) chip->vsyncs++;
    }
}

static bool has(event_t event) {
    if (event == EVENT_FRAME) return chip->crop;
    return event != EVENT_DRAIN || chip->outcome == OUTCOME_DRAIN;
}

void chip_go_on(void) {
    const event_t event = (event_t)chip->event;
    chip->late++;
    chip->now_us = chip->frame * PERIOD_US + EVENT_US[event];
    switch (event) {
    case EVENT_START:
        chip->outcome = chip->frame < chip->whole_frames ? OUTCOME_WHOLE
                                                         : choose(CHOICE_OUTCOME, chip->outcomes);
        chip->sr_vsync = 0;
        chip->capturing = (chip->cr & CAPTURE) != 0 && (chip->cr & ENABLE) != 0;
        break;
    case EVENT_DATA:
        words(FRAME_WORDS / 2);
        break;
    case EVENT_REST:
        rest();
        break;
    case EVENT_FRAME:
        frame_flag();
        break;
    case EVENT_VSYNC:
        vsync();
        break;
    default:
        serve();
    }
    do {
        chip->event++;
        if (chip->event != EVENT_COUNT) continue;
        chip->event = EVENT_START;
        chip->frame++;
    } while (!has((event_t)chip->event));
}

static uint32_t *spare(uint32_t address) {
    for (int i = 0; i < SPARE_REGISTERS; i++) {
        if (chip->spare[i][0] == 0) chip->spare[i][0] = address;
        if (chip->spare[i][0] == address) return &chip->spare[i][1];
    }
    complain("too many registers are written", (long)address, SPARE_REGISTERS);
}

uint32_t chip_read(uint32_t address) {
    switch (address) {
    case CR:
        return chip->cr;
    case SR:
        return (chip->sr_vsync ? SR_VSYNC : 0u) | (chip->fifo ? SR_FNE : 0u);
    case RIS:
        return chip->ris;
    case IER:
        return chip->ier;
    case MIS:
        return chip->ris & chip->ier;
    case LISR:
        return chip->lisr;
    case S1CR:
        return chip->stream_cr;
    case S1NDTR:
        return chip->ndtr;
    case S1M0AR:
        return chip->memory_address;
    default:
        return *spare(address);
    }
}

static void write_control(uint32_t value) {
    chip->cr = value;
    if ((value & ENABLE) == 0) {
        chip->capturing = chip->stop_requested = chip->fifo = 0;
    } else if (value & CAPTURE) {
        chip->stop_requested = 0;
    } else if (!chip->sr_vsync && (chip->capturing || chip->stop_requested)) {
        // It reads 1 until the end of the frame (section 15.8.1).
        chip->stop_requested = 1;
        chip->cr |= CAPTURE;
    }
}

static void write_stream(uint32_t value) {
    const uint32_t was = chip->stream_cr;
    // Flags that are left keep the stream from starting (section 10.3.17).
    if (value & ~was & EN && chip->lisr != 0) value &= ~(uint32_t)EN;
    chip->stream_cr = value;
    if (was & ~value & EN) chip->lisr |= TCIF; // the stream's own FIFO is flushed
    if (~was & value & EN) serve();
}

void chip_write(uint32_t address, uint32_t value) {
    const bool stream = address == S1NDTR || address == S1M0AR;
    if (stream && (chip->stream_cr & EN)) complain("written while EN is 1", (long)address, 0);
    switch (address) {
    case CR:
        write_control(value);
        break;
    case IER:
        chip->ier = value;
        break;
    case ICR:
        chip->ris &= ~value;
        break;
    case LIFCR:
        chip->lisr &= ~value;
        break;
    case S1CR:
        write_stream(value);
        break;
    case S1NDTR:
        chip->ndtr = value;
        break;
    case S1M0AR:
        chip->memory_address = value;
        break;
    default:
        *spare(address) = value;
    }
}

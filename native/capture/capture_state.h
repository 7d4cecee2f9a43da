// SPDX-License-Identifier: MIT
// What the two halves of the capture share. Included by capture*.c only.
#ifndef CAM_CAPTURE_STATE_H
#define CAM_CAPTURE_STATE_H

#include <stddef.h>

#include "capture.h"
#include "capture_config.h"

/** Out of the path that every frame takes: not inlined there, no registers saved for it. */
#define CAM_COLD __attribute__((noinline, cold))

typedef struct {
    _Alignas(32) uint32_t address; // a buffer is found by a shift
    uint32_t bit;                  // 1 << index
    uint32_t sequence;
    uint32_t end_us;
    uint32_t columns; // JPEG: bytes of the frame
    uint32_t rows;
    uint32_t first_row;
    // What becomes of it becomes of its frame: false for all batches of a frame but the last.
    bool decides;
    bool ends_frame; // a batch that ends with VSYNC, not with its last row
    // Crop window or batch, for cam_frames_check(): the VSYNC before and, with a second buffer, the
    // one after; rows from the frame's first to the window's last.
    uint32_t vsync_us;
    uint32_t vsync_after_us;
    uint32_t crop_rows;
} cam_buffer_t;

enum {
    CAM_TICK_US = 1000, // of cam_capture_tick
    // From a look at the time to a capture that is armed.
    CAM_PINNED_MARGIN_US = 100,
    // With less, the first tick after a frame's end may come too late.
    CAM_PINNED_SLACK_MIN_US = CAM_TICK_US + 2 * CAM_PINNED_MARGIN_US,
};

typedef enum {
    CAM_PHASE_STOPPED,
    CAM_PHASE_ARMED,    // `filling` waits for words, CAPTURE is on
    CAM_PHASE_STARVED,  // no buffer; CAPTURE is off
    CAM_PHASE_DRAINING, // FRAME came while the last words were in the FIFOs; CAPTURE is off; the
                        // DMA interrupt publishes
    CAM_PHASE_ROWS,     // rows: DMA runs, CAPTURE is on, with a buffer or without
    CAM_PHASE_JPEG,     // as armed, of unknown length
    CAM_PHASE_LOST,     // the frame in `filling` is torn; DMA and CAPTURE are off until VSYNC
} cam_phase_t;

/** What became of the sensor's frame that ends with the next VSYNC. */
typedef enum {
    CAM_FATE_NONE,       // nothing yet: if it stays so, the frame was dropped
    CAM_FATE_EMPTY,      // FRAME came without a word: if it stays so, the frame was short
    CAM_FATE_CAPTURED,   // FRAME came: published, settling, or draining
    CAM_FATE_LOST,       // counted as overrun, short, DMA error or doubtful
    CAM_FATE_NOT_SYNCED, // it was running before start: counted nowhere
} cam_fate_t;

/** A frame of known length is being captured into `filling`; nothing has gone wrong with it, it is
 * not one of those that settle, and FRAME and VSYNC end it together. */
#define CAM_SITUATION_PLAIN ((uint32_t)CAM_PHASE_ARMED)

typedef enum {
    CAM_CROP_MOVE_NONE,
    CAM_CROP_MOVE_PENDING, // for the next VSYNC interrupt
    CAM_CROP_MOVE_DONE,    // CWSTRT is written, crop_from says for which frame
} cam_crop_move_t;

/** What the interrupt of each frame counts. */
typedef struct {
    uint32_t sequence;
    uint32_t irqs;
} cam_counts_t;

/**
 * A buffer is free, filling, lent, pinned or, when none of these, queued: each is in exactly one
 * state by construction, but that one may be lent and pinned at once. free -> filling: interrupt,
 * or the thread with interrupts masked while nothing fills; filling -> queued: interrupt; queued ->
 * lent -> free and queued -> free: thread with interrupts masked; queued -> filling (keep newest):
 * interrupt; lent -> pinned: thread; pinned -> free: thread or tick with interrupts masked; pinned
 * -> filling: interrupt.
 */
typedef struct {
    // sequence and end_us: written by the interrupts while filling
    cam_buffer_t buffers[CAM_BUFFERS_MAX];
    volatile uint32_t free;             // mask
    volatile uint32_t lent;             // mask; written by the thread
    volatile uint32_t pinned_slack_us;  // how long the capture can do without a buffer
    volatile uint32_t pinned_wanted_us; // since when it has done so
    // Whence a buffer may come when none is free; 0: from nowhere.
    union {
        struct {
            volatile uint8_t pinned; // mask of one at most: what the host link reads
            bool keeps_newest;       // keep_newest, and enough buffers to take one back
        };
        volatile uint32_t reclaimable;
    };
    cam_buffer_t *volatile filling;
    // Side by side: the interrupt counts both at once.
    union {
        struct {
            volatile uint32_t sequence; // written by the interrupts while streaming
            volatile uint32_t irqs;
        };
        cam_counts_t counts; // Context: ISR
    };
    // What the interrupt must know to take a frame that is as it should be, in one word: one
    // compare.
    union {
        struct {
            volatile uint8_t phase;       // cam_phase_t
            volatile uint8_t fate;        // cam_fate_t
            volatile uint8_t settle_left; // written by the interrupts while streaming
            bool crops; // a window smaller than the frame: FRAME comes before VSYNC
        };
        volatile uint32_t situation; // CAM_SITUATION_PLAIN, or something else
    };
    // delivered, doubtful, lost, bad_jpeg: thread, masked; skipped: both, masked; the others:
    // interrupts
    volatile cam_counters_t counters;
    uint32_t frames_before; // of the sensor, in captures that have ended
    // Set by start and stop, constant in between.
    cam_engine_t engine;
    void (*transfer_done)(void); // rows and JPEG: what TCIF means; else NULL
    uint32_t all;
    // Side by side: the interrupt loads both at once.
    uint32_t words;               // of a frame
    uint32_t dma_cr_on;           // dma_cr with EN
    uint32_t cr;                  // DCMI_CR while nothing is captured
    volatile uint32_t cr_running; // with CAPTURE; without it while stopping
    uint32_t dma_cr;
    uint32_t stop_timeout_us;
    uint32_t buffer_count;
    uint32_t line_bytes;
    uint32_t lines;
    uint32_t buffer_bytes;
    cam_rows_to_t to;
    uint32_t fps_millihz;
    bool keep_newest;
    uint32_t ier;
    volatile uint32_t frame_us; // of the newest FRAME
    volatile uint32_t vsync_us; // of the newest VSYNC that was looked at
    // A move of the crop window: thread to interrupt and back.
    volatile cam_crop_move_t crop_move;
    volatile uint32_t cwstrt;
    uint32_t cwsize;
    uint32_t crop_cwstrt;
    uint32_t crop_from; // written by the interrupt
    uint32_t crop_x;
    uint32_t crop_y;
    // Thread only.
    bool notified;
    bool lent_before;
    uint32_t lent_sequence;
    // A batch of this frame was found to be of no use: its last one does not make a frame of it.
    bool withheld;
    uint32_t withheld_sequence;
    uint32_t lent_end_us;
} cam_capture_t;

_Static_assert(CAM_FATE_NONE == 0, "CAM_SITUATION_PLAIN has no other bits than the phase");
_Static_assert(offsetof(cam_capture_t, phase) == offsetof(cam_capture_t, situation),
               "the phase is the lowest byte of the situation");

extern cam_capture_t cam_cap;

/** Buffers captured and not looked at. Context: both; interrupts masked for a lasting answer. */
static inline uint32_t cam_capture_queued_mask(void) {
    const cam_buffer_t *filling = cam_cap.filling;
    return cam_cap.all &
           ~(cam_cap.free | cam_cap.lent | cam_cap.pinned | (filling ? filling->bit : 0u));
}

/** The buffer of `mask` with the lowest sequence number, or NULL. Context: both. */
cam_buffer_t *cam_capture_oldest(uint32_t mask);

/** A buffer that nobody needs: a capture without one goes on with it. Context: interrupts masked.
 */
void cam_capture_give_back(cam_buffer_t *buffer);

/** The program does not get it. @returns whether the fate of its frame is still to be counted: a
 * batch that is not the last one leaves that to the last. */
bool cam_capture_withhold(cam_buffer_t *buffer);

/** Sequence number and end of the newest whole frame that is known.
 * @returns false when there is none. Context: thread. */
bool cam_capture_last_end(uint32_t *sequence, uint32_t *end_us);

/** The frame in `filling` is whole: it is queued as `filling` moves on, or counted as settling.
 * @returns false when there is no buffer to move to. Context: ISR. */
bool cam_capture_hand_over(void);

/** The frame under way cannot be used: it is counted in `bucket` unless it was counted already, and
 * everything is off until VSYNC; the same buffer takes the next frame. A frame that is draining is
 * the one that is lost. Context: ISR, or interrupts masked. */
void cam_capture_lose(volatile uint32_t *bucket);

/** DMA has a buffer and a frame, or waits for one. Context: both. */
static inline bool cam_capture_in_flight(void) {
    return cam_cap.phase != CAM_PHASE_STARVED && cam_cap.phase != CAM_PHASE_LOST &&
           cam_cap.phase != CAM_PHASE_STOPPED;
}

/** The frame under way has its place in the counters, or will have it when it has drained. */
static inline bool cam_capture_fate_known(void) {
    return cam_cap.fate == CAM_FATE_CAPTURED || cam_cap.fate == CAM_FATE_LOST;
}

/** No buffer: CAPTURE off until one comes back. Context: ISR. */
void cam_capture_starve(void);

/** Arm `filling` and set CAPTURE: capture goes on at the next frame start. Context: ISR, or
 * interrupts masked. */
void cam_capture_resume(void);

#endif

// SPDX-License-Identifier: MIT
// Moves of the window and triggers while streaming: when they act, and which frames they label.
//
// The interrupts know nothing of labels: a frame gets its own when the program looks at it, from
// its sequence number. Before a label is added, the frames that wait get theirs for good.
#include "capture_moves.h"

#include "board.h"
#include "capture_state.h"
#include "i2c.h"
#include "pins.h"
#include "port.h"

enum {
    // In force, of the sensor, of the crop, and a doubtful frame before one of these.
    LABELS = 4,
    // Of the frame in flight and of the next one.
    TRIGGERS = 4,
    // Beyond it the frame rate that the program planned says too little.
    EXTRAPOLATED_FRAMES_MAX = 8,
    // Rounding of the times (1 us each) and the sensor's own delay to its frame start.
    WRITE_MARGIN_US = 20,
    BITS_PER_BYTE = 9,
    START_STOP_BITS = 3,
};

typedef struct {
    uint32_t from; // sequence number of the first frame
    uint32_t x;
    uint32_t y;
    bool doubtful;
} label_t;

typedef struct {
    bool known;
    uint32_t sequence;
    cam_label_t label;
} settled_t;

static label_t labels[LABELS]; // by `from`; the first one is in force
static uint32_t label_count;
static settled_t settled[CAM_BUFFERS_MAX];
static struct {
    bool valid;
    uint32_t sequence;
    uint32_t us;
} triggers[TRIGGERS];

static bool reached(uint32_t sequence, uint32_t from) { return (int32_t)(sequence - from) >= 0; }

void cam_moves_begin(uint32_t x, uint32_t y) {
    labels[0] = (label_t){0, x, y, false};
    label_count = 1;
    for (uint32_t i = 0; i < CAM_BUFFERS_MAX; i++) settled[i].known = false;
    for (uint32_t i = 0; i < TRIGGERS; i++) triggers[i].valid = false;
    cam_cap.crop_move = CAM_CROP_MOVE_NONE;
}

/** Sorted by `from`; of two with the same one the later counts. */
static void add_label(label_t label) {
    uint32_t at = label_count;
    while (at > 0 && reached(labels[at - 1].from, label.from)) at--;
    if (at < label_count && labels[at].from == label.from) {
        labels[at] = label;
        return;
    }
    if (label_count == LABELS) { // never with fewer than three moves in one frame
        labels[LABELS - 1] = label;
        return;
    }
    for (uint32_t i = label_count; i > at; i--) labels[i] = labels[i - 1];
    labels[at] = label;
    label_count++;
}

static cam_label_t label_of(uint32_t sequence) {
    uint32_t i = label_count - 1u;
    while (i > 0 && !reached(sequence, labels[i].from)) i--;
    cam_label_t label = {labels[i].x, labels[i].y, labels[i].doubtful, 0};
    for (i = 0; i < TRIGGERS; i++)
        if (triggers[i].valid && triggers[i].sequence == sequence)
            label.trigger_us = triggers[i].us;
    return label;
}

/** The interrupt has written CWSTRT: since which frame, only it knows. Where the sensor is in
 * doubt, a crop of what it sends is no surer. */
static void collect_crop_move(void) {
    if (cam_cap.crop_move != CAM_CROP_MOVE_DONE) return;
    cam_cap.crop_move = CAM_CROP_MOVE_NONE;
    const uint32_t from = cam_cap.crop_from;
    add_label((label_t){from, cam_cap.crop_x, cam_cap.crop_y, label_of(from).doubtful});
}

/** Settle the labels of all frames that are whole, then forget labels that no frame needs any more.
 * Interrupts masked. */
static void settle(void) {
    collect_crop_move();
    uint32_t whole = cam_capture_queued_mask();
    // The one that drains is whole but for words on their way; its frame has a number already.
    if (cam_cap.phase == CAM_PHASE_DRAINING) whole |= cam_cap.filling->bit;
    for (uint32_t i = 0; i < cam_cap.buffer_count; i++) {
        const uint32_t sequence = cam_cap.buffers[i].sequence;
        if ((whole >> i & 1u) == 0 || (settled[i].known && settled[i].sequence == sequence))
            continue;
        settled[i] = (settled_t){true, sequence, label_of(sequence)};
    }
    while (label_count > 1 && reached(cam_cap.sequence, labels[1].from)) {
        label_count--;
        for (uint32_t i = 0; i < label_count; i++) labels[i] = labels[i + 1];
    }
}

cam_label_t cam_moves_label(uint32_t index) {
    const uint32_t sequence = cam_cap.buffers[index].sequence;
    if (settled[index].known && settled[index].sequence == sequence) return settled[index].label;
    const uint32_t irq = mmio_irq_save();
    collect_crop_move();
    mmio_irq_restore(irq);
    return label_of(sequence);
}

static bool under_way(void) { return (mmio_read32(DCMI_SR) & DCMI_SR_VSYNC) == 0; }

/** The first frame that has not started yet. Interrupts masked. */
static uint32_t next_to_start(void) {
    uint32_t sequence = cam_cap.sequence;
    const bool runs = under_way();
    // A frame that ended just now is not counted yet.
    if (mmio_read32(DCMI_RIS) & DCMI_RIS_VSYNC) sequence++;
    return runs ? sequence + 1u : sequence;
}

/** Microseconds until the frame under way ends, as far as the planned frame rate tells; 0 when it
 * does not. */
static uint32_t us_to_frame_end(void) {
    uint32_t end_us = 0;
    uint32_t sequence = 0;
    if (cam_cap.fps_millihz == 0 || !cam_capture_last_end(&sequence, &end_us)) return 0;
    const uint32_t frames = cam_cap.sequence - sequence;
    if (frames == 0 || frames > EXTRAPOLATED_FRAMES_MAX) return 0;
    const uint32_t end = end_us + frames * (1000000000u / cam_cap.fps_millihz);
    const int32_t left = (int32_t)(end - cam_port_now_us());
    return left < 0 ? 0 : (uint32_t)left;
}

static void await_calm(uint32_t count) {
    const uint32_t bits = BITS_PER_BYTE * (count + 1u) + START_STOP_BITS;
    // A quarter more: the sensor may stretch the clock.
    const uint32_t write_us = bits * 1250000u / cam_board.i2c_hz + WRITE_MARGIN_US;
    if (under_way() && us_to_frame_end() > write_us) return;
    // A sensor that sends nothing (it waits for a trigger) has no frame start that could come.
    (void)mmio_wait_set(DCMI_SR, DCMI_SR_VSYNC, cam_cap.stop_timeout_us);
    (void)mmio_wait_clear(DCMI_SR, DCMI_SR_VSYNC, cam_cap.stop_timeout_us);
}

void cam_moves_renumber(uint32_t from, uint32_t count) {
    collect_crop_move();
    for (uint32_t i = 1; i < label_count; i++)
        if (reached(labels[i].from, from)) labels[i].from += count;
    for (uint32_t i = 0; i < CAM_BUFFERS_MAX; i++)
        if (settled[i].known && reached(settled[i].sequence, from)) settled[i].sequence += count;
    for (uint32_t i = 0; i < TRIGGERS; i++)
        if (triggers[i].valid && reached(triggers[i].sequence, from)) triggers[i].sequence += count;
}

/** Whether the sensor has the bytes, whatever the write said: the acknowledge of the last one may
 * have been lost. The first byte is the first register's number. */
static bool reads_back(uint32_t address, const uint8_t *bytes, uint32_t count) {
    uint8_t read[CAM_MOVE_BYTES_MAX];
    if (count < 2 || cam_i2c_transfer(address, bytes, 1, read, count - 1u) != CAM_BUS_OK)
        return false;
    for (uint32_t i = 1; i < count; i++)
        if (read[i - 1] != bytes[i]) return false;
    return true;
}

cam_status_t cam_moves_sensor(uint32_t address, const uint8_t *bytes, uint32_t count, uint32_t x,
                              uint32_t y) {
    const bool streaming = cam_cap.phase != CAM_PHASE_STOPPED;
    if (streaming) await_calm(count);
    uint32_t irq = mmio_irq_save();
    const uint32_t before = next_to_start();
    mmio_irq_restore(irq);
    const cam_bus_status_t written = cam_i2c_transfer(address, bytes, count, (uint8_t *)0, 0);
    const bool applied = written == CAM_BUS_OK || reads_back(address, bytes, count);
    const cam_status_t status =
        applied ? cam_ok() : cam_refuse(CAM_HARDWARE, (uint32_t)written, address);
    if (!streaming) return status;
    irq = mmio_irq_save();
    settle();
    const uint32_t after = next_to_start();
    if (cam_cap.crop_move == CAM_CROP_MOVE_PENDING) {
        // The sensor's rows come before the crop or with it: first in the columns in force.
        x = labels[label_count - 1u].x;
        if (applied) cam_cap.crop_y = y;
    }
    // Bytes that were acknowledged may act.
    if (after != before || !applied) add_label((label_t){before, x, y, true});
    if (applied) add_label((label_t){after, x, y, false});
    mmio_irq_restore(irq);
    return status;
}

cam_status_t cam_moves_crop(uint32_t cwstrt, uint32_t x, uint32_t y) {
    const uint32_t fields = DCMI_CWSTRT_HOFFCNT_MASK | DCMI_CWSTRT_VST_MASK;
    if (cwstrt & ~fields) return cam_refuse(CAM_BAD_GEOMETRY, cwstrt, fields);
    if (cam_cap.phase == CAM_PHASE_STOPPED) return cam_ok();
    if (!cam_cap.crops) return cam_refuse(CAM_BAD_GEOMETRY, cam_cap.cr, 0);
    const uint32_t irq = mmio_irq_save();
    settle();
    cam_cap.crop_x = x;
    cam_cap.crop_y = y;
    cam_cap.crop_cwstrt = cwstrt;
    cam_cap.crop_move = CAM_CROP_MOVE_PENDING;
    mmio_irq_restore(irq);
    return cam_ok();
}

cam_status_t cam_moves_trigger(uint32_t pulse_us) {
    if (cam_board.sensor_exposure == CAM_PIN_NONE)
        return cam_refuse(CAM_BAD_REGISTER, CAM_PIN_NONE, 0);
    if (pulse_us == 0 || pulse_us > CAM_TRIGGER_US_MAX)
        return cam_refuse(CAM_BAD_GEOMETRY, pulse_us, CAM_TRIGGER_US_MAX);
    const uint32_t irq = mmio_irq_save();
    if (cam_cap.phase != CAM_PHASE_STOPPED) {
        settle();
        const uint32_t sequence = next_to_start();
        const uint32_t at = sequence % TRIGGERS;
        triggers[at].valid = true;
        triggers[at].sequence = sequence;
        const uint32_t now = cam_port_now_us();
        triggers[at].us = now == 0 ? 1u : now; // 0 means not triggered
    }
    cam_pin_write(cam_board.sensor_exposure, true);
    mmio_irq_restore(irq);
    mmio_delay_us(pulse_us);
    cam_pin_write(cam_board.sensor_exposure, false);
    return cam_ok();
}

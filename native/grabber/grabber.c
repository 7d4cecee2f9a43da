// SPDX-License-Identifier: MIT
// The frame grabber: a register-mapped device in front of the capture (docs/frame-grabber.md).
#include "grabber.h"

#include "board.h"
#include "capture.h"
#include "capture_watch.h"
#include "frame_clock.h"
#include "grabber_kernel.h"
#include "grabber_map.h"
#include "grabber_mode.h"
#include "grabber_pins.h"
#include "i2c.h"
#include "pins.h"
#include "port.h"
#include "stats.h"

enum {
    DESCRIPTOR_BYTES = 48,
    STATS_BYTES = 20,
    SIGNALS_BYTES = 4,
    HISTOGRAM_BYTES = 4 * CAM_HISTOGRAM_BINS,
    ANY_LENGTH = 0,
    MOVE_HEAD_BYTES = 6, // register, I2C address, x, y
};

typedef struct {
    uint8_t address;
    uint8_t write_bytes; // register address included; ANY_LENGTH: run() checks
    uint16_t read_bytes; // ANY_LENGTH: one or more
    bool reads;          // false: whoever writes may leave the answer
    cam_status_t (*run)(const cam_transfer_t *transfer);
} command_t;

/** Mode and lines block, last error, RESTARTS, PROGRAM_FAULT: storage. Board and request block:
 * filled once. Other counters and STATE: filled before each read. */
static uint8_t map[CAM_MAP_BYTES];

static void copy(uint8_t *to, const uint8_t *from, uint32_t bytes) {
    for (uint32_t i = 0; i < bytes; i++) to[i] = from[i];
}

static uint8_t flag(bool set, uint32_t bit) { return (uint8_t)(set ? bit : 0); }

static uint32_t wired(uint32_t pin, uint32_t flag) { return pin == CAM_PIN_NONE ? 0 : flag; }

static void fill_board_block(void) {
    cam_put32(map + CAM_REG_ID, CAM_GRABBER_ID);
    cam_put32(map + CAM_REG_HCLK_HZ, cam_board.hclk_hz);
    cam_put32(map + CAM_REG_XCLK_HZ, cam_board.xclk_hz);
    cam_put32(map + CAM_REG_FRAME_MEMORY_BYTES, cam_board.frame_memory_bytes);
    cam_put32(map + CAM_REG_GC_HEAP_BYTES, cam_board.gc_heap_bytes);
    cam_put32(map + CAM_REG_RAM_BYTES, cam_board.ram_bytes);
    cam_put32(map + CAM_REG_SENSOR_I2C_HZ, cam_board.i2c_hz);
    cam_put32(map + CAM_REG_BOARD_FLAGS,
              wired(cam_board.sensor_reset, CAM_BOARD_FLAG_RESET) |
                  wired(cam_board.sensor_standby, CAM_BOARD_FLAG_STANDBY) |
                  wired(cam_board.sensor_exposure, CAM_BOARD_FLAG_EXPOSURE));
}

static void fill_control_block(void) {
    cam_counters_t counters;
    cam_capture_counters(&counters);
    map[CAM_REG_STATE] = (uint8_t)cam_capture_state();
    cam_put32(map + CAM_REG_FRAMES, counters.frames);
    cam_put32(map + CAM_REG_DELIVERED, counters.delivered);
    cam_put32(map + CAM_REG_DROPPED, counters.dropped);
    cam_put32(map + CAM_REG_SKIPPED, counters.skipped);
    cam_put32(map + CAM_REG_SETTLING, counters.settling);
    cam_put32(map + CAM_REG_OVERRUNS, counters.overruns);
    cam_put32(map + CAM_REG_SHORT_FRAMES, counters.short_frames);
    cam_put32(map + CAM_REG_DMA_ERRORS, counters.dma_errors);
    cam_put32(map + CAM_REG_IRQS, counters.irqs);
    cam_put32(map + CAM_REG_RESYNCS, counters.resyncs);
    cam_put32(map + CAM_REG_BAD_JPEG, counters.bad_jpeg);
    cam_put32(map + CAM_REG_TOO_LARGE, counters.too_large);
    cam_put32(map + CAM_REG_NEEDED_BYTES, counters.needed_bytes);
    cam_put32(map + CAM_REG_OVERRUN_FRAMES, counters.overrun_frames);
    cam_put32(map + CAM_REG_SENSOR_FRAMES, counters.sensor_frames);
    cam_put32(map + CAM_REG_I2C_ERRORS, cam_i2c_errors());
    cam_put32(map + CAM_REG_LOST, counters.lost);
    cam_put32(map + CAM_REG_DOUBTFUL, counters.doubtful);
}

static void set_last_error(cam_status_t status) {
    map[CAM_REG_LAST_ERROR] = (uint8_t)status.code;
    cam_put32(map + CAM_REG_ERROR_VALUE, status.value);
    cam_put32(map + CAM_REG_ERROR_LIMIT, status.limit);
}

/** Tell the port when it went well. */
static cam_status_t changed(cam_status_t status, bool streaming) {
    if (status.code == CAM_OK) cam_port_capture_changed(streaming);
    return status;
}

/** A capture would only see frames end. */
static cam_status_t power_sensor(bool on) {
    if (cam_capture_state() != CAM_STOPPED)
        return cam_refuse(CAM_BUSY, (uint32_t)cam_capture_state(), 0);
    if (on)
        cam_pins_start_sensor();
    else if (!cam_pins_standby_sensor())
        return cam_refuse(CAM_BAD_REGISTER, CAM_PIN_NONE, 0);
    return cam_ok();
}

static cam_status_t control(const cam_transfer_t *transfer) {
    switch (transfer->write[1]) {
    case CAM_CONTROL_START:
        return changed(cam_grabber_start(map), true);
    case CAM_CONTROL_STOP:
        return changed(cam_capture_stop(), false);
    case CAM_CONTROL_CLEAR_COUNTERS:
        cam_capture_clear_counters();
        cam_i2c_clear_errors();
        set_last_error(cam_ok());
        return cam_ok();
    case CAM_CONTROL_WATCH_OFF:
    case CAM_CONTROL_WATCH_ON:
        cam_frames_watch(transfer->write[1] == CAM_CONTROL_WATCH_ON);
        return cam_ok();
    case CAM_CONTROL_SENSOR_STANDBY:
    case CAM_CONTROL_SENSOR_ON:
        return power_sensor(transfer->write[1] == CAM_CONTROL_SENSOR_ON);
    default:
        return cam_refuse(CAM_BAD_REGISTER, transfer->write[1], CAM_CONTROL_SENSOR_ON);
    }
}

/** The descriptor that was read last; its CHANGES goes on over restarts of the program. */
static uint8_t described[DESCRIPTOR_BYTES];

/** What is new in every descriptor: index, CHANGES, sequence, times, frames dropped before. */
static bool is_of_frame(uint32_t at) {
    return at == 0 || at == 3 || (at >= 4 && at < 16) || at == 22 || at == 23;
}

/** Fill in CHANGES: a program that has the rest already need not read it again. */
static void count_changes(uint8_t *descriptor) {
    bool same = true;
    for (uint32_t i = 0; i < DESCRIPTOR_BYTES; i++)
        if (!is_of_frame(i) && descriptor[i] != described[i]) same = false;
    descriptor[3] = (uint8_t)(described[3] + (same ? 0u : 1u));
    copy(described, descriptor, DESCRIPTOR_BYTES);
}

/** Lay out a descriptor. Exposure and gain are the annotations of this moment. */
static void describe(const cam_frame_t *frame, uint8_t *to) {
    for (uint32_t i = 0; i < DESCRIPTOR_BYTES; i++) to[i] = 0;
    to[0] = (uint8_t)frame->index;
    to[1] = (uint8_t)(flag(frame->last_batch, CAM_FRAME_FLAG_LAST_BATCH) |
                      flag(frame->unproven, CAM_FRAME_FLAG_UNPROVEN));
    to[2] = map[CAM_REG_MODE_FORMAT];
    cam_put32(to + 4, frame->sequence);
    cam_put32(to + 8, frame->end_us - cam_get32(map + CAM_REG_MODE_READOUT_US));
    cam_put32(to + 12, frame->end_us);
    copy(to + 16, map + CAM_REG_MODE_EXPOSURE_US, 4);
    copy(to + 20, map + CAM_REG_MODE_GAIN_X16, 2);
    cam_put16(to + 22, frame->dropped_before > 0xffffu ? 0xffffu : frame->dropped_before);
    cam_put16(to + 24, frame->label.x);
    cam_put16(to + 26, frame->label.y);
    copy(to + 28, map + CAM_REG_MODE_WIDTH, 4); // and height
    cam_put32(to + 32, frame->image.columns * frame->image.rows);
    // Of a JPEG frame: those of its buffer.
    const bool jpeg = map[CAM_REG_MODE_FORMAT] == CAM_FORMAT_JPEG;
    cam_put16(to + 36, jpeg ? cam_get16(map + CAM_REG_MODE_LINE_BYTES) : frame->image.columns);
    cam_put16(to + 38, jpeg ? cam_get16(map + CAM_REG_MODE_LINES) : frame->image.rows);
    cam_put16(to + 40, frame->first_row);
    cam_put32(to + 44, frame->label.trigger_us);
    count_changes(to);
}

static uint32_t frame_calls;
static bool holds_frame;

uint32_t cam_grabber_frame_calls(void) { return frame_calls; }

bool cam_grabber_holds_frame(void) { return holds_frame; }

static cam_status_t next(const cam_transfer_t *transfer) {
    cam_frame_t frame;
    frame_calls++;
    holds_frame = cam_capture_next(&frame);
    if (holds_frame) {
        describe(&frame, transfer->read);
        cam_port_frame_delivered(transfer->read, frame.image.pixels);
    } else {
        for (uint32_t i = 0; i < DESCRIPTOR_BYTES; i++) transfer->read[i] = 0;
        transfer->read[0] = CAM_NO_FRAME;
    }
    return cam_ok();
}

static cam_status_t release(const cam_transfer_t *transfer) {
    frame_calls++;
    holds_frame = false;
    const cam_status_t released = cam_capture_release(transfer->write[1]);
    if (released.code == CAM_OK && transfer->read_bytes > 0)
        transfer->read[0] = (uint8_t)cam_capture_queued();
    return released;
}

static cam_status_t queued(const cam_transfer_t *transfer) {
    transfer->read[0] = (uint8_t)cam_capture_queued();
    return cam_ok();
}

static cam_status_t skip(const cam_transfer_t *transfer) {
    frame_calls++;
    holds_frame = false;
    cam_capture_skip(transfer->write[1]);
    return cam_ok();
}

static cam_status_t pixels(const cam_transfer_t *transfer) {
    cam_image_t image;
    frame_calls++;
    const cam_status_t lent = cam_capture_lent(transfer->write[1], &image);
    if (lent.code != CAM_OK) return lent;
    const uint32_t offset = cam_get32(transfer->write + 2);
    const uint32_t bytes = image.columns * image.rows;
    if (offset > bytes || transfer->read_bytes > bytes - offset)
        return cam_refuse(CAM_OUT_OF_FRAME, offset + transfer->read_bytes, bytes);
    copy(transfer->read, image.pixels + offset, transfer->read_bytes);
    return cam_ok();
}

/** A lent frame whose bytes are gray levels or at least pixels. */
static cam_status_t lent_pixels(uint32_t index, cam_image_t *image) {
    frame_calls++;
    const cam_status_t lent = cam_capture_lent(index, image);
    if (lent.code == CAM_OK && map[CAM_REG_MODE_FORMAT] == CAM_FORMAT_JPEG)
        return cam_refuse(CAM_BAD_GEOMETRY, CAM_FORMAT_JPEG, CAM_FORMAT_JPEG - 1u);
    return lent;
}

static cam_status_t stats(const cam_transfer_t *transfer) {
    cam_image_t image;
    const cam_status_t lent = lent_pixels(transfer->write[1], &image);
    if (lent.code != CAM_OK) return lent;
    const uint32_t row_step = transfer->write[3];
    if (row_step == 0) return cam_refuse(CAM_BAD_GEOMETRY, row_step, 1);
    cam_stats_t measured;
    cam_stats_measure(&image, transfer->write[2], row_step, &measured);
    cam_put16(transfer->read, measured.mean_x256);
    transfer->read[2] = (uint8_t)measured.min;
    transfer->read[3] = (uint8_t)measured.max;
    cam_put32(transfer->read + 4, measured.count);
    cam_put32(transfer->read + 8, measured.centroid_x_x256);
    cam_put32(transfer->read + 12, measured.centroid_y_x256);
    cam_put32(transfer->read + 16, measured.sum_diff);
    return cam_ok();
}

static cam_status_t histogram(const cam_transfer_t *transfer) {
    cam_image_t image;
    const cam_status_t lent = lent_pixels(transfer->write[1], &image);
    if (lent.code != CAM_OK) return lent;
    uint32_t bins[CAM_HISTOGRAM_BINS];
    cam_stats_histogram(&image, bins);
    for (uint32_t i = 0; i < CAM_HISTOGRAM_BINS; i++) cam_put32(transfer->read + 4u * i, bins[i]);
    return cam_ok();
}

/** The next start begins where the window was moved to. */
static void note_position(const uint8_t *x_y) { copy(map + CAM_REG_MODE_X, x_y, 4); }

static cam_status_t move_sensor(const cam_transfer_t *transfer) {
    const uint8_t *write = transfer->write;
    if (transfer->write_bytes < MOVE_HEAD_BYTES + 1)
        return cam_refuse(CAM_BAD_LENGTH, transfer->write_bytes, MOVE_HEAD_BYTES + 1);
    const uint32_t count = transfer->write_bytes - MOVE_HEAD_BYTES;
    if (count > CAM_MOVE_BYTES_MAX) return cam_refuse(CAM_BAD_LENGTH, count, CAM_MOVE_BYTES_MAX);
    const cam_status_t moved = cam_moves_sensor(write[1], write + MOVE_HEAD_BYTES, count,
                                                cam_get16(write + 2), cam_get16(write + 4));
    if (moved.code == CAM_OK) note_position(write + 2);
    return moved;
}

static cam_status_t move_crop(const cam_transfer_t *transfer) {
    const uint8_t *write = transfer->write;
    const cam_status_t moved =
        cam_moves_crop(cam_get32(write + 5), cam_get16(write + 1), cam_get16(write + 3));
    if (moved.code != CAM_OK) return moved;
    note_position(write + 1);
    copy(map + CAM_REG_MODE_CWSTRT, write + 5, 4);
    return moved;
}

static cam_status_t trigger(const cam_transfer_t *transfer) {
    const cam_status_t triggered = cam_moves_trigger(cam_get32(transfer->write + 1));
    if (triggered.code == CAM_OK) cam_frames_triggered();
    return triggered;
}

static cam_status_t signals(const cam_transfer_t *transfer) {
    const cam_signals_t seen = cam_watch_signals();
    const uint32_t missing = cam_frames_missing();
    transfer->read[0] = (uint8_t)(flag(seen.pixclk_moves, CAM_SIGNAL_PIXCLK_MOVES) |
                                  flag(seen.hsync_moves, CAM_SIGNAL_HSYNC_MOVES) |
                                  flag(seen.hsync_level, CAM_SIGNAL_HSYNC_LEVEL) |
                                  flag(seen.vsync_level, CAM_SIGNAL_VSYNC_LEVEL) |
                                  flag(seen.registers_right, CAM_SIGNAL_REGISTERS_RIGHT));
    transfer->read[1] = (uint8_t)(flag(cam_pin_read(cam_board.i2c_scl), CAM_I2C_LEVEL_SCL) |
                                  flag(cam_pin_read(cam_board.i2c_sda), CAM_I2C_LEVEL_SDA));
    cam_put16(transfer->read + 2, missing > 0xffffu ? 0xffffu : missing);
    return cam_ok();
}

static cam_status_t kernel_run(const cam_transfer_t *transfer) {
    return cam_grabber_kernel_run(transfer, map[CAM_REG_MODE_FORMAT]);
}

static const command_t COMMANDS[] = {
    {CAM_REG_NEXT, 1, DESCRIPTOR_BYTES, true, next},
    {CAM_REG_RELEASE, 2, 1, false, release},
    {CAM_REG_QUEUED, 1, 1, true, queued},
    {CAM_REG_SKIP, 2, 0, false, skip},
    {CAM_REG_PIXELS, 6, ANY_LENGTH, true, pixels},
    {CAM_REG_STATS, 4, STATS_BYTES, true, stats},
    {CAM_REG_HISTOGRAM, 2, HISTOGRAM_BYTES, true, histogram},
    {CAM_REG_MOVE_SENSOR, ANY_LENGTH, 0, false, move_sensor},
    {CAM_REG_MOVE_CROP, 9, 0, false, move_crop},
    {CAM_REG_TRIGGER, 5, 0, false, trigger},
    {CAM_REG_SIGNALS, 1, SIGNALS_BYTES, true, signals},
    {CAM_REG_PIN_FIND, ANY_LENGTH, CAM_PIN_FOUND_BYTES, true, cam_grabber_pin_find},
    {CAM_REG_PIN_MODE, 6, 0, false, cam_grabber_pin_mode},
    {CAM_REG_PIN_WRITE, 7, 0, false, cam_grabber_pin_write},
    {CAM_REG_PIN_READ, 2, CAM_PIN_STATE_BYTES, true, cam_grabber_pin_read},
    {CAM_REG_KERNEL_RUN, ANY_LENGTH, ANY_LENGTH, true, kernel_run},
};

static cam_status_t run_command(const command_t *command, const cam_transfer_t *transfer) {
    const bool plain_write =
        transfer->read_bytes == 0 && transfer->write_bytes > command->write_bytes;
    if (plain_write && command->write_bytes == 1)
        return cam_refuse(CAM_BAD_REGISTER, command->address, 0); // read only
    if (command->write_bytes != ANY_LENGTH && transfer->write_bytes != command->write_bytes)
        return cam_refuse(CAM_BAD_LENGTH, transfer->write_bytes, command->write_bytes);
    const bool any_length = command->reads && command->read_bytes == ANY_LENGTH;
    const bool unread = transfer->read_bytes == 0 && !command->reads;
    if (unread) return command->run(transfer);
    if (any_length ? transfer->read_bytes == 0 : transfer->read_bytes != command->read_bytes)
        return cam_refuse(CAM_BAD_LENGTH, transfer->read_bytes,
                          any_length ? 1u : command->read_bytes);
    return command->run(transfer);
}

static cam_status_t read_map(const cam_transfer_t *transfer) {
    const uint32_t address = transfer->write[0];
    if (cam_map_register_bytes(address) == 0)
        return cam_refuse(CAM_BAD_REGISTER, address, CAM_REG_DOUBTFUL);
    if (transfer->write_bytes != 1) return cam_refuse(CAM_BAD_LENGTH, transfer->write_bytes, 1);
    const uint32_t bytes = cam_map_end(address) - address;
    if (transfer->read_bytes > bytes)
        return cam_refuse(CAM_BAD_LENGTH, transfer->read_bytes, bytes);
    fill_control_block();
    copy(transfer->read, map + address, transfer->read_bytes);
    return cam_ok();
}

static cam_status_t write_map(const cam_transfer_t *transfer) {
    const uint32_t address = transfer->write[0];
    const uint32_t bytes = transfer->write_bytes - 1u;
    if (address == CAM_REG_CONTROL)
        return bytes == 1 ? control(transfer) : cam_refuse(CAM_BAD_LENGTH, bytes, 1);
    const cam_status_t allowed = cam_map_check_write(address, bytes);
    if (allowed.code != CAM_OK) return allowed;
    const bool annotation = address >= CAM_REG_MODE_EXPOSURE_US && address < CAM_REG_CONTROL;
    if (cam_capture_state() != CAM_STOPPED && !annotation) return cam_refuse(CAM_BUSY, address, 0);
    copy(map + address, transfer->write + 1, bytes);
    return cam_ok();
}

static cam_status_t dispatch(const cam_transfer_t *transfer) {
    if (transfer->write_bytes == 0) return cam_refuse(CAM_BAD_LENGTH, 0, 1);
    for (uint32_t i = 0; i < sizeof COMMANDS / sizeof COMMANDS[0]; i++)
        if (COMMANDS[i].address == transfer->write[0]) return run_command(&COMMANDS[i], transfer);
    return transfer->read_bytes > 0 ? read_map(transfer) : write_map(transfer);
}

void cam_grabber_init(void) {
    fill_board_block();
    copy(map + CAM_REG_REQ_SIZE_WIDTH, cam_request.block, CAM_REQUEST_BLOCK_BYTES);
}

static void clear(uint32_t from, uint32_t to) {
    for (uint32_t i = from; i < to; i++) map[i] = 0;
}

void cam_grabber_restart(uint32_t fault) {
    clear(CAM_REG_MODE_STRATEGY, CAM_REG_CONTROL);
    clear(CAM_REG_LINE_BUS_BYTES, CAM_MAP_LINES_END);
    set_last_error(cam_ok());
    frame_calls++;
    holds_frame = false;
    cam_frames_watch(true);
    cam_grabber_set_restarts(cam_get32(map + CAM_REG_RESTARTS) + 1u, fault);
}

void cam_grabber_set_restarts(uint32_t restarts, uint32_t fault) {
    cam_put32(map + CAM_REG_RESTARTS, restarts);
    map[CAM_REG_PROGRAM_FAULT] = (uint8_t)fault;
}

cam_bus_status_t cam_grabber_transfer(const uint8_t *write, uint32_t write_bytes, uint8_t *read,
                                      uint32_t read_bytes) {
    if (write_bytes == 0 && read_bytes == 0) return CAM_BUS_OK; // is somebody there?
    const cam_transfer_t transfer = {write, write_bytes, read, read_bytes};
    const cam_status_t status = dispatch(&transfer);
    if (status.code == CAM_OK) return CAM_BUS_OK;
    set_last_error(status);
    return CAM_BUS_NACK_DATA;
}

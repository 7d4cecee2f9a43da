// SPDX-License-Identifier: MIT
// The mode and lines blocks of the frame grabber as a capture's configuration.
#include "grabber_mode.h"

#include "capture.h"
#include "grabber_map.h"

/** Rows of a frame on the bus, or in the crop window; 0: the program does not say. */
static uint32_t bus_rows(const uint8_t *map) {
    if (map[CAM_REG_MODE_FLAGS] & CAM_MODE_FLAG_CROP)
        return (cam_get32(map + CAM_REG_MODE_CWSIZE) >> 16 & 0x3fffu) + 1u;
    const uint32_t row_bytes = cam_get16(map + CAM_REG_LINE_BUS_BYTES);
    return row_bytes == 0 ? 0 : cam_get32(map + CAM_REG_MODE_BUS_BYTES) / row_bytes;
}

static cam_rows_config_t rows_config(const uint8_t *map) {
    const uint32_t flags = map[CAM_REG_DISPLAY_FLAGS];
    return (cam_rows_config_t){
        .bus_bytes = cam_get16(map + CAM_REG_LINE_BUS_BYTES),
        .bus_rows = bus_rows(map),
        .skip_bytes = cam_get16(map + CAM_REG_LINE_SKIP_BYTES),
        .skip_rows = cam_get16(map + CAM_REG_LINE_SKIP_ROWS),
        .batch_rows = map[CAM_REG_LINE_BATCH_ROWS],
        .to = (cam_rows_to_t)map[CAM_REG_LINE_DESTINATION],
        .display_base = cam_get32(map + CAM_REG_DISPLAY_BASE),
        .display_stride = cam_get16(map + CAM_REG_DISPLAY_STRIDE),
        .display_rows = cam_get16(map + CAM_REG_DISPLAY_ROWS),
        .bottom_up = (flags & CAM_DISPLAY_FLAG_BOTTOM_UP) != 0,
        .gray_to_rgb565 = (flags & CAM_DISPLAY_FLAG_GRAY_TO_RGB565) != 0,
    };
}

static cam_kind_t kind_of(uint32_t strategy) {
    if (strategy == CAM_STRATEGY_LINE) return CAM_KIND_ROWS;
    return strategy == CAM_STRATEGY_JPEG ? CAM_KIND_JPEG : CAM_KIND_FRAMES;
}

cam_status_t cam_grabber_start(const uint8_t *map) {
    const uint32_t flags = map[CAM_REG_MODE_FLAGS];
    const uint32_t strategy = map[CAM_REG_MODE_STRATEGY];
    const uint32_t format = map[CAM_REG_MODE_FORMAT];
    const bool jpeg = strategy == CAM_STRATEGY_JPEG;
    if (strategy > CAM_STRATEGY_JPEG)
        return cam_refuse(CAM_BAD_GEOMETRY, strategy, CAM_STRATEGY_JPEG);
    if (format > CAM_FORMAT_JPEG || jpeg != (format == CAM_FORMAT_JPEG))
        return cam_refuse(CAM_BAD_GEOMETRY, format, CAM_FORMAT_JPEG);
    const cam_capture_config_t config = {
        .kind = kind_of(strategy),
        .buffers = map[CAM_REG_MODE_BUFFERS],
        .line_bytes = cam_get16(map + CAM_REG_MODE_LINE_BYTES),
        .lines = cam_get16(map + CAM_REG_MODE_LINES),
        .settle_frames = map[CAM_REG_MODE_SETTLE_FRAMES],
        .fps_millihz = cam_get32(map + CAM_REG_MODE_FPS_MILLIHZ),
        .frame_rows = cam_get16(map + CAM_REG_MODE_FRAME_ROWS),
        .keep_newest = (flags & CAM_MODE_FLAG_KEEP_NEWEST) != 0,
        .dcmi = {.crop = (flags & CAM_MODE_FLAG_CROP) != 0,
                 .jpeg = jpeg,
                 .cwstrt = cam_get32(map + CAM_REG_MODE_CWSTRT),
                 .cwsize = cam_get32(map + CAM_REG_MODE_CWSIZE),
                 .sync = map[CAM_REG_MODE_SYNC]},
        .x = cam_get16(map + CAM_REG_MODE_X),
        .y = cam_get16(map + CAM_REG_MODE_Y),
        .rows = rows_config(map),
    };
    return cam_capture_start(&config);
}

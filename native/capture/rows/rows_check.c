// SPDX-License-Identifier: MIT
// What line mode refuses, and the sizes that follow from its configuration.
#include "rows_check.h"

#include "board.h"
#include "capture.h"
#include "dma.h"
#include "stats.h"

enum { CHUNKS_MAX = 64 };

uint32_t cam_rows_display(const cam_rows_config_t *config) {
    const bool offset = config->display_base < cam_board.frame_memory_bytes;
    return config->display_base + (offset ? cam_board.frame_memory : 0u);
}

uint32_t cam_rows_stored_bytes(const cam_capture_config_t *config) {
    return config->line_bytes * (config->rows.gray_to_rgb565 ? 2u : 1u);
}

static cam_status_t check_display(const cam_capture_config_t *config) {
    const cam_rows_config_t *lines = &config->rows;
    if (cam_rows_stored_bytes(config) > lines->display_stride)
        return cam_refuse(CAM_BAD_GEOMETRY, cam_rows_stored_bytes(config), lines->display_stride);
    if (config->lines > lines->display_rows)
        return cam_refuse(CAM_BAD_GEOMETRY, config->lines, lines->display_rows);
    if (!cam_stats_fit(lines->display_stride, lines->display_rows))
        return cam_refuse(CAM_BAD_GEOMETRY, lines->display_rows, CAM_SIDE_MAX);
    const uint32_t base = cam_rows_display(lines);
    if ((base | lines->display_stride) & 3u)
        return cam_refuse(CAM_BAD_GEOMETRY, base | lines->display_stride, 4);
    const uint32_t bytes = lines->display_stride * lines->display_rows;
    const uint32_t end = cam_board.frame_memory + cam_board.frame_memory_bytes;
    const uint32_t limit = base < end ? end - cam_rows_memory(lines) : UINT32_MAX;
    // Below the frame memory are code and data of everybody else.
    if (base < cam_board.frame_memory || base > limit || bytes > limit - base)
        return cam_refuse(CAM_NO_MEMORY, base + bytes, limit);
    return cam_ok();
}

cam_status_t cam_rows_check(const cam_capture_config_t *config) {
    const cam_rows_config_t *lines = &config->rows;
    if (lines->bus_bytes == 0 || (lines->bus_bytes & 3u))
        return cam_refuse(CAM_BAD_GEOMETRY, lines->bus_bytes, 4);
    if (lines->skip_bytes + config->line_bytes > lines->bus_bytes)
        return cam_refuse(CAM_BAD_GEOMETRY, lines->skip_bytes + config->line_bytes,
                          lines->bus_bytes);
    const uint32_t rows_needed = lines->skip_rows + config->lines;
    if (lines->bus_rows != 0 && rows_needed > lines->bus_rows)
        return cam_refuse(CAM_BAD_GEOMETRY, rows_needed, lines->bus_rows);
    if (lines->to > CAM_ROWS_TO_DISPLAY)
        return cam_refuse(CAM_BAD_GEOMETRY, lines->to, CAM_ROWS_TO_DISPLAY);
    if (lines->to == CAM_ROWS_TO_RING &&
        (lines->batch_rows == 0 || lines->batch_rows > config->lines))
        return cam_refuse(CAM_BAD_GEOMETRY, lines->batch_rows, config->lines);
    if (lines->gray_to_rgb565 && lines->to != CAM_ROWS_TO_DISPLAY)
        return cam_refuse(CAM_BAD_GEOMETRY, lines->to, CAM_ROWS_TO_DISPLAY);
    if (cam_rows_memory(lines) > cam_board.frame_memory_bytes)
        return cam_refuse(CAM_NO_MEMORY, cam_rows_memory(lines), cam_board.frame_memory_bytes);
    return lines->to == CAM_ROWS_TO_DISPLAY ? check_display(config) : cam_ok();
}

uint32_t cam_rows_chunks(uint32_t words) {
    uint32_t chunks = (words + CAM_DMA_WORDS_MAX - 1u) / CAM_DMA_WORDS_MAX;
    while (chunks <= CHUNKS_MAX && words % chunks != 0) chunks++;
    return chunks > CHUNKS_MAX ? 0 : chunks;
}

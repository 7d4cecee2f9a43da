// SPDX-License-Identifier: MIT
// What a capture's configuration needs, and why it may be refused.
#include "capture_config.h"

#include "board.h"
#include "dma.h"
#include "rows_check.h"

uint32_t cam_config_frame_bytes(const cam_capture_config_t *config) {
    return config->line_bytes * config->lines;
}

bool cam_config_rows_to(const cam_capture_config_t *config, cam_rows_to_t to) {
    return config->kind == CAM_KIND_ROWS && config->rows.to == to;
}

/** Bytes of one buffer. */
uint32_t cam_config_buffer_bytes(const cam_capture_config_t *config) {
    if (cam_config_rows_to(config, CAM_ROWS_TO_RING))
        return config->rows.batch_rows * config->line_bytes;
    if (cam_config_rows_to(config, CAM_ROWS_TO_DISPLAY)) return 0; // all of them are the display
    return cam_config_frame_bytes(config);
}

/** Bytes of frame memory; CAM_BUFFERS_MAX frames of CAM_SIDE_MAX squared bytes fit into 32 bits. */
static uint32_t memory_bytes(const cam_capture_config_t *config) {
    const uint32_t rows = config->kind == CAM_KIND_ROWS ? cam_rows_memory(&config->rows) : 0;
    return config->buffers * cam_config_buffer_bytes(config) + rows;
}

/** Whole frames of more words than one transfer moves. */
bool cam_config_in_chunks(const cam_capture_config_t *config) {
    return config->kind == CAM_KIND_FRAMES &&
           cam_config_frame_bytes(config) / 4u > CAM_DMA_WORDS_MAX;
}

static cam_status_t check_words(const cam_capture_config_t *config) {
    const uint32_t words = cam_config_frame_bytes(config) / 4u;
    if (config->kind == CAM_KIND_ROWS || words <= CAM_DMA_WORDS_MAX) return cam_ok();
    if (config->kind == CAM_KIND_JPEG || cam_rows_chunks(words) == 0 ||
        !cam_stats_fit(config->line_bytes, config->lines))
        return cam_refuse(CAM_TOO_MANY_WORDS, words, CAM_DMA_WORDS_MAX);
    return cam_ok();
}

static cam_status_t check_geometry(const cam_capture_config_t *config) {
    const uint32_t line = config->line_bytes;
    if (config->buffers < 1 || config->buffers > CAM_BUFFERS_MAX)
        return cam_refuse(CAM_BAD_GEOMETRY, config->buffers, CAM_BUFFERS_MAX);
    if (line == 0 || (line & 3u) != 0) return cam_refuse(CAM_BAD_GEOMETRY, line, 4);
    if (line > CAM_SIDE_MAX) return cam_refuse(CAM_BAD_GEOMETRY, line, CAM_SIDE_MAX);
    if (config->lines == 0) return cam_refuse(CAM_BAD_GEOMETRY, 0, 1);
    if (config->lines > CAM_SIDE_MAX)
        return cam_refuse(CAM_BAD_GEOMETRY, config->lines, CAM_SIDE_MAX);
    if (config->fps_millihz > CAM_FPS_MILLIHZ_MAX)
        return cam_refuse(CAM_BAD_GEOMETRY, config->fps_millihz, CAM_FPS_MILLIHZ_MAX);
    const cam_status_t words = check_words(config);
    if (words.code != CAM_OK) return words;
    if (config->kind == CAM_KIND_ROWS) {
        const cam_status_t rows = cam_rows_check(config);
        if (rows.code != CAM_OK) return rows;
    }
    if (memory_bytes(config) > cam_board.frame_memory_bytes)
        return cam_refuse(CAM_NO_MEMORY, memory_bytes(config), cam_board.frame_memory_bytes);
    return cam_ok();
}

/** Bytes of the crop window and of a frame in memory (line mode: on the bus) must be the same, or
 * every frame is short or too long. */
static cam_status_t check_crop(const cam_capture_config_t *config) {
    if (!config->dcmi.crop) return cam_ok();
    const uint32_t columns = (config->dcmi.cwsize & DCMI_CWSIZE_CAPCNT_MASK) + 1u;
    const uint32_t rows = ((config->dcmi.cwsize & DCMI_CWSIZE_VLINE_MASK) >> 16) + 1u;
    const bool by_rows = config->kind == CAM_KIND_ROWS;
    const uint32_t columns_wanted = by_rows ? config->rows.bus_bytes : config->line_bytes;
    const uint32_t rows_wanted = by_rows ? config->rows.bus_rows : config->lines;
    if (config->dcmi.jpeg) return cam_refuse(CAM_BAD_GEOMETRY, columns, 0);
    if (columns != columns_wanted) return cam_refuse(CAM_BAD_GEOMETRY, columns, columns_wanted);
    if (rows != rows_wanted) return cam_refuse(CAM_BAD_GEOMETRY, rows, rows_wanted);
    return cam_ok();
}

cam_engine_t cam_config_engine(const cam_capture_config_t *config) {
    if (config->kind == CAM_KIND_JPEG) return CAM_ENGINE_JPEG;
    const bool rows = config->kind == CAM_KIND_ROWS || cam_config_in_chunks(config);
    return rows ? CAM_ENGINE_ROWS : CAM_ENGINE_FRAME;
}

cam_status_t cam_config_check(const cam_capture_config_t *config) {
    const cam_status_t geometry = check_geometry(config);
    return geometry.code == CAM_OK ? check_crop(config) : geometry;
}

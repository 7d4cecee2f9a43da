// SPDX-License-Identifier: MIT
#include "jpeg_check.h"

#include <stddef.h>

#include "jpeg_huffman.h"
#include "jpeg_markers.h"
#include "jpeg_scan.h"

enum {
    LENGTH_BYTES = 2,
    TABLES = 2, // of each class in a baseline file (T.81 table B.5)
    QUANTISERS = 4,
    QUANTISER_BYTES = 65, // Pq, Tq and 64 values of 8 bits
    SAMPLE_BITS = 8,
    SAMPLING_MAX = 4,
    MCU_BLOCKS_MAX = 10, // T.81 B.2.3
    BLOCK_SAMPLES = 8,   // in each direction
    DC_MAX = 1024,       // DC coefficient of a block of -128, before quantisation
};

typedef enum { SEGMENT_BAD, SEGMENT_READ, SEGMENT_UNKNOWN, SEGMENT_SCAN } segment_t;

typedef struct {
    uint8_t id;
    uint8_t across; // sampling factors
    uint8_t down;
    uint8_t quantiser;
} component_t;

typedef struct {
    const uint8_t *at;           // of the segment's content
    uint32_t bytes;              // left of it
    uint8_t dc_step[QUANTISERS]; // 0: no such table
    component_t components[CAM_JPEG_COMPONENTS_MAX];
    uint32_t component_count; // 0: no SOF0 yet
    uint32_t columns;
    uint32_t rows;
    cam_jpeg_scan_t scan;
} file_t;

static cam_huffman_t dc_tables[TABLES];
static cam_huffman_t ac_tables[TABLES];

static uint32_t be16(const uint8_t *at) { return (uint32_t)at[0] << 8 | at[1]; }

static uint32_t round_up(uint32_t value, uint32_t step) { return (value + step - 1u) / step; }

static void skip(file_t *file, uint32_t bytes) {
    file->at += bytes;
    file->bytes -= bytes;
}

/** One or more quantisation tables (T.81 B.2.4.1). */
static segment_t read_quantisers(file_t *file) {
    do {
        if (file->bytes < QUANTISER_BYTES || file->at[0] >= QUANTISERS) return SEGMENT_BAD;
        for (uint32_t i = 1; i < QUANTISER_BYTES; i++)
            if (file->at[i] == 0) return SEGMENT_BAD;
        file->dc_step[file->at[0]] = file->at[1];
        skip(file, QUANTISER_BYTES);
    } while (file->bytes != 0);
    return SEGMENT_READ;
}

/** One or more Huffman tables (T.81 B.2.4.2). */
static segment_t read_huffman(file_t *file) {
    do {
        if (file->bytes == 0) return SEGMENT_BAD;
        const uint32_t class = file->at[0] >> 4;
        const uint32_t id = file->at[0] & 0xfu;
        if (class > 1 || id >= 2 * TABLES) return SEGMENT_BAD;
        if (id >= TABLES) return SEGMENT_UNKNOWN;
        cam_huffman_t *table = class == 0 ? &dc_tables[id] : &ac_tables[id];
        const uint32_t bytes = cam_huffman_read(table, file->at + 1, file->bytes - 1u, class != 0);
        if (bytes == 0) return SEGMENT_BAD;
        skip(file, 1u + bytes);
    } while (file->bytes != 0);
    return SEGMENT_READ;
}

static bool read_component(file_t *file, component_t *component) {
    *component = (component_t){.id = file->at[0],
                               .across = file->at[1] >> 4,
                               .down = file->at[1] & 0xfu,
                               .quantiser = file->at[2]};
    for (const component_t *other = file->components; other < component; other++)
        if (other->id == component->id) return false;
    skip(file, 3);
    return component->across - 1u < SAMPLING_MAX && component->down - 1u < SAMPLING_MAX &&
           component->quantiser < QUANTISERS;
}

/** Size and components of the frame (T.81 B.2.2). */
static segment_t read_frame(file_t *file) {
    if (file->component_count != 0 || file->bytes < 6) return SEGMENT_BAD;
    if (file->at[0] != SAMPLE_BITS) return SEGMENT_BAD;
    file->rows = be16(file->at + 1);
    file->columns = be16(file->at + 3);
    const uint32_t count = file->at[5];
    skip(file, 6);
    if (file->rows == 0 || file->columns == 0 || count == 0 || file->bytes != 3u * count)
        return SEGMENT_BAD;
    if (count > CAM_JPEG_COMPONENTS_MAX) return SEGMENT_UNKNOWN;
    for (uint32_t i = 0; i < count; i++)
        if (!read_component(file, &file->components[i])) return SEGMENT_BAD;
    file->component_count = count;
    return SEGMENT_READ;
}

/** MCUs of a scan with all components (T.81 A.2). */
static bool count_mcus(file_t *file) {
    uint32_t across = 1;
    uint32_t down = 1;
    uint32_t blocks = 0;
    for (uint32_t i = 0; i < file->component_count; i++) {
        const component_t *component = &file->components[i];
        if (component->across > across) across = component->across;
        if (component->down > down) down = component->down;
        file->scan.components[i].blocks = (uint32_t)component->across * component->down;
        blocks += file->scan.components[i].blocks;
    }
    if (file->component_count == 1) {
        // Not interleaved: an MCU is one block, whatever the sampling factors.
        across = down = 1;
        file->scan.components[0].blocks = 1;
    } else if (blocks > MCU_BLOCKS_MAX) {
        return false;
    }
    file->scan.mcus = round_up(file->columns, BLOCK_SAMPLES * across) *
                      round_up(file->rows, BLOCK_SAMPLES * down);
    return true;
}

/** Tables of one component: present in the file? @param at its id, and Td and Ta */
static bool set_component(file_t *file, uint32_t i, const uint8_t *at) {
    const uint32_t dc = at[1] >> 4;
    const uint32_t ac = at[1] & 0xfu;
    const int32_t step = file->dc_step[file->components[i].quantiser];
    if (at[0] != file->components[i].id || dc >= TABLES || ac >= TABLES || step == 0) return false;
    file->scan.components[i].dc = &dc_tables[dc];
    file->scan.components[i].ac = &ac_tables[ac];
    // One step more for the encoder's rounding.
    file->scan.components[i].dc_max = DC_MAX / step + 1;
    return dc_tables[dc].bits != NULL && ac_tables[ac].bits != NULL;
}

/** Header of the scan (T.81 B.2.3). */
static segment_t read_scan(file_t *file) {
    const uint32_t count = file->bytes == 0 ? 0 : file->at[0];
    if (count == 0 || count > file->component_count || file->bytes != 4u + 2u * count)
        return SEGMENT_BAD;
    if (count != file->component_count) return SEGMENT_UNKNOWN;
    for (uint32_t i = 0; i < count; i++)
        if (!set_component(file, i, file->at + 1u + 2u * i)) return SEGMENT_BAD;
    skip(file, 1u + 2u * count);
    // Ss, Se, Ah and Al: all coefficients at once.
    if (file->at[0] != 0 || file->at[1] != 63 || file->at[2] != 0) return SEGMENT_BAD;
    file->scan.component_count = count;
    return count_mcus(file) ? SEGMENT_SCAN : SEGMENT_BAD;
}

static segment_t read_restart_interval(file_t *file) {
    if (file->bytes != 2) return SEGMENT_BAD;
    file->scan.restart_interval = be16(file->at);
    return SEGMENT_READ;
}

static segment_t read_segment(file_t *file, uint32_t marker) {
    if (marker == JPEG_SOF0) return read_frame(file);
    if (marker == JPEG_DHT) return read_huffman(file);
    if (marker == JPEG_DQT) return read_quantisers(file);
    if (marker == JPEG_DRI) return read_restart_interval(file);
    if (marker == JPEG_SOS) return read_scan(file);
    if (marker == JPEG_COM || (marker >= JPEG_APP0 && marker <= JPEG_APP15)) return SEGMENT_READ;
    const bool other_process = (marker > JPEG_SOF0 && marker <= JPEG_SOF15 && marker != JPEG_JPG) ||
                               (marker >= JPEG_DNL && marker <= JPEG_EXP);
    return other_process ? SEGMENT_UNKNOWN : SEGMENT_BAD;
}

/** Segments up to the scan, or to the first that is not known. @param end of what may be read */
static segment_t read_segments(file_t *file, const uint8_t *at, const uint8_t *end) {
    segment_t segment = SEGMENT_READ;
    while (segment == SEGMENT_READ) {
        if (*at++ != JPEG_MARKER) return SEGMENT_BAD;
        while (*at == JPEG_MARKER && at < end) at++; // fill bytes (T.81 B.1.1.2)
        const uint32_t marker = *at++;
        if (at >= end) return SEGMENT_BAD;
        const uint32_t bytes = be16(at);
        if (bytes < LENGTH_BYTES || bytes > (uint32_t)(end - at)) return SEGMENT_BAD;
        file->at = at + LENGTH_BYTES;
        file->bytes = bytes - LENGTH_BYTES;
        at += bytes;
        segment = read_segment(file, marker);
    }
    file->at = at;
    return segment;
}

/** @returns the FF of the last FF D9, or NULL */
static const uint8_t *last_end_of_image(const uint8_t *bytes, uint32_t count) {
    for (const uint8_t *at = bytes + count - JPEG_MARKER_BYTES; at > bytes; at--)
        if (at[0] == JPEG_MARKER && at[1] == JPEG_EOI) return at;
    return NULL;
}

/** What the OV2640 fills its last line with: zeros; FF D9 again has been seen too
 * (docs/fidelity/ov2640.md). */
static bool only_filler(const uint8_t *at, const uint8_t *end) {
    for (; at < end; at++)
        if (*at != 0 && *at != JPEG_MARKER && *at != JPEG_EOI) return false;
    return true;
}

uint32_t cam_jpeg_check(const uint8_t *bytes, uint32_t count, bool decode, bool *proven) {
    *proven = false;
    if (count < 2 * JPEG_MARKER_BYTES || bytes[0] != JPEG_MARKER || bytes[1] != JPEG_SOI) return 0;
    const uint8_t *end = last_end_of_image(bytes, count);
    if (end == NULL) return 0;
    for (uint32_t i = 0; i < TABLES; i++) dc_tables[i].bits = ac_tables[i].bits = NULL;
    file_t file = {0};
    const segment_t segment = read_segments(&file, bytes + JPEG_MARKER_BYTES, end);
    if (segment == SEGMENT_SCAN) {
        end = decode ? cam_jpeg_scan(&file.scan, file.at) : cam_jpeg_skip_scan(&file.scan, file.at);
        if (end == NULL || end[1] != JPEG_EOI) return 0;
    }
    end += JPEG_MARKER_BYTES;
    if (segment == SEGMENT_BAD || !only_filler(end, bytes + count)) return 0;
    *proven = decode && segment == SEGMENT_SCAN;
    return (uint32_t)(end - bytes);
}

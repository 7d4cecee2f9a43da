// SPDX-License-Identifier: MIT
// Every byte of a frame goes through this: the bits are kept in registers, at least 7 of them,
// which a short code and a table's index need, and come in pairs of bytes.
//
// A marker ends the data. From there on the bits are ones: such a code exists in no table, so that
// decoding ends by itself, and padding, which is ones too, needs no exception.
#include "jpeg_scan.h"

#include <stdbool.h>
#include <stddef.h>

#include "jpeg_markers.h"

enum {
    COEFFICIENTS = 64,
    PAIR_BITS = 16,
    BYTE_BITS = 8,
    WORD_BITS = 32,
    RESTARTS = 8, // RST0 to RST7
};

typedef struct {
    const uint8_t *at;
    uint32_t bits;    // from the top
    int32_t left;     // of these
    int32_t invented; // of the left ones: behind the marker
} reader_t;

/** Two bytes of data where one of the next two is 0xFF. @returns [15:0] the data, [23:16] how many
 * bytes they take, [31:24] how many bits of them lie behind the marker */
__attribute__((noinline)) static uint32_t stuffed_pair(const uint8_t *at) {
    const uint8_t *from = at;
    uint32_t pair = 0;
    uint32_t invented = 0;
    for (uint32_t i = 0; i < PAIR_BITS / BYTE_BITS; i++) {
        pair = pair << BYTE_BITS | at[0];
        if (at[0] != JPEG_MARKER)
            at++;
        else if (at[1] == JPEG_STUFFED)
            at += 2;
        else
            invented += BYTE_BITS;
    }
    return pair | (uint32_t)(at - from) << 16 | invented << 24;
}

static inline void load_pair(reader_t *reader) {
    uint32_t pair = (uint32_t)reader->at[0] << BYTE_BITS | reader->at[1];
    if (pair >> BYTE_BITS == JPEG_MARKER || (pair & 0xffu) == JPEG_MARKER) {
        const uint32_t stuffed = stuffed_pair(reader->at);
        pair = stuffed & 0xffffu;
        reader->at += stuffed >> 16 & 0xffu;
        reader->invented += (int32_t)(stuffed >> 24);
    } else {
        reader->at += 2;
    }
    // Bits that were taken before they came are shifted out.
    reader->bits |= pair << (PAIR_BITS - reader->left);
    reader->left += PAIR_BITS;
}

/** More than 16 bits from now on. */
static inline void fill_up(reader_t *reader) {
    if (reader->left <= PAIR_BITS) load_pair(reader);
}

/** @param count more than are left by 9 at most. At least 7 are left after it */
static inline void take(reader_t *reader, uint32_t count) {
    reader->bits <<= count;
    reader->left -= (int32_t)count;
    fill_up(reader);
}

static inline uint32_t short_entry(const reader_t *reader, const cam_huffman_t *table) {
    return table->entries[reader->bits >> (WORD_BITS - CAM_HUFFMAN_SHORT_BITS)];
}

/** The entry of a code of any length in a DC table. @param next_bits 16
 * @returns 0 when there is none */
__attribute__((noinline)) static uint32_t long_dc_entry(const cam_huffman_t *table,
                                                        uint32_t next_bits) {
    const uint32_t found = cam_huffman_find(table, next_bits);
    return found == 0 ? 0 : cam_huffman_entry(found & 0xffu, found >> 8, false);
}

/** The same of an AC table, also ZRL. @param k coefficients of the block so far */
__attribute__((noinline)) static uint32_t long_ac_entry(const cam_huffman_t *table,
                                                        uint32_t next_bits, uint32_t k) {
    const uint32_t found = cam_huffman_find(table, next_bits);
    if (found == 0) return 0;
    if (found >> 8 != CAM_HUFFMAN_ZERO_RUN)
        return cam_huffman_entry(found & 0xffu, found >> 8, true);
    return k + 16u < COEFFICIENTS ? (found & 0xffu) | 16u << 8 : 0;
}

/** The bits of a difference as its value (T.81 F.2.2.1, EXTEND). @param size 1..11 */
static inline int32_t difference(uint32_t bits, uint32_t size) {
    const int32_t value = (int32_t)(bits >> (WORD_BITS - size));
    const bool positive = bits >> (WORD_BITS - 1) != 0;
    return positive ? value : value - (1 << size) + 1;
}

static inline bool decode_dc(reader_t *reader, const cam_jpeg_component_t *component,
                             int32_t *prediction) {
    uint32_t entry = short_entry(reader, component->dc);
    if (entry == 0) {
        fill_up(reader);
        entry = long_dc_entry(component->dc, reader->bits >> PAIR_BITS);
        if (entry == 0) return false;
    }
    take(reader, entry & 0xffu);
    const uint32_t size = entry >> 8;
    if (size == 0) return true;
    *prediction += difference(reader->bits, size);
    take(reader, size);
    return *prediction <= component->dc_max && *prediction >= -component->dc_max;
}

static inline bool decode_ac(reader_t *reader, const cam_huffman_t *table) {
    uint32_t k = 1;
    do {
        uint32_t entry = short_entry(reader, table);
        if (entry == 0) {
            fill_up(reader);
            entry = long_ac_entry(table, reader->bits >> PAIR_BITS, k);
            if (entry == 0) return false;
        }
        take(reader, entry & 0xffu);
        k += entry >> 8;
    } while (k < COEFFICIENTS);
    return k == COEFFICIENTS || k > CAM_HUFFMAN_END_OF_BLOCK;
}

static inline bool decode_mcu(reader_t *reader, const cam_jpeg_scan_t *scan, int32_t *predictions) {
    for (uint32_t i = 0; i < scan->component_count; i++) {
        const cam_jpeg_component_t *component = &scan->components[i];
        for (uint32_t block = 0; block < component->blocks; block++)
            if (!decode_dc(reader, component, &predictions[i]) || !decode_ac(reader, component->ac))
                return false;
    }
    return true;
}

/** Behind the last MCU of an interval: less than a byte of padding, then a marker.
 * @returns the marker, or NULL */
static const uint8_t *interval_end(reader_t *reader) {
    fill_up(reader); // a whole byte that is left is seen
    const int32_t padding = reader->left - reader->invented;
    if (padding < 0 || padding >= BYTE_BITS) return NULL;
    if (~reader->bits >> (WORD_BITS - reader->left) != 0) return NULL;
    return reader->at;
}

/** @returns the same marker without fill bytes before it (T.81 B.1.1.2) */
static const uint8_t *after_fill(const uint8_t *marker) {
    while (marker[1] == JPEG_MARKER) marker++;
    return marker;
}

static uint32_t interval_of(const cam_jpeg_scan_t *scan) {
    return scan->restart_interval == 0 ? scan->mcus : scan->restart_interval;
}

const uint8_t *cam_jpeg_scan(const cam_jpeg_scan_t *scan, const uint8_t *data) {
    const uint32_t interval = interval_of(scan);
    uint32_t left = scan->mcus;
    for (uint32_t restart = JPEG_RST0;; restart = JPEG_RST0 | (restart + 1u) % RESTARTS) {
        int32_t predictions[CAM_JPEG_COMPONENTS_MAX] = {0};
        reader_t reader = {.at = data};
        load_pair(&reader);
        const uint32_t count = left < interval ? left : interval;
        for (uint32_t i = 0; i < count; i++)
            if (!decode_mcu(&reader, scan, predictions)) return NULL;
        const uint8_t *marker = interval_end(&reader);
        if (marker == NULL) return NULL;
        marker = after_fill(marker);
        left -= count;
        if (left == 0) return marker;
        if (marker[1] != restart) return NULL;
        data = marker + JPEG_MARKER_BYTES;
    }
}

/** The next FF from `at` on. Words are aligned: none reaches past the last one of the frame. */
static const uint8_t *next_marker(const uint8_t *at) {
    for (; ((uintptr_t)at & 3u) != 0; at++)
        if (*at == JPEG_MARKER) return at;
    // A byte of FF is one that borrows when 1 is taken from its complement.
    for (uint32_t word = *(const uint32_t *)at; ((~word - 0x01010101u) & word & 0x80808080u) == 0;
         word = *(const uint32_t *)at)
        at += sizeof word;
    while (*at != JPEG_MARKER) at++;
    return at;
}

const uint8_t *cam_jpeg_skip_scan(const cam_jpeg_scan_t *scan, const uint8_t *data) {
    uint32_t restarts = (scan->mcus - 1u) / interval_of(scan);
    uint32_t restart = JPEG_RST0;
    for (;;) {
        const uint8_t *marker = next_marker(data);
        data = marker + JPEG_MARKER_BYTES;
        if (marker[1] == JPEG_STUFFED) continue;
        marker = after_fill(marker);
        data = marker + JPEG_MARKER_BYTES;
        if (restarts == 0) return marker;
        if (marker[1] != restart) return NULL;
        restart = JPEG_RST0 | (restart + 1u) % RESTARTS;
        restarts--;
    }
}

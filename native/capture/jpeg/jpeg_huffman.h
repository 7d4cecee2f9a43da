// SPDX-License-Identifier: MIT
// Huffman tables of a baseline JPEG (ITU-T T.81 annex C), read for what a code stands for and how
// many bits go with it, not for coefficients.
#ifndef CAM_JPEG_HUFFMAN_H
#define CAM_JPEG_HUFFMAN_H

#include <stdbool.h>
#include <stdint.h>

enum {
    CAM_HUFFMAN_BITS_MAX = 16,  // of a code; BITS has as many bytes
    CAM_HUFFMAN_SHORT_BITS = 6, // codes up to here are looked up in one step: 15 of 16 symbols
    CAM_HUFFMAN_END_OF_BLOCK = 128,
    CAM_HUFFMAN_ZERO_RUN = 0xf0, // ZRL: 16 coefficients of zero, and a block that goes on
};

/**
 * An entry: what the code and the bits after it stand for.
 * AC: [7:0] bits of the code and the coefficient, [15:8] coefficients, the zeros before it and
 * itself; or CAM_HUFFMAN_END_OF_BLOCK.
 * DC: [7:0] bits of the code, [15:8] bits of the difference.
 * 0: no such code, a longer one, or one that needs a closer look (ZRL).
 */
typedef struct {
    const uint8_t *bits; // BITS and HUFFVAL of the DHT segment; NULL: the file has no such table
    // The first code that is longer than these, and how many are not.
    uint16_t first_long;
    uint16_t short_codes;
    uint16_t entries[1u << CAM_HUFFMAN_SHORT_BITS];
} cam_huffman_t;

/**
 * Take BITS and HUFFVAL, which stay where they are.
 *
 * @param count bytes from `bits` to the end of the segment
 * @returns how many of these the table has; 0 when it is none: no code, more codes than their
 * lengths allow, a code of only ones (C.2 keeps it free), a symbol twice, HUFFVAL cut short
 */
uint32_t cam_huffman_read(cam_huffman_t *table, const uint8_t *bits, uint32_t count, bool ac);

/**
 * The code at the start of 16 bits, of whatever length.
 * @returns [7:0] its bits, [15:8] its symbol; 0: no code starts so
 */
uint32_t cam_huffman_find(const cam_huffman_t *table, uint32_t next_bits);

/** The entry of a code. @returns 0 when a baseline file has no such symbol (F.1.2), or for ZRL */
uint32_t cam_huffman_entry(uint32_t length, uint32_t symbol, bool ac);

#endif

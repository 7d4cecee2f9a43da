// SPDX-License-Identifier: MIT
#include "jpeg_huffman.h"

enum {
    SYMBOLS_MAX = 256,
    DC_SYMBOL_MAX = 15,
    DC_BITS_MAX = 11, // T.81 table F.1, samples of 8 bits
    AC_BITS_MAX = 10, // T.81 table F.2
};

uint32_t cam_huffman_entry(uint32_t length, uint32_t symbol, bool ac) {
    if (!ac) return symbol > DC_BITS_MAX ? 0 : length | symbol << 8;
    const uint32_t bits = symbol & 0xfu;
    if (symbol == 0) return length | CAM_HUFFMAN_END_OF_BLOCK << 8;
    if (bits == 0 || bits > AC_BITS_MAX) return 0;
    return (length + bits) | ((symbol >> 4) + 1u) << 8;
}

/** No symbol has two codes, and those of a DC table are numbers of bits in any process. */
static bool symbols_valid(const uint8_t *symbols, uint32_t count, bool ac) {
    uint32_t seen[SYMBOLS_MAX / 32] = {0};
    for (uint32_t i = 0; i < count; i++) {
        const uint32_t bit = 1u << (symbols[i] & 31u);
        if (seen[symbols[i] >> 5] & bit || (!ac && symbols[i] > DC_SYMBOL_MAX)) return false;
        seen[symbols[i] >> 5] |= bit;
    }
    return true;
}

/** Codes of each length follow one another, and from length to length they double (C.2). */
static uint32_t count_codes(const uint8_t *bits) {
    uint32_t code = 0;
    uint32_t codes = 0;
    for (uint32_t length = 1; length <= CAM_HUFFMAN_BITS_MAX; length++) {
        code += bits[length - 1u];
        codes += bits[length - 1u];
        if (code > (1u << length) - 1u) return 0;
        code <<= 1;
    }
    return codes;
}

static void fill(cam_huffman_t *table, const uint8_t *bits, bool ac) {
    const uint8_t *symbols = bits + CAM_HUFFMAN_BITS_MAX;
    const uint8_t *symbol = symbols;
    uint32_t at = 0;
    for (uint32_t length = 1; length <= CAM_HUFFMAN_SHORT_BITS; length++)
        for (uint32_t i = 0; i < bits[length - 1u]; i++) {
            const uint32_t entry = cam_huffman_entry(length, *symbol++, ac);
            const uint32_t end = at + (1u << (CAM_HUFFMAN_SHORT_BITS - length));
            while (at < end) table->entries[at++] = (uint16_t)entry;
        }
    table->first_long = (uint16_t)(at << 1);
    table->short_codes = (uint16_t)(symbol - symbols);
    while (at < 1u << CAM_HUFFMAN_SHORT_BITS) table->entries[at++] = 0;
}

uint32_t cam_huffman_read(cam_huffman_t *table, const uint8_t *bits, uint32_t count, bool ac) {
    if (count < CAM_HUFFMAN_BITS_MAX) return 0;
    const uint32_t codes = count_codes(bits);
    if (codes == 0 || codes > SYMBOLS_MAX || codes > count - CAM_HUFFMAN_BITS_MAX) return 0;
    if (!symbols_valid(bits + CAM_HUFFMAN_BITS_MAX, codes, ac)) return 0;
    table->bits = bits;
    fill(table, bits, ac);
    return CAM_HUFFMAN_BITS_MAX + codes;
}

uint32_t cam_huffman_find(const cam_huffman_t *table, uint32_t next_bits) {
    const uint8_t *symbols = table->bits + CAM_HUFFMAN_BITS_MAX;
    uint32_t length = CAM_HUFFMAN_SHORT_BITS + 1;
    uint32_t first = table->first_long;
    if (next_bits >> (CAM_HUFFMAN_BITS_MAX - length) < first) {
        length = 1;
        first = 0;
    } else {
        symbols += table->short_codes;
    }
    for (; length <= CAM_HUFFMAN_BITS_MAX; length++) {
        const uint32_t codes = table->bits[length - 1u];
        const uint32_t place = (next_bits >> (CAM_HUFFMAN_BITS_MAX - length)) - first;
        if (place < codes) return length | (uint32_t)symbols[place] << 8;
        symbols += codes;
        first = (first + codes) << 1;
    }
    return 0;
}

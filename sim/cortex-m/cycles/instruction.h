// SPDX-License-Identifier: MIT
// What the time of a Thumb instruction depends on, decoded from its halfwords.
#ifndef CAM_INSTRUCTION_H
#define CAM_INSTRUCTION_H

#include <stdint.h>

enum {
    CAM_INSTRUCTION_KNOWN = 1 << 0, // decoded
    CAM_INSTRUCTION_WIDE = 1 << 1,  // 32 bits
    // The next load or store can begin while this load is under way, and this one while a load is:
    // then it takes a cycle less.
    CAM_INSTRUCTION_PIPELINES = 1 << 2,
    CAM_INSTRUCTION_OVERLAPS = 1 << 3,
    CAM_INSTRUCTION_DIVIDES = 1 << 4, // its cycles depend on its operands
    CAM_INSTRUCTION_SIGNED = 1 << 5,  // SDIV
    CAM_INSTRUCTION_MARKED = 1 << 6,  // for the owner of the record
    CAM_INSTRUCTION_LOADS = 1 << 7,   // from memory
};

/** No register: of `base` and `index`. */
#define CAM_NO_REGISTER 0xffU

/** Address of a load: base + (index << shift) + offset; PC as base counts from a word. */
typedef struct {
    uint16_t loaded;   // registers that a load of one register writes, bit n for rn
    uint16_t address;  // registers that its address comes from
    int32_t offset;    //
    uint8_t base;      // and the dividend of a division
    uint8_t index;     // and the divisor
    uint8_t shift;     //
    uint8_t transfers; // words between memory and registers
    uint8_t flags;     //
    uint8_t cycles;    // without waiting for code or data, and without the refill of a branch
    uint8_t refill;    // P: cycles to fill the pipeline when it branches
    uint8_t check;     // for the owner of the record: what else there is to do
} cam_instruction_t;

/**
 * Decode for time alone: what is undefined, or unknown here, counts as data processing.
 * @param first the first halfword
 * @param second the halfword behind it
 */
cam_instruction_t cam_instruction_decode(uint32_t first, uint32_t second);

#endif

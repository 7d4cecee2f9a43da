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

/** No register: PC, which is none of a load's address but for literals. */
#define CAM_NO_REGISTER 15U

/** Eight bytes: there is one for each halfword of the flash. The lowest address of a load or a
 * store is base + (index << shift) + offset. */
typedef struct {
    uint8_t flags;
    uint8_t cycles;     // without waiting for code or data, and without the refill of a branch
    uint8_t transfers;  // words between memory and registers
    uint8_t operands;   // base, or dividend; index, or divisor, above: four bits each
    uint8_t loaded : 4; // register that a load of one register writes
    uint8_t size : 2;   // of a transfer: 1, 2 or 4 bytes, as a power of 2
    uint8_t stores : 1; // the transfers are stores
    uint8_t unprivileged : 1; // LDRT, STRT and their like: with the rights of unprivileged code
    uint8_t shift : 2;
    uint8_t refill : 2; // P: cycles to fill the pipeline when it branches
    uint8_t check : 4;  // for the owner of the record: what else there is to do
    int16_t offset;
} cam_instruction_t;

static inline uint32_t cam_instruction_base(const cam_instruction_t *instruction) {
    return instruction->operands & 15U;
}

static inline uint32_t cam_instruction_index(const cam_instruction_t *instruction) {
    return instruction->operands >> 4;
}

/**
 * Decode for time alone: what is undefined, or unknown here, counts as data processing.
 * @param first the first halfword
 * @param second the halfword behind it
 */
cam_instruction_t cam_instruction_decode(uint32_t first, uint32_t second);

#endif

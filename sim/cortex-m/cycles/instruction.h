// SPDX-License-Identifier: MIT
// What the time of a Thumb instruction depends on, decoded from its halfwords.
#ifndef CAM_INSTRUCTION_H
#define CAM_INSTRUCTION_H

#include <stdint.h>

/** Classes of the instruction timing table (Cortex-M4 TRM, ARM DDI 0439, table 3-1 and 7-1). */
typedef enum {
    CAM_CLASS_DATA, // data processing, multiplies, saturating, SIMD: one cycle
    CAM_CLASS_IT,
    CAM_CLASS_LDR,  // one register; LDREX, too
    CAM_CLASS_STR,  //
    CAM_CLASS_LDM,  // POP, LDRD, VLDM: 1 + N
    CAM_CLASS_STM,  // PUSH, STRD, VSTM: 1 + N
    CAM_CLASS_VLDR, // 2, or 3 of a double word
    CAM_CLASS_VSTR,
    CAM_CLASS_BRANCH,          // to an immediate: B, BL, CBZ, CBNZ
    CAM_CLASS_BRANCH_REGISTER, // BX, BLX, MOV PC, ADD PC
    CAM_CLASS_POP_PC,          // LDM with PC
    CAM_CLASS_LDR_PC,
    CAM_CLASS_TABLE_BRANCH,
    CAM_CLASS_DIVIDE,
    CAM_CLASS_VMLA,  // VMLA, VMLS, VNMLA, VNMLS, fused or not
    CAM_CLASS_VDIV,  // and VSQRT
    CAM_CLASS_VMOV2, // between two registers of the core and the FPU
    CAM_CLASS_SYSTEM,
    CAM_CLASS_BARRIER,
} cam_class_t;

enum {
    CAM_INSTRUCTION_KNOWN = 1 << 0,  // decoded
    CAM_INSTRUCTION_WIDE = 1 << 1,   // 32 bits
    CAM_INSTRUCTION_UPDATE = 1 << 2, // the base register is updated
    CAM_INSTRUCTION_SIGNED = 1 << 3, // SDIV
};

/** No register: of `base` and `index`. */
#define CAM_NO_REGISTER 0xffU

/** Address of a load: base + (index << shift) + offset, the base PC being rounded down to a word.
 */
typedef struct {
    uint8_t class;     // cam_class_t
    uint8_t flags;     //
    uint8_t check;     // for the owner of the record: what else there is to do
    uint8_t transfers; // words between memory and registers
    uint16_t loaded;   // registers that a load writes, bit n for rn
    uint16_t address;  // registers that the address comes from
    int32_t offset;    //
    uint8_t base;      // of the address of a load
    uint8_t index;     // of the address of a load, and the divisor of a division
    uint8_t shift;     //
    uint8_t dividend;  // register
} cam_instruction_t;

/**
 * Decode for time alone: what is undefined, or unknown here, counts as data processing.
 * @param first the first halfword
 * @param second the halfword behind it
 */
cam_instruction_t cam_instruction_decode(uint32_t first, uint32_t second);

#endif

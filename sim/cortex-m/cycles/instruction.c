// SPDX-License-Identifier: MIT
// Thumb encodings (ARMv7-M ARM, DDI 0403, chapter A5) sorted by what they cost.

#include "instruction.h"

#include <stdbool.h>

enum { PC = 15 };

static uint8_t ones(uint32_t value) { return (uint8_t)__builtin_popcount(value); }

/** Classes of the instruction timing tables (Cortex-M4 TRM, ARM DDI 0439, tables 3-1 and 7-1). */
typedef enum {
    CLASS_DATA, // data processing, multiplies, saturating, SIMD, hints, IT, SVC
    CLASS_LDR,
    CLASS_LDR_UPDATE,
    CLASS_STR,
    CLASS_LDM, // POP, LDRD, VLDM, too
    CLASS_STM, // PUSH, STRD, VSTM
    CLASS_VLDR,
    CLASS_VSTR,
    CLASS_BRANCH,          // to an immediate: B, BL, CBZ, CBNZ
    CLASS_BRANCH_REGISTER, // BX, BLX, MOV PC, ADD PC
    CLASS_POP_PC,          // LDM with PC
    CLASS_LDR_PC,
    CLASS_TABLE_BRANCH,
    CLASS_DIVIDE,
    CLASS_VMLA,  // VMLA, VMLS, VNMLA, VNMLS, fused or not
    CLASS_VDIV,  // and VSQRT
    CLASS_VMOV2, // between two registers of the core and the FPU
    CLASS_SYSTEM,
    CLASS_BARRIER,
} class_t;

/** Sizes of a transfer. */
enum { BYTE = 0, HALFWORD = 1, WORD = 2 };

typedef struct {
    uint8_t cycles;
    uint8_t per_transfer;
    uint8_t refill;
    uint8_t flags;
} timing_t;

/** P of the TRM is 1 to 3: 1 when the target is known at decode, 2 when it comes from a register or
 * memory. */
enum { DIRECT = 1, INDIRECT = 2 };

enum {
    LOADS_IN_PIPELINE =
        CAM_INSTRUCTION_LOADS | CAM_INSTRUCTION_PIPELINES | CAM_INSTRUCTION_OVERLAPS,
};

/** Loads that update their base neither overlap nor let overlap (Cortex-M3 TRM, ARM DDI
 * 0337, 18.3). */
static const timing_t timings[] = {
    [CLASS_DATA] = {1, 0, DIRECT, 0},
    [CLASS_LDR] = {1, 1, DIRECT, LOADS_IN_PIPELINE},
    [CLASS_LDR_UPDATE] = {1, 1, DIRECT, CAM_INSTRUCTION_LOADS},
    [CLASS_STR] = {1, 0, DIRECT, 0},
    [CLASS_LDM] = {1, 1, DIRECT, CAM_INSTRUCTION_LOADS},
    [CLASS_STM] = {1, 1, DIRECT, 0},
    [CLASS_VLDR] = {1, 1, DIRECT, LOADS_IN_PIPELINE},
    [CLASS_VSTR] = {1, 1, DIRECT, CAM_INSTRUCTION_OVERLAPS},
    [CLASS_BRANCH] = {1, 0, DIRECT, 0},
    [CLASS_BRANCH_REGISTER] = {1, 0, INDIRECT, 0},
    [CLASS_POP_PC] = {1, 1, INDIRECT, CAM_INSTRUCTION_LOADS},
    [CLASS_LDR_PC] = {1, 1, INDIRECT, CAM_INSTRUCTION_LOADS},
    [CLASS_TABLE_BRANCH] = {2, 1, INDIRECT, CAM_INSTRUCTION_LOADS},
    [CLASS_DIVIDE] = {0, 0, DIRECT, CAM_INSTRUCTION_DIVIDES},
    [CLASS_VMLA] = {3, 0, DIRECT, 0},
    [CLASS_VDIV] = {14, 0, DIRECT, 0},
    [CLASS_VMOV2] = {2, 0, DIRECT, 0},
    [CLASS_SYSTEM] = {2, 0, DIRECT, 0},
    [CLASS_BARRIER] = {3, 0, DIRECT, 0},
};

static cam_instruction_t moving(class_t class, uint32_t transfers) {
    const timing_t *timing = &timings[class];
    return (cam_instruction_t){
        .cycles = (uint8_t)(timing->cycles + timing->per_transfer * transfers),
        .transfers = (uint8_t)transfers,
        .refill = timing->refill & 3U,
        .flags = (uint8_t)(timing->flags | CAM_INSTRUCTION_KNOWN),
        .loaded = CAM_NO_REGISTER & 15U,
        .size = WORD,
        .operands = CAM_NO_REGISTER | CAM_NO_REGISTER << 4,
    };
}

static cam_instruction_t of_class(class_t class) { return moving(class, 0); }

static void set_operands(cam_instruction_t *to, uint32_t base, uint32_t index) {
    to->operands = (uint8_t)(base | index << 4);
}

static void address_from(cam_instruction_t *to, uint32_t base, int32_t offset) {
    set_operands(to, base, CAM_NO_REGISTER);
    to->offset = (int16_t)offset;
}

static void indexed_by(cam_instruction_t *to, uint32_t index, uint32_t shift) {
    set_operands(to, cam_instruction_base(to), index);
    to->shift = shift & 3U;
}

static cam_instruction_t of_one(class_t class, uint32_t base, int32_t offset) {
    cam_instruction_t to = moving(class, 1);
    address_from(&to, base, offset);
    return to;
}

/** A load or a store of one register. */
static cam_instruction_t single(bool load, uint32_t number, uint32_t base, int32_t offset) {
    cam_instruction_t to = of_one(load ? CLASS_LDR : CLASS_STR, base, offset);
    if (load) to.loaded = number & 15U;
    to.stores = !load;
    return to;
}

static cam_instruction_t with_size(cam_instruction_t to, uint32_t size) {
    to.size = size & 3U;
    return to;
}

/** Several registers; the PC among those loaded makes it a branch. */
static cam_instruction_t multiple(bool load, uint32_t registers, uint32_t base) {
    bool branches = load && (registers & 1U << PC) != 0;
    cam_instruction_t to = moving(branches ? CLASS_POP_PC
                                  : load   ? CLASS_LDM
                                           : CLASS_STM,
                                  ones(registers));
    address_from(&to, base, 0);
    to.stores = !load;
    return to;
}

/** A5.2.3: 010001xx. */
static cam_instruction_t special_data(uint32_t first) {
    uint32_t operation = first >> 8 & 3;
    uint32_t result = (first & 7) | (first >> 4 & 8);
    bool branches = operation == 3 || (operation != 1 && result == PC);
    return of_class(branches ? CLASS_BRANCH_REGISTER : CLASS_DATA);
}

/** A5.2.5: 1011xxxx. */
static cam_instruction_t miscellaneous(uint32_t first) {
    if ((first & 0xf500) == 0xb100) return of_class(CLASS_BRANCH); // CBZ, CBNZ
    if ((first & 0xfe00) == 0xb400) {                              // PUSH
        cam_instruction_t to = multiple(false, (first & 0xff) | (first << 6 & 0x4000), 13);
        to.offset = (int16_t)(-4 * to.transfers);
        return to;
    }
    if ((first & 0xfe00) == 0xbc00)
        return multiple(true, (first & 0xff) | (first << 7 & 0x8000), 13); // POP
    if ((first & 0xff00) == 0xbf00 && (first & 15) != 0) return of_class(CLASS_DATA);
    if ((first & 0xffe8) == 0xb660) return of_class(CLASS_SYSTEM); // CPS
    return of_class(CLASS_DATA);
}

/** A5.2.4: loads and stores of one register. */
static cam_instruction_t narrow_single(uint32_t first) {
    uint32_t group = first >> 12;
    uint32_t base = first >> 3 & 7;
    bool load = (first & 0x0800) != 0;
    if (group == 5) {
        static const uint8_t sizes[] = {WORD, HALFWORD, BYTE, BYTE, WORD, HALFWORD, BYTE, HALFWORD};
        uint32_t operation = first >> 9 & 7;
        cam_instruction_t to = single(operation >= 3, first & 7, base, 0);
        indexed_by(&to, first >> 6 & 7, 0);
        return with_size(to, sizes[operation]);
    }
    if (group == 9) return single(load, first >> 8 & 7, 13, (int32_t)(first & 0xff) * 4);
    uint32_t size = group == 8 ? HALFWORD : (first & 0x1000) != 0 ? BYTE : WORD;
    int32_t offset = (int32_t)((first >> 6 & 31) << size);
    return with_size(single(load, first & 7, base, offset), size);
}

static cam_instruction_t narrow(uint32_t first) {
    switch (first >> 12) {
    case 4:
        if (first >= 0x4800) return single(true, first >> 8 & 7, PC, (int32_t)(first & 0xff) * 4);
        return first >= 0x4400 ? special_data(first) : of_class(CLASS_DATA);
    case 5:
    case 6:
    case 7:
    case 8:
    case 9:
        return narrow_single(first);
    case 11:
        return miscellaneous(first);
    case 12:
        return multiple((first & 0x0800) != 0, first & 0xff, first >> 8 & 7);
    case 13:
        // SVC: what it costs is the exception's.
        return of_class((first & 0x0f00) < 0x0e00 ? CLASS_BRANCH : CLASS_DATA);
    case 14:
        return of_class(CLASS_BRANCH);
    default:
        return of_class(CLASS_DATA);
    }
}

/** A5.3.5: LDM, STM. */
static cam_instruction_t wide_multiple(uint32_t first, uint32_t second) {
    cam_instruction_t to = multiple((first & 0x10) != 0, second, first & 15);
    // The lowest register lies at the base, or below it by all of them (LDMDB, STMDB).
    if ((first & 0x0180) == 0x0100) to.offset = (int16_t)(-4 * to.transfers);
    return to;
}

/** A5.3.6: LDRD, STRD, exclusive accesses, table branches. */
static cam_instruction_t dual(uint32_t first, uint32_t second) {
    uint32_t base = first & 15;
    if ((first & 0x0120) != 0) {
        cam_instruction_t to = moving((first & 0x10) != 0 ? CLASS_LDM : CLASS_STM, 2);
        int32_t offset = (int32_t)(second & 0xff) * 4;
        bool before = (first & 0x0100) != 0;
        address_from(&to, base, !before ? 0 : (first & 0x80) != 0 ? offset : -offset);
        to.stores = (first & 0x10) == 0;
        return to;
    }
    if ((first & 0xfff0) == 0xe8d0 && (second & 0xffe0) == 0xf000) {
        cam_instruction_t to = of_one(CLASS_TABLE_BRANCH, base, 0);
        indexed_by(&to, second & 15, second >> 4 & 1);
        return with_size(to, (second & 0x10) != 0 ? HALFWORD : BYTE);
    }
    bool word = (first & 0x80) == 0; // LDREX, STREX: they alone have an offset
    cam_instruction_t to =
        single((first & 0x10) != 0, second >> 12, base, word ? (int32_t)(second & 0xff) * 4 : 0);
    return with_size(to, word ? WORD : (second & 0x10) != 0 ? HALFWORD : BYTE);
}

/** LDR, STR with an offset of 8 bits, which may come before or after, and may update the base. */
static cam_instruction_t short_offset(uint32_t first, uint32_t second) {
    bool load = (first & 0x10) != 0;
    bool before = (second & 0x400) != 0;
    bool updates = (second & 0x100) != 0;
    int32_t offset = (int32_t)(second & 0xff);
    if ((second & 0x200) == 0) offset = -offset;
    class_t class = !load ? CLASS_STR : updates ? CLASS_LDR_UPDATE : CLASS_LDR;
    cam_instruction_t to = of_one(class, first & 15, before ? offset : 0);
    if (load) to.loaded = second >> 12 & 15U;
    to.stores = !load;
    to.unprivileged = (second & 0xf00) == 0xe00;
    return to;
}

/** A5.3.7 to A5.3.10: loads and stores of one register. */
static cam_instruction_t wide_single(uint32_t first, uint32_t second) {
    bool load = (first & 0x10) != 0;
    bool word = (first & 0x60) == 0x40;
    uint32_t number = second >> 12;
    uint32_t base = first & 15;
    int32_t offset = (int32_t)(second & 0xfff);
    cam_instruction_t to;
    // Bytes and halfwords to PC are hints: PLD, PLI.
    if (load && number == PC && !word) return of_class(CLASS_DATA);
    if (base == PC)
        to = single(load, number, PC, (first & 0x80) != 0 ? offset : -offset);
    else if ((first & 0x80) != 0)
        to = single(load, number, base, offset);
    else if ((second & 0xfc0) == 0) {
        to = single(load, number, base, 0);
        indexed_by(&to, second & 15, second >> 4 & 3);
    } else
        to = short_offset(first, second);
    if (load && number == PC) {
        cam_instruction_t branch = moving(CLASS_LDR_PC, 1);
        to.cycles = branch.cycles;
        to.refill = branch.refill;
        to.flags = branch.flags;
    }
    return with_size(to, first >> 5 & 3);
}

/** A5.3.4: branches and what is beside them. */
static cam_instruction_t wide_branch(uint32_t first, uint32_t second) {
    if ((second & 0x5000) != 0) return of_class(CLASS_BRANCH); // B, BL
    if ((first >> 6 & 15) < 14) return of_class(CLASS_BRANCH);
    if (first == 0xf3bf) return of_class(CLASS_BARRIER);
    return of_class(first == 0xf3af ? CLASS_DATA : CLASS_SYSTEM);
}

/** A6.5: VLDR, VSTR, VLDM, VSTM, and moves of two registers. */
static cam_instruction_t fp_transfer(uint32_t first, uint32_t second) {
    if ((first & 0x01a0) == 0) return of_class(CLASS_VMOV2);
    bool load = (first & 0x10) != 0;
    bool up = (first & 0x80) != 0;
    uint32_t count = second & 0xff;
    int32_t offset = (int32_t)count * 4;
    cam_instruction_t to;
    if ((first & 0x0120) == 0x0100) {
        uint32_t words = 1 + (second >> 8 & 1);
        to = moving(load ? CLASS_VLDR : CLASS_VSTR, words);
        // A double word does not overlap.
        if (load && words == 2) to.flags &= (uint8_t)~CAM_INSTRUCTION_OVERLAPS;
        address_from(&to, first & 15, up ? offset : -offset);
    } else {
        to = moving(load ? CLASS_LDM : CLASS_STM, count);
        address_from(&to, first & 15, (first & 0x0100) != 0 ? -offset : 0);
    }
    to.stores = !load;
    return to;
}

/** A6.4: data processing of the FPU. */
static cam_instruction_t fp_data(uint32_t first, uint32_t second) {
    if ((second & 0x10) != 0) return of_class(CLASS_DATA); // VMOV, VMRS
    uint32_t operation = first & 0xffb0;
    if (operation == 0xee80) return of_class(CLASS_VDIV);
    if (operation == 0xeeb0 && (first & 15) == 1 && (second & 0xc0) == 0xc0)
        return of_class(CLASS_VDIV); // VSQRT
    bool accumulates =
        operation == 0xee00 || operation == 0xee10 || operation == 0xee90 || operation == 0xeea0;
    return of_class(accumulates ? CLASS_VMLA : CLASS_DATA);
}

static cam_instruction_t coprocessor(uint32_t first, uint32_t second) {
    uint32_t number = second >> 8 & 15;
    if (number != 10 && number != 11) return of_class(CLASS_DATA);
    if ((first & 0xfe00) == 0xec00) return fp_transfer(first, second);
    if ((first & 0xff00) == 0xee00) return fp_data(first, second);
    return of_class(CLASS_DATA);
}

static cam_instruction_t divide(uint32_t first, uint32_t second) {
    cam_instruction_t to = of_class(CLASS_DIVIDE);
    set_operands(&to, first & 15, second & 15);
    if ((first & 0xfff0) == 0xfb90) to.flags |= CAM_INSTRUCTION_SIGNED;
    return to;
}

static cam_instruction_t wide(uint32_t first, uint32_t second) {
    if ((first & 0xfe40) == 0xe800) return wide_multiple(first, second);
    if ((first & 0xfe40) == 0xe840) return dual(first, second);
    if ((first & 0xfc00) == 0xec00) return coprocessor(first, second);
    if ((first & 0xf800) == 0xf000 && (second & 0x8000) != 0) return wide_branch(first, second);
    if ((first & 0xfe00) == 0xf800) return wide_single(first, second);
    if ((first & 0xffd0) == 0xfb90) return divide(first, second);
    return of_class(CLASS_DATA);
}

cam_instruction_t cam_instruction_decode(uint32_t first, uint32_t second) {
    if (first < 0xe800) return narrow(first);
    cam_instruction_t to = wide(first, second);
    to.flags |= CAM_INSTRUCTION_WIDE;
    return to;
}

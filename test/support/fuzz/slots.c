// SPDX-License-Identifier: MIT
// Program slots with anything in flash: a first byte that says how much of the header is put right,
// then the slots.
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include "crc32.h"
#include "flash.h"
#include "fuzz.h"
#include "slots.h"

enum { SLOT_BYTES = 0x2000, VM_ID = 0x12345678 };
enum {
    RIGHT_MAGIC = 1,
    RIGHT_SIZE = 2,
    RIGHT_CRC = 4,
    RIGHT_IMAGE = 8,
    RIGHT_END = 16,
    SECOND = 32,
    COMMITS = 64
};
#define FIRST 0x08040000u
// In the middle of the frames: a slot that names it may have kernels.
#define MEMORY 0x20008000u

static const cam_program_slot_area_t AREAS[CAM_SLOTS] = {{FIRST, SLOT_BYTES},
                                                         {FIRST + SLOT_BYTES, SLOT_BYTES}};

// Flash of its own: what is programmed can only clear bits.
cam_flash_sector_t cam_flash_sector(uint32_t address) {
    return (cam_flash_sector_t){address & ~(SLOT_BYTES - 1u), SLOT_BYTES, 0};
}

cam_slots_status_t cam_flash_erase(uint32_t address) {
    memset((void *)(uintptr_t)address, 0xff, SLOT_BYTES);
    return cam_slots_ok();
}

cam_slots_status_t cam_flash_program(uint32_t address, const uint32_t *words, uint32_t count) {
    for (uint32_t i = 0; i < count; i++) {
        uint32_t *to = (uint32_t *)(uintptr_t)(address + 4 * i);
        *to &= words[i];
        if (*to != words[i])
            return (cam_slots_status_t){CAM_SLOTS_VERIFY, address + 4 * i, words[i]};
    }
    return cam_slots_ok();
}

static void put_right(cam_program_slot_header_t *header, uint8_t what) {
    const uint8_t *image = (const uint8_t *)header + CAM_PROGRAM_SLOT_IMAGE_OFFSET;
    if (what & RIGHT_MAGIC) {
        header->magic = CAM_PROGRAM_SLOT_MAGIC;
        header->format = CAM_PROGRAM_SLOT_FORMAT;
        header->vm_id = VM_ID;
        if (header->kernels.memory != MEMORY) memset(&header->kernels, 0, sizeof header->kernels);
    }
    if (what & RIGHT_SIZE) header->image_bytes %= SLOT_BYTES - CAM_PROGRAM_SLOT_IMAGE_OFFSET + 1;
    if ((what & RIGHT_IMAGE) && header->image_bytes <= SLOT_BYTES - CAM_PROGRAM_SLOT_IMAGE_OFFSET)
        header->image_crc32 = cam_crc32(image, header->image_bytes);
    if (what & RIGHT_CRC)
        header->header_crc32 =
            cam_crc32((const uint8_t *)header, offsetof(cam_program_slot_header_t, header_crc32));
    if (what & RIGHT_END) {
        header->commit = CAM_PROGRAM_SLOT_COMMITTED;
        header->rejected = 0xffffffff;
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t count) {
    static bool mapped;
    if (!mapped &&
        mmap((void *)(uintptr_t)FIRST, CAM_SLOTS * SLOT_BYTES, PROT_READ | PROT_WRITE,
             MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED_NOREPLACE, -1, 0) != (void *)(uintptr_t)FIRST)
        abort();
    mapped = true;
    memset((void *)(uintptr_t)FIRST, 0xff, CAM_SLOTS * SLOT_BYTES);
    fuzz_input_t input = {bytes, count};
    const uint8_t what = fuzz_byte(&input);
    const uint8_t *from;
    for (uint32_t i = 0; i < CAM_SLOTS; i++) {
        uint8_t *slot = (uint8_t *)(uintptr_t)AREAS[i].address;
        const size_t header = fuzz_take(&input, &from, sizeof(cam_program_slot_header_t));
        memcpy(slot, from, header);
        const size_t image = fuzz_take(&input, &from, 64);
        memcpy(slot + CAM_PROGRAM_SLOT_IMAGE_OFFSET, from, image);
        if (i == 0 || (what & SECOND)) put_right((cam_program_slot_header_t *)(void *)slot, what);
    }
    cam_slots_init(AREAS, VM_ID);
    cam_slots_set_memory(MEMORY - 0x8000, 0x10000);
    cam_program_slot_t slot;
    for (uint32_t i = 0; i < CAM_SLOTS; i++)
        if (cam_slots_check(i, &slot) == CAM_PROGRAM_SLOT_VALID &&
            slot.image_bytes > SLOT_BYTES - CAM_PROGRAM_SLOT_IMAGE_OFFSET)
            abort();
    const bool any = cam_slots_choose(&slot);
    // An update in pieces of the input, to its end or not.
    cam_slots_update_t update = {.vm_id = VM_ID, .image_bytes = 4u * fuzz_byte(&input)};
    uint8_t image[1024];
    const size_t image_bytes = fuzz_take(&input, &from, update.image_bytes);
    memset(image, 0, sizeof image);
    memcpy(image, from, image_bytes);
    update.image_crc32 = cam_crc32(image, update.image_bytes) ^ ((what & COMMITS) ? 0u : 1u);
    bool done = cam_slots_begin(&update).code != CAM_SLOTS_OK;
    while (!done)
        if (cam_slots_erase_step(&done).code != CAM_SLOTS_OK) break;
    for (uint32_t at = 0; at < update.image_bytes;) {
        uint32_t piece = 4u * (1u + fuzz_byte(&input) % 32u);
        if (piece > update.image_bytes - at) piece = update.image_bytes - at;
        if (cam_slots_write(at, image + at, piece).code != CAM_SLOTS_OK) break;
        at += piece;
    }
    cam_program_slot_t written;
    if (cam_slots_commit(&written).code == CAM_SLOTS_OK) {
        cam_program_slot_t chosen;
        if (!cam_slots_choose(&chosen)) abort();
        if (any && chosen.index == slot.index && chosen.sequence == slot.sequence &&
            written.index == slot.index)
            abort();
    }
    return 0;
}

// SPDX-License-Identifier: MIT
// Program slots: which one runs, and how the other one gets a new program.
#include "slots.h"

#include <stddef.h>

#include "crc32.h"
#include "flash.h"
#include "kernel_slot.h"

_Static_assert(offsetof(cam_program_slot_header_t, request) == 20, "layout of a slot");
_Static_assert(offsetof(cam_program_slot_header_t, name) == 92, "layout of a slot");
_Static_assert(offsetof(cam_program_slot_header_t, vm_id) == 156, "layout of a slot");
_Static_assert(offsetof(cam_program_slot_header_t, kernels) == 160, "layout of a slot");
_Static_assert(offsetof(cam_program_slot_header_t, header_crc32) == 172, "layout of a slot");
_Static_assert(offsetof(cam_program_slot_header_t, commit) == 176, "layout of a slot");
_Static_assert(offsetof(cam_program_slot_header_t, rejected) == 180, "layout of a slot");

enum {
    HEADER_CRC_BYTES = offsetof(cam_program_slot_header_t, header_crc32),
    HEADER_BYTES =
        offsetof(cam_program_slot_header_t, commit), // what is programmed before the commit word
    NO_SLOT = 0xff,
};

typedef enum { UPDATE_NONE, UPDATE_ERASING, UPDATE_WRITING } update_state_t;

static struct {
    cam_program_slot_area_t areas[CAM_SLOTS];
    uint32_t vm_id;
    uint32_t frames; // address and bytes of their memory
    uint32_t frames_bytes;
    cam_program_slot_t running; // index NO_SLOT: none
    update_state_t state;
    uint32_t target;  // index of the slot that is being updated
    uint32_t erased;  // bytes of it
    uint32_t written; // bytes of the image
    cam_program_slot_header_t header;
} slots;

static const cam_program_slot_header_t *header_at(uint32_t index) {
    return (const cam_program_slot_header_t *)(uintptr_t)slots.areas[index].address;
}

static uint32_t image_address(uint32_t index) {
    return slots.areas[index].address + CAM_PROGRAM_SLOT_IMAGE_OFFSET;
}

static uint32_t image_bytes_max(uint32_t index) {
    return slots.areas[index].bytes - CAM_PROGRAM_SLOT_IMAGE_OFFSET;
}

static const uint8_t *bytes_at(uint32_t address) { return (const uint8_t *)(uintptr_t)address; }

static uint32_t address_of(const void *place) { return (uint32_t)(uintptr_t)place; }

void cam_slots_init(const cam_program_slot_area_t areas[CAM_SLOTS], uint32_t vm_id) {
    for (uint32_t i = 0; i < CAM_SLOTS; i++) slots.areas[i] = areas[i];
    slots.vm_id = vm_id;
    slots.frames_bytes = 0;
    slots.running.index = NO_SLOT;
    slots.state = UPDATE_NONE;
}

void cam_slots_set_memory(uint32_t frames, uint32_t bytes) {
    slots.frames = frames;
    slots.frames_bytes = bytes;
}

static bool has_kernels(const cam_program_slot_kernels_t *kernels) {
    return (kernels->offset | kernels->memory | kernels->memory_bytes) != 0;
}

/** Whether their memory lies within the frames', whose start it leaves. */
static bool memory_fits(const cam_program_slot_kernels_t *kernels) {
    const uint32_t before = kernels->memory - slots.frames;
    const bool aligned = (kernels->memory | kernels->memory_bytes) % 32u == 0; // of the MPU
    return aligned && kernels->memory > slots.frames && before < slots.frames_bytes &&
           kernels->memory_bytes <= slots.frames_bytes - before;
}

/** Whether the table lies in the image, and what it says in the memory: it is read with all rights.
 */
static bool table_fits(uint32_t index, const cam_program_slot_header_t *header) {
    const cam_program_slot_kernels_t *kernels = &header->kernels;
    const uint32_t start = kernels->offset - CAM_PROGRAM_SLOT_IMAGE_OFFSET;
    if (kernels->offset % 4u != 0 || start == 0 || start >= header->image_bytes) return false;
    const uint32_t bytes = header->image_bytes - start;
    if (bytes < sizeof(cam_kernels_t)) return false;
    const cam_kernels_t *table =
        (const cam_kernels_t *)(uintptr_t)(slots.areas[index].address + kernels->offset);
    const uint32_t most = (bytes - sizeof *table) / sizeof(cam_kernel_function_t);
    const uint32_t used = CAM_KERNEL_OWN + CAM_KERNEL_RESULT_BYTES;
    return table->functions <= most && table->initial <= bytes &&
           table->initial_bytes <= bytes - table->initial &&
           table->initial_bytes <= table->own_bytes && kernels->memory_bytes >= used &&
           table->own_bytes <= kernels->memory_bytes - used;
}

static cam_program_slot_verdict_t judge_kernels(uint32_t index) {
    const cam_program_slot_header_t *header = header_at(index);
    if (!has_kernels(&header->kernels)) return CAM_PROGRAM_SLOT_VALID;
    if (!memory_fits(&header->kernels)) return CAM_PROGRAM_SLOT_OTHER_MEMORY;
    return table_fits(index, header) ? CAM_PROGRAM_SLOT_VALID : CAM_PROGRAM_SLOT_BAD_KERNELS;
}

static cam_program_slot_verdict_t judge(uint32_t index) {
    const cam_program_slot_header_t *header = header_at(index);
    if (header->magic != CAM_PROGRAM_SLOT_MAGIC) return CAM_PROGRAM_SLOT_EMPTY;
    if (header->format != CAM_PROGRAM_SLOT_FORMAT) return CAM_PROGRAM_SLOT_BAD_FORMAT;
    if (cam_crc32((const uint8_t *)header, HEADER_CRC_BYTES) != header->header_crc32)
        return CAM_PROGRAM_SLOT_BAD_HEADER;
    if (header->vm_id != slots.vm_id) return CAM_PROGRAM_SLOT_OTHER_VM;
    if (header->commit != CAM_PROGRAM_SLOT_COMMITTED) return CAM_PROGRAM_SLOT_NOT_COMMITTED;
    if (header->rejected != CAM_FLASH_ERASED) return CAM_PROGRAM_SLOT_REJECTED;
    if (header->image_bytes == 0 || header->image_bytes > image_bytes_max(index))
        return CAM_PROGRAM_SLOT_BAD_SIZE;
    if (cam_crc32(bytes_at(image_address(index)), header->image_bytes) != header->image_crc32)
        return CAM_PROGRAM_SLOT_BAD_IMAGE;
    return judge_kernels(index);
}

cam_program_slot_verdict_t cam_slots_check(uint32_t index, cam_program_slot_t *slot) {
    const cam_program_slot_verdict_t verdict = judge(index);
    if (verdict != CAM_PROGRAM_SLOT_VALID) return verdict;
    const cam_program_slot_header_t *header = header_at(index);
    const bool kernels = has_kernels(&header->kernels);
    *slot = (cam_program_slot_t){
        .index = index,
        .address = slots.areas[index].address,
        .sequence = header->sequence,
        .request = &header->request,
        .name = header->name,
        .image = bytes_at(image_address(index)),
        .image_bytes = header->image_bytes,
        .program_bytes =
            kernels ? header->kernels.offset - CAM_PROGRAM_SLOT_IMAGE_OFFSET : header->image_bytes,
        .kernels = kernels ? &header->kernels : 0,
    };
    return CAM_PROGRAM_SLOT_VALID;
}

/** Serial number arithmetic (RFC 1982, 32 bits): the sequence may wrap. */
static bool newer(uint32_t a, uint32_t b) { return (int32_t)(a - b) > 0; }

bool cam_slots_choose(cam_program_slot_t *chosen) {
    slots.running.index = NO_SLOT;
    for (uint32_t i = 0; i < CAM_SLOTS; i++) {
        cam_program_slot_t slot;
        if (cam_slots_check(i, &slot) != CAM_PROGRAM_SLOT_VALID) continue;
        if (slots.running.index == NO_SLOT || newer(slot.sequence, slots.running.sequence))
            slots.running = slot;
    }
    if (slots.running.index == NO_SLOT) return false;
    *chosen = slots.running;
    return true;
}

const cam_program_slot_t *cam_slots_running(void) {
    return slots.running.index == NO_SLOT ? 0 : &slots.running;
}

uint32_t cam_slots_vm_id(void) { return slots.vm_id; }

uint32_t cam_slots_image_bytes_max(void) {
    const uint32_t first = image_bytes_max(0);
    const uint32_t second = image_bytes_max(1);
    return first < second ? first : second;
}

cam_slots_status_t cam_slots_reject(const cam_program_slot_t *slot) {
    cam_program_slot_t other;
    if (cam_slots_check(slot->index ^ 1u, &other) != CAM_PROGRAM_SLOT_VALID)
        return cam_slots_refuse(CAM_SLOTS_LAST_VALID, slot->address, 0);
    // All bits fall, so that a word that a power cut leaves half done rejects as well.
    const uint32_t word = 0;
    return cam_flash_program(address_of(&header_at(slot->index)->rejected), &word, 1);
}

/** The slot that does not run; the first when none does (then no slot is valid). */
static uint32_t choose_target(void) {
    return slots.running.index == NO_SLOT ? 0 : slots.running.index ^ 1u;
}

static uint32_t next_sequence(void) {
    return slots.running.index == NO_SLOT ? 1 : slots.running.sequence + 1u;
}

/**
 * Take the commit word away before the erase: a power cut in an erase leaves any bits, and those of
 * an old header could come back newer than the running one, or no longer rejected.
 */
static cam_slots_status_t invalidate(uint32_t index) {
    const uint32_t address = address_of(&header_at(index)->commit);
    if (cam_flash_read(address) == CAM_FLASH_ERASED) return cam_slots_ok();
    const uint32_t word = 0;
    return cam_flash_program(address, &word, 1);
}

cam_slots_status_t cam_slots_begin(const cam_slots_update_t *update) {
    slots.state = UPDATE_NONE;
    const uint32_t target = choose_target();
    const uint32_t limit = image_bytes_max(target);
    if (update->image_bytes == 0 || update->image_bytes > limit)
        return cam_slots_refuse(CAM_SLOTS_IMAGE_BYTES, update->image_bytes, limit);
    if (update->vm_id != slots.vm_id)
        return cam_slots_refuse(CAM_SLOTS_OTHER_VM, update->vm_id, slots.vm_id);
    const cam_program_slot_kernels_t *kernels = &update->kernels;
    if (has_kernels(kernels) && !memory_fits(kernels))
        return cam_slots_refuse(CAM_SLOTS_MEMORY, kernels->memory + kernels->memory_bytes,
                                slots.frames + slots.frames_bytes);
    cam_program_slot_header_t *header = &slots.header;
    header->magic = CAM_PROGRAM_SLOT_MAGIC;
    header->format = CAM_PROGRAM_SLOT_FORMAT;
    header->sequence = next_sequence();
    header->image_bytes = update->image_bytes;
    header->image_crc32 = update->image_crc32;
    header->request = update->request;
    for (uint32_t i = 0; i < CAM_PROGRAM_SLOT_NAME_BYTES; i++) header->name[i] = update->name[i];
    header->name[CAM_PROGRAM_SLOT_NAME_BYTES - 1] = 0;
    header->vm_id = update->vm_id;
    header->kernels = update->kernels;
    header->header_crc32 = cam_crc32((const uint8_t *)header, HEADER_CRC_BYTES);
    const cam_slots_status_t invalid = invalidate(target);
    if (invalid.code != CAM_SLOTS_OK) return invalid;
    slots.target = target;
    slots.erased = 0;
    slots.written = 0;
    slots.state = UPDATE_ERASING;
    return cam_slots_ok();
}

/** An error of the flash ends the update. */
static cam_slots_status_t checked(cam_slots_status_t status) {
    if (status.code != CAM_SLOTS_OK) slots.state = UPDATE_NONE;
    return status;
}

/** Every word of the slot reads as erased. */
static cam_slots_status_t verify_erased(void) {
    const cam_program_slot_area_t area = slots.areas[slots.target];
    for (uint32_t at = area.address; at < area.address + area.bytes; at += 4u) {
        const uint32_t word = cam_flash_read(at);
        if (word != CAM_FLASH_ERASED) return cam_slots_refuse(CAM_SLOTS_NOT_ERASED, at, word);
    }
    return cam_slots_ok();
}

cam_slots_status_t cam_slots_erase_step(bool *done) {
    *done = false;
    if (slots.state != UPDATE_ERASING) return cam_slots_refuse(CAM_SLOTS_NO_UPDATE, 0, 0);
    const cam_program_slot_area_t area = slots.areas[slots.target];
    const uint32_t address = area.address + slots.erased;
    const cam_slots_status_t erased = checked(cam_flash_erase(address));
    if (erased.code != CAM_SLOTS_OK) return erased;
    slots.erased += cam_flash_sector(address).bytes;
    if (slots.erased < area.bytes) return erased;
    const cam_slots_status_t verified = checked(verify_erased());
    if (verified.code != CAM_SLOTS_OK) return verified;
    slots.state = UPDATE_WRITING;
    *done = true;
    return verified;
}

/** Up to four bytes as a word, the missing ones as erased. */
static uint32_t word_of(const uint8_t *data, uint32_t bytes) {
    uint32_t word = CAM_FLASH_ERASED;
    for (uint32_t i = 0; i < bytes && i < 4u; i++) {
        word &= ~(0xffu << (8u * i));
        word |= (uint32_t)data[i] << (8u * i);
    }
    return word;
}

cam_slots_status_t cam_slots_write(uint32_t offset, const uint8_t *data, uint32_t bytes) {
    if (slots.state != UPDATE_WRITING) return cam_slots_refuse(CAM_SLOTS_NO_UPDATE, 0, 0);
    if (offset != slots.written) return cam_slots_refuse(CAM_SLOTS_OFFSET, offset, slots.written);
    const uint32_t left = slots.header.image_bytes - slots.written;
    if (bytes == 0 || bytes > left) return cam_slots_refuse(CAM_SLOTS_LENGTH, bytes, left);
    if ((bytes & 3u) != 0 && bytes != left) return cam_slots_refuse(CAM_SLOTS_LENGTH, bytes, 4);
    for (uint32_t i = 0; i < bytes; i += 4u) {
        const uint32_t word = word_of(data + i, bytes - i);
        const cam_slots_status_t status =
            checked(cam_flash_program(image_address(slots.target) + offset + i, &word, 1));
        if (status.code != CAM_SLOTS_OK) return status;
    }
    slots.written += bytes;
    return cam_slots_ok();
}

uint32_t cam_slots_written(void) { return slots.written; }

/** Program the staged header up to the commit word; reads back. */
static cam_slots_status_t write_header(void) {
    return cam_flash_program(slots.areas[slots.target].address, (const uint32_t *)&slots.header,
                             HEADER_BYTES / 4u);
}

cam_slots_status_t cam_slots_commit(cam_program_slot_t *written) {
    if (slots.state != UPDATE_WRITING) return cam_slots_refuse(CAM_SLOTS_NO_UPDATE, 0, 0);
    const cam_program_slot_header_t *header = &slots.header;
    if (slots.written != header->image_bytes)
        return cam_slots_refuse(CAM_SLOTS_INCOMPLETE, slots.written, header->image_bytes);
    slots.state = UPDATE_NONE; // whatever comes now, there is no second try
    const uint32_t crc = cam_crc32(bytes_at(image_address(slots.target)), header->image_bytes);
    if (crc != header->image_crc32)
        return cam_slots_refuse(CAM_SLOTS_IMAGE_CRC, crc, header->image_crc32);
    const cam_slots_status_t described = write_header();
    if (described.code != CAM_SLOTS_OK) return described;
    const uint32_t commit = CAM_PROGRAM_SLOT_COMMITTED;
    const uint32_t commit_address = address_of(&header_at(slots.target)->commit);
    const cam_slots_status_t committed = cam_flash_program(commit_address, &commit, 1);
    if (committed.code != CAM_SLOTS_OK) return committed;
    if (cam_slots_check(slots.target, written) != CAM_PROGRAM_SLOT_VALID)
        return cam_slots_refuse(CAM_SLOTS_VERIFY, commit_address, commit);
    return committed;
}

cam_program_slot_area_t cam_slots_target(void) { return slots.areas[choose_target()]; }

void cam_slots_abandon(void) { slots.state = UPDATE_NONE; }

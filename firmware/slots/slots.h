// SPDX-License-Identifier: MIT
// Two program slots in flash, written alternately: the newest valid one runs, and a power cut at
// any moment of an update leaves one that does. A slot is one or more whole sectors:
//
//   0x000   header (cam_program_slot_header_t), little endian
//   0x1000  image: that of the DeviceScript VM, and the program's kernels, both run in place
//
// The commit word is programmed last, after everything else was read back; the rejected word stays
// erased until the program is given up.
#ifndef CAM_SLOTS_H
#define CAM_SLOTS_H

#include <stdbool.h>
#include <stdint.h>

#include "board.h"
#include "slots_status.h"

#define CAM_PROGRAM_SLOT_MAGIC 0x31505343u // "CSP1"
#define CAM_PROGRAM_SLOT_FORMAT 3u
#define CAM_PROGRAM_SLOT_COMMITTED 0x434d5401u

enum {
    CAM_SLOTS = 2,
    CAM_PROGRAM_SLOT_NAME_BYTES = 64,
    CAM_PROGRAM_SLOT_IMAGE_OFFSET = 0x1000,
};

/** Machine code that comes with a program: pixel functions (firmware/kernel). All 0: there is none.
 */
typedef struct {
    uint32_t offset; // of a cam_kernels_t, from the slot's start: behind the VM's part of the image
    uint32_t memory; // address of the RAM that it is linked for, at the end of the frames'
    uint32_t memory_bytes; // one region of the MPU
} cam_program_slot_kernels_t;

/** The start of a slot. header_crc32 is over everything before it. */
typedef struct {
    uint32_t magic;
    uint32_t format;
    uint32_t sequence; // compared as a serial number: newer is less than 2^31 ahead
    uint32_t image_bytes;
    uint32_t image_crc32; // IEEE 802.3, over image_bytes
    cam_request_t request;
    char name[CAM_PROGRAM_SLOT_NAME_BYTES]; // the program's file name, UTF-8, zero padded
    uint32_t vm_id; // first four bytes of the SHA-256 of the VM, as in a file
    cam_program_slot_kernels_t kernels;
    uint32_t header_crc32;
    uint32_t commit;
    uint32_t rejected; // 0xffffffff: not rejected
} cam_program_slot_header_t;

/** Flash that belongs to a slot; starts and ends with a sector. */
typedef struct {
    uint32_t address;
    uint32_t bytes;
} cam_program_slot_area_t;

/** A slot with a program. The pointers are into flash. */
typedef struct {
    uint32_t index; // 0 or 1
    uint32_t address;
    uint32_t sequence;
    const cam_request_t *request;
    const char *name; // CAM_PROGRAM_SLOT_NAME_BYTES, the last one 0 in what this code writes
    const uint8_t *image;
    uint32_t image_bytes;
    uint32_t program_bytes;                    // of these the VM's
    const cam_program_slot_kernels_t *kernels; // 0: none
} cam_program_slot_t;

/** What is wrong with a slot, in the order of the tests. */
typedef enum {
    CAM_PROGRAM_SLOT_VALID = 0,
    CAM_PROGRAM_SLOT_EMPTY = 1,         // no magic: erased, or never written
    CAM_PROGRAM_SLOT_BAD_FORMAT = 2,    // of another firmware
    CAM_PROGRAM_SLOT_BAD_HEADER = 3,    // header CRC
    CAM_PROGRAM_SLOT_OTHER_VM = 4,      // made by another version of the VM
    CAM_PROGRAM_SLOT_NOT_COMMITTED = 5, // its update was not finished
    CAM_PROGRAM_SLOT_REJECTED = 6,      // it crashed again and again
    CAM_PROGRAM_SLOT_BAD_SIZE = 7,      // larger than the slot
    CAM_PROGRAM_SLOT_BAD_IMAGE = 8,     // image CRC
    CAM_PROGRAM_SLOT_OTHER_MEMORY = 9,  // its kernels are for RAM that is not this board's frames'
    CAM_PROGRAM_SLOT_BAD_KERNELS = 10,  // they reach out of the image, or of their memory
} cam_program_slot_verdict_t;

/** A new program, before its image. */
typedef struct {
    uint32_t image_bytes;
    uint32_t image_crc32;
    uint32_t vm_id;
    cam_request_t request;
    char name[CAM_PROGRAM_SLOT_NAME_BYTES];
    cam_program_slot_kernels_t kernels;
} cam_slots_update_t;

/** Where the slots are and which VM runs them. Call first. Context: thread. */
void cam_slots_init(const cam_program_slot_area_t areas[CAM_SLOTS], uint32_t vm_id);

/** Where frames lie: the memory of a program's kernels is the end of it. Without this no program
 * with kernels is valid. Context: thread. */
void cam_slots_set_memory(uint32_t frames, uint32_t bytes);

/** Check slot `index`, its image's CRC included (about 8 ms per 64 KB at 168 MHz).
 * @param slot filled when valid. Context: thread. */
cam_program_slot_verdict_t cam_slots_check(uint32_t index, cam_program_slot_t *slot);

/**
 * The valid slot with the newest sequence; from now on it is the running one, which no update
 * touches.
 * @returns false when no slot is valid. Context: thread.
 */
bool cam_slots_choose(cam_program_slot_t *chosen);

/** The running slot; null when cam_slots_choose found none. Context: thread. */
const cam_program_slot_t *cam_slots_running(void);

/** This firmware's VM, as given to cam_slots_init. Context: both. */
uint32_t cam_slots_vm_id(void);

/** Bytes for an image in the smaller slot. Context: thread. */
uint32_t cam_slots_image_bytes_max(void);

/**
 * Mark a slot's program as one that does not work; cam_slots_choose passes it over from now on.
 * @returns CAM_SLOTS_LAST_VALID when no other slot is valid (nothing is written then), or an error
 * of the flash. Context: thread.
 */
CAM_SLOTS_CHECKED cam_slots_status_t cam_slots_reject(const cam_program_slot_t *slot);

/**
 * Start an update of the slot that does not run; one under way is abandoned. What that slot held
 * stops being valid. Follow with cam_slots_erase_step until it says done.
 * @returns CAM_SLOTS_IMAGE_BYTES, _OTHER_VM, _MEMORY, or an error of the flash. Context: thread.
 */
CAM_SLOTS_CHECKED cam_slots_status_t cam_slots_begin(const cam_slots_update_t *update);

/** Erase the next sector of the slot (up to 2 s, see cam_flash_erase). Context: thread. */
CAM_SLOTS_CHECKED cam_slots_status_t cam_slots_erase_step(bool *done);

/**
 * Program the next bytes of the image, in order: `offset` is what cam_slots_written says. Only the
 * last ones may be no multiple of 4. Context: thread.
 */
CAM_SLOTS_CHECKED cam_slots_status_t cam_slots_write(uint32_t offset, const uint8_t *data,
                                                     uint32_t bytes);

/** Bytes of the image written by this update. Context: thread. */
uint32_t cam_slots_written(void);

/**
 * Check the image in flash, program the header, read both back, program the commit word. The new
 * program runs after the next start.
 * @param written filled when done. Context: thread.
 */
CAM_SLOTS_CHECKED cam_slots_status_t cam_slots_commit(cam_program_slot_t *written);

/** The slot that an update goes to. Context: thread. */
cam_program_slot_area_t cam_slots_target(void);

/** Forget the update under way; the slot stays as it is, not valid. Context: thread. */
void cam_slots_abandon(void);

#endif

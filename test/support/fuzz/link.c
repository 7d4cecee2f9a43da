// SPDX-License-Identifier: MIT
// The link's messages, whole and damaged, with frames of the program in between.
//
// An operation is its byte, then: 0..191: a message of that type modulo 0x48: bytes of its body,
// the body; 192..223: raw bytes of the wire: how many, the bytes; 224..239: the program gets a
// frame, or gives one back; 240..: time passes.
#include <stdlib.h>
#include <string.h>

#include "cam.h"
#include "capture.h"
#include "crc32.h"
#include "flash.h"
#include "fuzz.h"
#include "grabber_regs.h"
#include "link.h"
#include "link_wire.h"
#include "slots.h"
#include "usart.h"

enum { WIRE_BYTES = 1024, SLOT_BYTES = 0x2000 };
#define SLOTS 0x08040000u

// ---- the wire ----

static uint8_t wire[WIRE_BYTES];
static size_t wire_count;
static size_t wire_taken;
static uint8_t sent[CAM_USART_TX_BYTES];
static uint32_t sent_count;

void cam_usart_init(uint32_t pclk1_hz) { (void)pclk1_hz; }
uint32_t cam_usart_baud(void) { return CAM_USART_BAUD; }
void cam_usart_text(const char *text, uint32_t bytes) {
    (void)text;
    (void)bytes;
}
void cam_usart_queue_start(void) {}
uint32_t cam_usart_tx_free(void) { return CAM_USART_TX_BYTES - 1 - sent_count; }
bool cam_usart_tx_idle(void) { return sent_count == 0; }
cam_usart_place_t cam_usart_tx_put(uint8_t byte) {
    if (sent_count == CAM_USART_TX_BYTES - 1) abort(); // it was to ask for room
    sent[sent_count] = byte;
    return sent_count++;
}
void cam_usart_tx_patch(cam_usart_place_t place, uint8_t byte) {
    if (place >= sent_count) abort();
    sent[place] = byte;
}
void cam_usart_tx_commit(void) {}
void cam_usart_rx_look(void) {}
bool cam_usart_rx_take(uint8_t *byte) {
    if (wire_taken == wire_count) return false;
    *byte = wire[wire_taken++];
    return true;
}
uint32_t cam_usart_errors(void) { return 0; }

/** COBS of a message, as docs/link.md has it. */
static void put_message(uint8_t type, uint8_t sequence, const uint8_t *body, size_t count) {
    uint8_t payload[CAM_LINK_PAYLOAD_BYTES_MAX];
    payload[0] = type;
    payload[1] = sequence;
    memcpy(payload + 2, body, count);
    const uint32_t crc = cam_crc32(payload, (uint32_t)count + 2);
    for (int i = 0; i < 4; i++) payload[2 + count + (size_t)i] = (uint8_t)(crc >> 8 * i);
    const size_t bytes = count + 6;
    size_t code_at = wire_count++;
    uint8_t code = 1;
    for (size_t i = 0; i < bytes; i++) {
        if (payload[i] != 0) {
            wire[wire_count++] = payload[i];
            code++;
        }
        if (payload[i] == 0 || code == 255) {
            wire[code_at] = code;
            code_at = wire_count++;
            code = 1;
        }
    }
    wire[code_at] = code;
    wire[wire_count++] = 0;
}

// ---- flash ----

static uint8_t flash[2 * SLOT_BYTES];
static uint8_t *in_flash(uint32_t address) { return flash + (address - SLOTS) % sizeof flash; }

cam_flash_sector_t cam_flash_sector(uint32_t address) {
    return (cam_flash_sector_t){address & ~(SLOT_BYTES - 1u), SLOT_BYTES, 0};
}
cam_slots_status_t cam_flash_erase(uint32_t address) {
    memset(in_flash(address), 0xff, SLOT_BYTES);
    return cam_slots_ok();
}
cam_slots_status_t cam_flash_program(uint32_t address, const uint32_t *words, uint32_t count) {
    memcpy(in_flash(address), words, 4 * count);
    return cam_slots_ok();
}

// The slots as the link needs them: an update that ends well or does not.
static const cam_program_slot_area_t TARGET = {SLOTS, SLOT_BYTES};
static uint32_t update_bytes;
static uint32_t written_bytes;
static bool erased;

cam_slots_status_t cam_slots_begin(const cam_slots_update_t *update) {
    if (update->image_bytes > SLOT_BYTES)
        return (cam_slots_status_t){CAM_SLOTS_IMAGE_BYTES, update->image_bytes, SLOT_BYTES};
    update_bytes = update->image_bytes;
    written_bytes = 0;
    erased = false;
    return cam_slots_ok();
}
cam_slots_status_t cam_slots_erase_step(bool *done) {
    *done = erased;
    erased = true;
    return cam_slots_ok();
}
cam_slots_status_t cam_slots_write(uint32_t offset, const uint8_t *data, uint32_t bytes) {
    if (offset != written_bytes)
        return (cam_slots_status_t){CAM_SLOTS_OFFSET, offset, written_bytes};
    if (bytes > update_bytes - written_bytes)
        return (cam_slots_status_t){CAM_SLOTS_LENGTH, bytes, update_bytes - written_bytes};
    memcpy(in_flash(SLOTS + offset % SLOT_BYTES), data,
           bytes > SLOT_BYTES / 2 ? SLOT_BYTES / 2 : bytes);
    written_bytes += bytes;
    return cam_slots_ok();
}
uint32_t cam_slots_written(void) { return written_bytes; }
cam_slots_status_t cam_slots_commit(cam_program_slot_t *written) {
    if (written_bytes != update_bytes)
        return (cam_slots_status_t){CAM_SLOTS_INCOMPLETE, written_bytes, update_bytes};
    *written = (cam_program_slot_t){.sequence = 1};
    return cam_slots_ok();
}
cam_program_slot_area_t cam_slots_target(void) { return TARGET; }
void cam_slots_abandon(void) { update_bytes = written_bytes = 0; }
const cam_program_slot_t *cam_slots_running(void) { return NULL; }
uint32_t cam_slots_vm_id(void) { return 0x12345678; }
uint32_t cam_slots_image_bytes_max(void) { return SLOT_BYTES; }

// ---- the program ----

void cam_port_frame_delivered(const uint8_t *descriptor, const uint8_t *pixels) {
    cam_link_frame(descriptor, pixels);
}

static void page(const uint8_t *bytes, uint32_t count, uint8_t *read, uint32_t read_bytes) {
    (void)cam_bus_transfer(CAM_GRABBER_ADDRESS, bytes, count, read, read_bytes);
}

static void stream(void) {
    page((const uint8_t[]){CAM_REG_MODE_BUFFERS, 2, 0}, 3, NULL, 0);
    page((const uint8_t[]){CAM_REG_MODE_WIDTH, 64, 0, 32, 0}, 5, NULL, 0);
    page((const uint8_t[]){CAM_REG_MODE_FPS_MILLIHZ, 0xa0, 0x86, 1, 0}, 5, NULL, 0);
    page((const uint8_t[]){CAM_REG_MODE_LINE_BYTES, 64, 0, 32, 0}, 5, NULL, 0);
    page((const uint8_t[]){CAM_REG_CONTROL, 1}, 2, NULL, 0);
}

static void program_step(uint8_t what) {
    fuzz_frame();
    if (what & 1) {
        uint8_t descriptor[64];
        page((const uint8_t[]){CAM_REG_NEXT}, 1, descriptor, 48);
    } else {
        page((const uint8_t[]){CAM_REG_RELEASE, (uint8_t)(what >> 1 & 3)}, 2, NULL, 0);
    }
}

static void poll(void) {
    // What was queued has gone out.
    sent_count = 0;
    cam_link_poll();
    cam_poll();
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t count) {
    fuzz_reset();
    cam_program_ended(0);
    cam_init();
    wire_count = wire_taken = 0;
    cam_slots_abandon();
    cam_link_init(45000000, "fuzz");
    static uint8_t sequence;
    put_message(CAM_LINK_HELLO, sequence++,
                (const uint8_t[]){CAM_LINK_VERSION, 0, CAM_LINK_BODY_BYTES_MAX, 0, 1, 0, 0, 0}, 8);
    stream();
    poll();
    fuzz_input_t input = {bytes, count};
    while (input.count != 0) {
        wire_count = wire_taken = 0;
        const uint8_t operation = fuzz_byte(&input);
        const uint8_t *from;
        if (operation < 192) {
            const size_t body =
                fuzz_take(&input, &from, fuzz_byte(&input) % (CAM_LINK_BODY_BYTES_MAX + 1u));
            put_message(operation % 0x48, sequence++, from, body);
        } else if (operation < 224) {
            wire_count = fuzz_take(&input, &from, fuzz_byte(&input));
            memcpy(wire, from, wire_count);
        } else if (operation < 240) {
            program_step(operation & 15);
        }
        poll();
    }
    return 0;
}

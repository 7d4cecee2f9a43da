// SPDX-License-Identifier: MIT
// The update's states. Every request may be repeated when its answer got lost: the answer comes
// again, nothing is done twice.
#include "link_update.h"

#include "grabber_map.h"
#include "link_answer.h"
#include "link_port.h"
#include "link_send.h"
#include "slots.h"
#include "usart.h"

enum {
    // A client that sends nothing for so long is gone; it retries after 1 s.
    SILENCE_US = 10000000,
    // What is queued goes out before an erase stops the interrupts: the queue takes 11 ms.
    DRAIN_US = 20000,
    // Most bytes a frame can hold back on a part of one bank while the largest sector is erased.
    SECTOR_ERASE_MS = 4000,
    BEGIN_BYTES = 12 + sizeof(cam_request_t) + CAM_PROGRAM_SLOT_NAME_BYTES,
    BEGIN_KERNELS_BYTES = BEGIN_BYTES + 12, // of a program with kernels
};

_Static_assert(BEGIN_BYTES == 148, "layout of PROGRAM_BEGIN");
_Static_assert(4 + CAM_LINK_CHUNK_BYTES <= CAM_LINK_BODY_BYTES_MAX, "a chunk fits");

typedef enum { IDLE, ERASING, WRITING, DONE } state_t;

static struct {
    state_t state;
    uint32_t since_us; // last message of the client, or begin of the wait for an empty queue
    uint32_t image_bytes;
    uint32_t image_crc32;
    uint32_t done_address;
    uint32_t done_sequence;
    uint8_t type; // of the request that the work is for
    uint8_t sequence;
} update;

static void touch(const cam_link_message_t *message) {
    update.since_us = cam_port_now_us();
    update.type = message->type;
    update.sequence = message->sequence;
}

static void fail(cam_slots_status_t status) {
    cam_link_refuse(update.type, update.sequence, (uint32_t)status.code, status.value,
                    status.limit);
    if (update.state == ERASING || update.state == WRITING) cam_link_port_update_ended(false);
    update.state = IDLE;
}

static void say_erasing(void) {
    const cam_program_slot_area_t area = cam_slots_target();
    if (!cam_link_begin(CAM_LINK_PROGRAM_ERASING, 12, CAM_LINK_ANSWER)) return;
    cam_link_add32(area.address);
    cam_link_add32(area.bytes);
    cam_link_add32(SECTOR_ERASE_MS);
    cam_link_end();
}

static void say_ready(void) {
    if (!cam_link_begin(CAM_LINK_PROGRAM_READY, 4, CAM_LINK_ANSWER)) return;
    cam_link_add32(CAM_LINK_CHUNK_BYTES);
    cam_link_end();
}

static void say_written(void) {
    if (!cam_link_begin(CAM_LINK_PROGRAM_ACK, 4, CAM_LINK_ANSWER)) return;
    cam_link_add32(cam_slots_written());
    cam_link_end();
}

static void say_done(void) {
    if (!cam_link_begin(CAM_LINK_PROGRAM_DONE, 8, CAM_LINK_ANSWER)) return;
    cam_link_add32(update.done_address);
    cam_link_add32(update.done_sequence);
    cam_link_end();
}

static void read_begin(const uint8_t *body, bool kernels, cam_slots_update_t *to) {
    to->image_bytes = cam_get32(body);
    to->image_crc32 = cam_get32(body + 4);
    to->vm_id = cam_get32(body + 8);
    uint8_t *request = (uint8_t *)&to->request;
    for (uint32_t i = 0; i < sizeof to->request; i++) request[i] = body[12 + i];
    for (uint32_t i = 0; i < CAM_PROGRAM_SLOT_NAME_BYTES; i++)
        to->name[i] = (char)body[12 + sizeof to->request + i];
    to->kernels = (cam_program_slot_kernels_t){0, 0, 0};
    if (!kernels) return;
    to->kernels.offset = cam_get32(body + BEGIN_BYTES);
    to->kernels.memory = cam_get32(body + BEGIN_BYTES + 4);
    to->kernels.memory_bytes = cam_get32(body + BEGIN_BYTES + 8);
}

static bool same_image(const cam_slots_update_t *other) {
    return other->image_bytes == update.image_bytes && other->image_crc32 == update.image_crc32;
}

static void take_begin(const cam_link_message_t *message) {
    const bool kernels = message->bytes == BEGIN_KERNELS_BYTES;
    if (!kernels && !cam_link_has_length(message, BEGIN_BYTES)) return;
    cam_slots_update_t wanted;
    read_begin(message->body, kernels, &wanted);
    // Repeated, as its answer was lost: what was erased need not be erased again.
    if (update.state == WRITING && same_image(&wanted) && cam_slots_written() == 0) {
        touch(message);
        say_ready();
        return;
    }
    touch(message);
    if (update.state == ERASING && same_image(&wanted)) {
        say_erasing();
        return;
    }
    cam_link_port_update_begins();
    update.state = ERASING;
    update.image_bytes = wanted.image_bytes;
    update.image_crc32 = wanted.image_crc32;
    const cam_slots_status_t begun = cam_slots_begin(&wanted);
    if (begun.code != CAM_SLOTS_OK)
        fail(begun);
    else
        say_erasing();
}

static void take_data(const cam_link_message_t *message) {
    if (message->bytes < 5 || message->bytes > 4 + CAM_LINK_CHUNK_BYTES) {
        cam_link_refuse(message->type, message->sequence, CAM_LINK_E_LENGTH, message->bytes,
                        4 + CAM_LINK_CHUNK_BYTES);
        return;
    }
    touch(message);
    if (update.state != WRITING) {
        fail(cam_slots_refuse(CAM_SLOTS_NO_UPDATE, 0, 0));
        return;
    }
    const uint32_t offset = cam_get32(message->body);
    // Any other place than the next one: a chunk or its answer got lost. The answer tells where to
    // go on.
    if (offset == cam_slots_written()) {
        const cam_slots_status_t status =
            cam_slots_write(offset, message->body + 4, message->bytes - 4u);
        if (status.code != CAM_SLOTS_OK) {
            fail(status);
            return;
        }
    }
    say_written();
}

static void take_commit(const cam_link_message_t *message) {
    if (!cam_link_has_length(message, 0)) return;
    touch(message);
    if (update.state == DONE) {
        say_done();
        return;
    }
    cam_program_slot_t slot;
    const cam_slots_status_t status = cam_slots_commit(&slot);
    if (status.code != CAM_SLOTS_OK) {
        fail(status);
        return;
    }
    update.state = DONE;
    update.done_address = slot.address;
    update.done_sequence = slot.sequence;
    cam_link_port_update_ended(true);
    say_done();
}

void cam_link_update_take(const cam_link_message_t *message) {
    // An erase goes on sector by sector: only the repetition of its own request is answered.
    if (update.state == ERASING && message->type != CAM_LINK_PROGRAM_BEGIN) {
        cam_link_refuse(message->type, message->sequence, CAM_LINK_E_UPDATE_BUSY, message->type,
                        CAM_LINK_PROGRAM_BEGIN);
        return;
    }
    if (message->type == CAM_LINK_PROGRAM_BEGIN)
        take_begin(message);
    else if (message->type == CAM_LINK_PROGRAM_DATA)
        take_data(message);
    else
        take_commit(message);
}

static void erase(void) {
    if (!cam_usart_tx_idle() && cam_port_now_us() - update.since_us < DRAIN_US) return;
    bool done;
    const cam_slots_status_t status = cam_slots_erase_step(&done);
    update.since_us = cam_port_now_us();
    if (status.code != CAM_SLOTS_OK) {
        fail(status);
        return;
    }
    if (!done) return;
    update.state = WRITING;
    say_ready();
}

void cam_link_update_poll(void) {
    if (update.state == ERASING) erase();
    if (update.state != WRITING || cam_port_now_us() - update.since_us < SILENCE_US) return;
    cam_link_refuse(update.type, update.sequence, CAM_LINK_E_UPDATE_TIMEOUT, cam_slots_written(),
                    SILENCE_US);
    cam_link_update_abandon();
}

bool cam_link_updating(void) { return update.state == ERASING || update.state == WRITING; }

void cam_link_update_abandon(void) {
    if (cam_link_updating()) {
        cam_slots_abandon();
        cam_link_port_update_ended(false);
    }
    update.state = IDLE;
}

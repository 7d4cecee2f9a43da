// SPDX-License-Identifier: MIT
// The link's sessions: hello, dispatch, logs.
#include "link.h"

#include "cobs.h"
#include "grabber_map.h"
#include "link_answer.h"
#include "link_jacdac.h"
#include "link_pixels.h"
#include "link_port.h"
#include "link_receive.h"
#include "link_send.h"
#include "link_update.h"
#include "mmio.h"
#include "slots.h"
#include "usart.h"

enum {
    HELLO_BYTES = 12,
    LOG_HEADER_BYTES = 4,
    LOG_TEXT_BYTES_MAX = 240,
    JACDAC_HEADER_BYTES = 12,
    RESET_DRAIN_US = 20000,   // a full queue takes 11 ms
    RESET_LAST_BYTES_US = 50, // two bytes that the USART has taken and not sent
    CAPABILITIES = CAM_LINK_CAN_LOG | CAM_LINK_CAN_JACDAC | CAM_LINK_CAN_PROGRAM |
                   CAM_LINK_CAN_RESET | CAM_LINK_CAN_COUNT | CAM_LINK_CAN_KERNELS |
                   CAM_LINK_CAN_FRAMES | CAM_LINK_CAN_PIXELS | CAM_LINK_CAN_REDUCE |
                   CAM_LINK_CAN_ROW_BANDS | CAM_LINK_CAN_JPEG | CAM_LINK_CAN_REGISTERS,
};

_Static_assert(LOG_HEADER_BYTES + LOG_TEXT_BYTES_MAX <= CAM_LINK_BODY_BYTES_MAX, "a LOG fits");
_Static_assert(4 * CAM_LINK_COUNTERS < CAM_LINK_WELCOME_BODY_BYTES,
               "WELCOME is the longest answer");

static struct {
    const char *board;
    uint32_t session;     // the client's number for it
    uint32_t reset_us;    // when the reset was asked for
    uint32_t logs_untold; // dropped since the last LOG that went out
    bool binary;          // text is over: everything goes out as messages
    bool open;            // a client of our version has said hello
    bool resetting;
    cam_link_counters_t counters;
} link;

void cam_link_refuse(uint8_t type, uint8_t sequence, uint32_t code, uint32_t value,
                     uint32_t limit) {
    if (!cam_link_begin(CAM_LINK_ERROR, 12, CAM_LINK_ANSWER)) return;
    cam_link_add16(code);
    cam_link_add8(type);
    cam_link_add8(sequence);
    cam_link_add32(value);
    cam_link_add32(limit);
    cam_link_end();
}

bool cam_link_has_length(const cam_link_message_t *message, uint32_t bytes) {
    if (message->bytes == bytes) return true;
    cam_link_refuse(message->type, message->sequence, CAM_LINK_E_LENGTH, message->bytes, bytes);
    return false;
}

static void say_welcome(void) {
    const cam_program_slot_t *running = cam_slots_running();
    if (!cam_link_begin(CAM_LINK_WELCOME, CAM_LINK_WELCOME_BODY_BYTES, CAM_LINK_ANSWER)) return;
    cam_link_add8(CAM_LINK_VERSION);
    cam_link_add8(0);
    cam_link_add16(CAM_LINK_BODY_BYTES_MAX);
    cam_link_add16(CAM_LINK_CHUNK_BYTES);
    cam_link_add16(CAM_USART_RX_BYTES);
    cam_link_add32(CAPABILITIES);
    cam_link_add32(link.session);
    cam_link_add32(cam_slots_vm_id());
    cam_link_add32(cam_usart_baud());
    cam_link_add32(cam_slots_image_bytes_max());
    cam_link_add32(running ? running->address : 0);
    cam_link_add32(running ? running->sequence : 0);
    cam_link_add_name(link.board, CAM_LINK_BOARD_BYTES);
    cam_link_add_name(running ? running->name : "", CAM_PROGRAM_SLOT_NAME_BYTES);
    cam_link_end();
}

static void go_binary(void) {
    if (link.binary) return;
    link.binary = true;
    cam_usart_queue_start();
    // Ends the text for a client's decoder.
    (void)cam_usart_tx_put(0);
}

static void take_hello(const cam_link_message_t *message) {
    go_binary();
    const uint32_t version = message->bytes > 0 ? message->body[0] : 0;
    if (version != CAM_LINK_VERSION) {
        cam_link_refuse(message->type, message->sequence, CAM_LINK_E_VERSION, version,
                        CAM_LINK_VERSION);
        return;
    }
    if (!cam_link_has_length(message, HELLO_BYTES)) return;
    const uint32_t session = cam_get32(message->body + 4);
    // The same session again: its WELCOME got lost, nothing else has changed.
    const bool opens = !link.open || session != link.session;
    if (opens) {
        link.session = session;
        cam_link_update_abandon();
        cam_link_pixels_stop();
        cam_link_receive_restart(message->sequence);
        cam_link_send_restart();
    }
    link.open = true;
    say_welcome();
    if (opens) cam_link_port_opened();
}

static void take_reset(const cam_link_message_t *message) {
    if (!cam_link_has_length(message, 0)) return;
    link.resetting = true;
    link.reset_us = cam_port_now_us();
    if (!cam_link_begin(CAM_LINK_RESETTING, 0, CAM_LINK_ANSWER)) return;
    cam_link_end();
}

const cam_link_counters_t *cam_link_counters(void) {
    const cam_link_receive_counters_t *in = cam_link_receive_counters();
    const cam_link_jacdac_counters_t *jacdac = cam_link_jacdac_counters();
    cam_link_counters_t *all = &link.counters;
    all->received = in->received;
    all->bad_frames = in->bad_frames;
    all->stale = in->stale;
    all->missed = in->missed;
    all->line_errors = cam_usart_errors();
    all->sent = cam_link_sent();
    all->jacdac_received = jacdac->received;
    all->jacdac_metered = jacdac->metered;
    all->jacdac_refused = jacdac->refused;
    return all;
}

static void take_get_counters(const cam_link_message_t *message) {
    if (!cam_link_has_length(message, 0)) return;
    const uint32_t *values = (const uint32_t *)cam_link_counters();
    if (!cam_link_begin(CAM_LINK_COUNTERS_ARE, 4u * CAM_LINK_COUNTERS, CAM_LINK_ANSWER)) return;
    for (uint32_t i = 0; i < CAM_LINK_COUNTERS; i++) cam_link_add32(values[i]);
    cam_link_end();
}

static void take(const cam_link_message_t *message) {
    if (message->type == CAM_LINK_HELLO) {
        take_hello(message);
        return;
    }
    if (!link.open) {
        // Before any hello our output is text.
        if (link.binary)
            cam_link_refuse(message->type, message->sequence, CAM_LINK_E_NO_HELLO, message->type,
                            CAM_LINK_HELLO);
        return;
    }
    switch (message->type) {
    case CAM_LINK_RESET:
        take_reset(message);
        break;
    case CAM_LINK_GET_COUNTERS:
        take_get_counters(message);
        break;
    case CAM_LINK_JACDAC:
        cam_link_jacdac_take(message);
        break;
    case CAM_LINK_STREAM:
    case CAM_LINK_GET_REGISTERS:
        cam_link_pixels_take(message);
        break;
    case CAM_LINK_PROGRAM_BEGIN:
        cam_link_pixels_stop();
        cam_link_update_take(message);
        break;
    case CAM_LINK_PROGRAM_DATA:
    case CAM_LINK_PROGRAM_COMMIT:
        cam_link_update_take(message);
        break;
    default:
        cam_link_refuse(message->type, message->sequence, CAM_LINK_E_TYPE, message->type, 0);
    }
}

void cam_link_init(uint32_t pclk1_hz, const char *board) {
    link.board = board;
    cam_usart_init(pclk1_hz);
}

void cam_link_poll(void) {
    uint8_t byte;
    cam_link_message_t message;
    cam_usart_rx_look();
    // Room for the answer first: a request that could not be answered waits in the receive buffer.
    bool room = cam_usart_tx_free() >= CAM_LINK_ANSWER_WIRE_BYTES;
    while (room && cam_usart_rx_take(&byte)) {
        if (!cam_link_receive(byte, &message)) continue;
        take(&message);
        room = cam_usart_tx_free() >= CAM_LINK_ANSWER_WIRE_BYTES;
    }
    cam_link_update_poll();
    if (!cam_link_updating()) cam_link_pixels_poll();
    if (!link.resetting) return;
    if (!cam_usart_tx_idle() && cam_port_now_us() - link.reset_us < RESET_DRAIN_US) return;
    link.resetting = false;
    mmio_delay_us(RESET_LAST_BYTES_US);
    cam_link_port_reset();
}

bool cam_link_open(void) { return link.open; }

static uint32_t length_of(const char *text) {
    uint32_t bytes = 0;
    while (text[bytes] != 0) bytes++;
    return bytes;
}

static bool send_log(cam_link_log_t kind, const char *text, uint32_t bytes, bool continues) {
    if (!cam_link_begin(CAM_LINK_LOG, LOG_HEADER_BYTES + bytes, CAM_LINK_NEWS)) return false;
    cam_link_add8((uint32_t)kind);
    cam_link_add8(continues ? CAM_LINK_LOG_CONTINUES : 0);
    cam_link_add16(link.logs_untold < 0xffffu ? link.logs_untold : 0xffffu);
    cam_link_add((const uint8_t *)text, bytes);
    cam_link_end();
    link.logs_untold = 0;
    return true;
}

void cam_link_log(cam_link_log_t kind, const char *text) {
    uint32_t left = length_of(text);
    if (!link.binary) {
        cam_usart_text(text, left);
        cam_usart_text("\r\n", 2);
        return;
    }
    bool first = true;
    while (left > 0 || first) {
        const uint32_t bytes = left < LOG_TEXT_BYTES_MAX ? left : LOG_TEXT_BYTES_MAX;
        if (!send_log(kind, text, bytes, bytes < left)) {
            link.logs_untold++;
            link.counters.logs_dropped++;
            return;
        }
        text += bytes;
        left -= bytes;
        first = false;
    }
}

void cam_link_send_jacdac(const uint8_t *frame) {
    if (!link.open) return;
    const uint32_t bytes = JACDAC_HEADER_BYTES + (uint32_t)frame[2];
    if (bytes > CAM_LINK_BODY_BYTES_MAX || !cam_link_begin(CAM_LINK_JACDAC, bytes, CAM_LINK_NEWS)) {
        link.counters.jacdac_unsent++;
        return;
    }
    cam_link_add(frame, bytes);
    cam_link_end();
}

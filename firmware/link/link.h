// SPDX-License-Identifier: MIT
// The serial link to a host (docs/link.md), as the port's main loop sees it: init once, poll often,
// say what is to be said. Nothing here waits, except text before the first client says hello.
#ifndef CAM_LINK_H
#define CAM_LINK_H

#include <stdbool.h>
#include <stdint.h>

#include "link_wire.h"

/** What the link counts, since boot; they wrap. Sent as they are in COUNTERS. */
typedef struct {
    uint32_t received;        // messages taken
    uint32_t bad_frames;      // COBS, length or CRC wrong
    uint32_t stale;           // repeated or out of order, refused
    uint32_t missed;          // gaps in the client's sequence numbers
    uint32_t line_errors;     // looks at the USART that found framing, noise or overrun; DMA errors
    uint32_t sent;            // messages
    uint32_t logs_dropped;    // pieces of lines that found the queue full
    uint32_t jacdac_received; // packets given to the VM
    uint32_t jacdac_metered;  // packets above the token bucket's rate, dropped
    uint32_t jacdac_refused;  // packets that the VM's queue had no room for
    uint32_t jacdac_unsent;   // frames of the VM that found the queue full
} cam_link_counters_t;

enum { CAM_LINK_COUNTERS = sizeof(cam_link_counters_t) / 4 };

/**
 * Start USART2 and the link. The pins are the port's (USART2, AF7), as are the interrupt vector
 * DMA1_Stream6_IRQHandler (usart.h) and its RAM, which DMA1 must reach. Call after
 * cam_slots_choose. Context: thread.
 * @param pclk1_hz of APB1
 * @param board name of the board, shown to clients (31 bytes of it)
 */
void cam_link_init(uint32_t pclk1_hz, const char *board);

/** Take what came, answer, go on with an update. At least every 5 ms while a client talks; takes up
 * to 2 s when it erases a sector. Context: thread. */
void cam_link_poll(void);

/** A client has said hello since boot. Context: thread. */
bool cam_link_open(void);

/** A program update is under way; the port starts nothing that it would disturb. Context: thread.
 */
bool cam_link_updating(void);

/**
 * A line, without its end. Before hello it goes out as text, by polling (11 us a byte); after it as
 * LOG messages, which are dropped and counted when the queue is full. Context: thread.
 */
void cam_link_log(cam_link_log_t kind, const char *text);

/** Send a Jacdac frame of the VM to the client; dropped and counted when the queue is full, dropped
 * before hello. Context: thread. */
void cam_link_send_jacdac(const uint8_t *frame);

/** A frame was lent to the program: cam_port_frame_delivered. Context: thread. */
void cam_link_frame(const uint8_t *descriptor, const uint8_t *pixels);

/** Context: thread. */
const cam_link_counters_t *cam_link_counters(void);

#endif

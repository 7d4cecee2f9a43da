// SPDX-License-Identifier: MIT
// The frame grabber: a register-mapped device in front of the capture (docs/frame-grabber.md).
#ifndef CAM_GRABBER_H
#define CAM_GRABBER_H

#include <stdbool.h>
#include <stdint.h>

#include "bus_status.h"

/** Fill the board and the request block from cam_board and cam_request. Context: thread. */
void cam_grabber_init(void);

/** Forget mode, lines and last error of a program that has ended, and count it. @param fault why: a
 * code of protocol/faults.ts. Context: thread. */
void cam_grabber_restart(uint32_t fault);

/** What a reset has kept. @param restarts where RESTARTS goes on. @param fault why the program
 * before it ended; 0: it did not, or nobody knows. Context: thread. */
void cam_grabber_set_restarts(uint32_t restarts, uint32_t fault);

/** How often the program has taken, read, given back or skipped frames: it wraps. Context: thread.
 */
uint32_t cam_grabber_frame_calls(void);

/** The program has the frame that it took last, and has not asked for another one since. A frame
 * that it keeps while it asks for more is not meant. Context: thread. */
bool cam_grabber_holds_frame(void);

/**
 * One transfer to 0x7E: register address, then data to write or parameters of a read.
 * @returns CAM_BUS_OK, or CAM_BUS_NACK_DATA when refused: LAST_ERROR says why, until the next
 * refusal or cleared counters. Nothing is changed and nothing is read by a refused transfer.
 * Context: thread.
 */
cam_bus_status_t cam_grabber_transfer(const uint8_t *write, uint32_t write_bytes, uint8_t *read,
                                      uint32_t read_bytes);

#endif

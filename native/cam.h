// SPDX-License-Identifier: MIT
// The native code as the port sees it.
#ifndef CAM_CAM_H
#define CAM_CAM_H

#include <stdint.h>

#include "bus_status.h"

/** Configure clocks gates, pins, I2C and interrupts; release the sensor's reset. Call once.
 * Context: thread. */
void cam_init(void);

/** Announce, notify the program, retry what the VM's queue refused. Call after each event and at
 * least every 10 ms. Context: thread. */
void cam_poll(void);

/**
 * The program ended, as it wanted to or not: capture, buffers, mode and notifications become what a
 * program that starts expects. Counters stay, RESTARTS counts. Not from within cam_bus_transfer.
 * @param fault why: a code of protocol/faults.ts. Context: thread.
 */
void cam_program_ended(uint32_t fault);

/**
 * One I2C transfer of the program: write `write_bytes`, then (after a repeated START) read
 * `read_bytes`. 0x08..0x77 go to the sensor's bus, 0x7E to the frame grabber. Context: thread.
 */
cam_bus_status_t cam_bus_transfer(uint32_t address, const uint8_t *write, uint32_t write_bytes,
                                  uint8_t *read, uint32_t read_bytes);

#endif

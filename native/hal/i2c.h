// SPDX-License-Identifier: MIT
// The sensor's I2C bus: controller of one of the I2C blocks, polled. Fast enough for a sensor's
// set-up, and nothing to share with interrupts.
#ifndef CAM_I2C_H
#define CAM_I2C_H

#include <stdbool.h>
#include <stdint.h>

#include "bus_status.h"

/** Clock gate, timing for cam_board.i2c_hz (never faster), enable. The pins are set up before.
 * Context: thread. */
void cam_i2c_init(void);

/**
 * Write `write_bytes`, then, after a repeated START when both are given, read `read_bytes`. Nothing
 * at all to write or read asks whether somebody acknowledges the address.
 * @param address 7 bits
 * @returns CAM_BUS_BAD_ADDRESS is never returned. After a time-out or a bus error the bus was
 * recovered. Context: thread; waits up to 25 ms per byte.
 */
cam_bus_status_t cam_i2c_transfer(uint32_t address, const uint8_t *write, uint32_t write_bytes,
                                  uint8_t *read, uint32_t read_bytes);

/** Transfers that failed since boot or the last clear, questions whether somebody is there left
 * out. Context: thread. */
uint32_t cam_i2c_errors(void);

/** Context: thread. */
void cam_i2c_clear_errors(void);

/** From now on, for cam_i2c_suspect. Context: thread. */
void cam_i2c_watch(void);

/**
 * Whether the bus is in doubt since cam_i2c_watch: a transfer failed in the middle, or at a device
 * that had answered before, or the newest one failed. An address at which nobody ever answered
 * counts only as the newest one: so does a driver look for its sensor. Context: both.
 */
bool cam_i2c_suspect(void);

/**
 * Free a bus that a target holds: up to nine SCL pulses by GPIO, a STOP condition, software reset,
 * set up again.
 * @returns false when SDA stays low. Context: thread.
 */
bool cam_i2c_recover(void);

#endif

// SPDX-License-Identifier: MIT
// The native code as the port sees it.
#ifndef CAM_CAM_H
#define CAM_CAM_H

#include <stdint.h>

/** Results of a transfer; negative values are what `ds._i2cTransaction` returns. */
typedef enum {
    CAM_DOOR_OK = 0,
    CAM_DOOR_NACK_ADDRESS = -1, // nobody answered
    CAM_DOOR_NACK_DATA = -2,    // the device refused a byte; the grabber: see LAST_ERROR
    CAM_DOOR_TIMEOUT = -3,      // the bus did not answer in time, recovery included
    CAM_DOOR_BUS_ERROR = -4,    // arbitration lost, misplaced START or STOP, SDA stuck low
    CAM_DOOR_BAD_ADDRESS = -5,  // outside 0x08..0x77 and not 0x7E
} cam_door_t;

/** Configure clocks gates, pins, I2C and interrupts; release the sensor's reset. Call once.
 * Context: thread. */
void cam_init(void);

/** Announce, ring the doorbell, retry what the VM's queue refused. Call after each event and at
 * least every 10 ms. Context: thread. */
void cam_poll(void);

/**
 * The program ended, as it wanted to or not: capture, buffers, mode and notifications become what a
 * program that starts expects. Counters stay, RESTARTS counts. Not from within cam_door_transfer.
 * Context: thread.
 */
void cam_program_ended(void);

/**
 * One I2C transfer of the program: write `write_bytes`, then (after a repeated START) read
 * `read_bytes`. 0x08..0x77 go to the sensor's bus, 0x7E to the frame grabber. Context: thread.
 */
cam_door_t cam_door_transfer(uint32_t address, const uint8_t *write, uint32_t write_bytes,
                             uint8_t *read, uint32_t read_bytes);

/** Interrupt handlers, by their vector names. Context: ISR. */
void DCMI_IRQHandler(void);
void DMA2_Stream1_IRQHandler(void);

#endif
